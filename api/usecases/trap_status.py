"""What the listener for traps told last: for `preau traps status` and the metrics."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from inventory import clock
from inventory.models import TrapListener

NAME = "traps"  # one listener for an installation
SILENT_AFTER = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class TrapStatus:
    """What the listener told last; `alive` when that was lately."""

    engine_id: str
    boots: int
    started_at: datetime
    heartbeat_at: datetime
    alive: bool
    figures: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "engine_id": self.engine_id,
            "boots": self.boots,
            "started_at": self.started_at.isoformat(),
            "heartbeat_at": self.heartbeat_at.isoformat(),
            "alive": self.alive,
            **self.figures,
        }


def trap_status(session: Session) -> TrapStatus | None:
    """Return what the listener told last, None when there never was one."""
    row = session.get(TrapListener, NAME)
    if row is None:
        return None
    return TrapStatus(
        row.engine_id,
        row.boots,
        row.started_at,
        row.heartbeat_at,
        clock.now() - row.heartbeat_at <= SILENT_AFTER,
        row.figures,
    )
