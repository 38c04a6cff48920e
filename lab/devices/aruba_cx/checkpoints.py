"""Checkpoints and the automatic one (Fundamentals Guide, "Checkpoint auto mode").

The running configuration is kept when auto mode starts, and restored when nobody confirms in time.
"""

import asyncio
import contextlib
import copy
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lab.device import Terminal
from lab.devices.aruba_cx.config import Config
from lab.devices.aruba_cx.grammar import CliError

if TYPE_CHECKING:
    from lab.devices.aruba_cx import ArubaCx

WARN_BEFORE_MINUTES = 2


class Checkpoints:
    """The checkpoints of one switch."""

    def __init__(self, device: "ArubaCx") -> None:
        self._device = device
        self.saved: dict[str, tuple[Config, str, datetime]] = {}
        """By name: the configuration, who made it (User, System), when."""
        self._auto: asyncio.Task[None] | None = None
        self._before: Config | None = None

    def save(self, name: str, config: Config, writer: str = "User") -> None:
        """Keep a configuration under a name."""
        self.saved[name] = (copy.deepcopy(config), writer, datetime.now(UTC))

    def load(self, name: str) -> Config:
        """Return the configuration of a checkpoint."""
        if name not in self.saved:
            raise CliError(f"Checkpoint {name} does not exist.")
        return self.saved[name][0]

    def erase(self, name: str) -> None:
        """Forget a checkpoint."""
        self.load(name)
        del self.saved[name]

    def rename(self, old: str, new: str) -> None:
        """Give a checkpoint another name."""
        self.load(old)
        self.saved[new] = self.saved.pop(old)

    @property
    def auto_mode(self) -> bool:
        """Whether the switch waits for a confirmation."""
        return self._auto is not None

    def start_auto(self, minutes: int, terminal: Terminal | None) -> None:
        """Keep the running configuration and restore it after so many minutes."""
        if self._auto is not None:
            raise CliError("Auto checkpoint mode is already active.")
        self._before = copy.deepcopy(self._device.config)
        self._auto = self._device.spawn(self._expire(minutes, terminal))

    def confirm_auto(self) -> str:
        """End auto mode, keep the running configuration; returns the checkpoint's name."""
        if self._auto is None:
            raise CliError("Auto checkpoint mode is not active.")
        self._auto.cancel()
        self._auto, self._before = None, None
        name = f"AUTO{datetime.now(UTC):%Y%m%d%H%M%S}"
        self.save(name, self._device.config)
        return name

    def forget_auto(self) -> None:
        """End auto mode as a restart does: the startup configuration is loaded anyway."""
        if self._auto is not None:
            self._auto.cancel()
        self._auto, self._before = None, None

    async def _expire(self, minutes: int, terminal: Terminal | None) -> None:
        minute_s = self._device.spec.minute_s
        quiet = max(0, minutes - WARN_BEFORE_MINUTES)
        await asyncio.sleep(quiet * minute_s)
        if quiet:
            _tell(terminal, 'WARNING Please "checkpoint auto confirm" within 2 minutes\n')
        await asyncio.sleep((minutes - quiet) * minute_s)
        before = self._before
        self._auto, self._before = None, None
        if before is not None:
            _tell(terminal, "WARNING: Restoring configuration. Do NOT add any new configuration.\n")
            self._device.restore(before)
            _tell(terminal, "Restoration successful\n")


def _tell(terminal: Terminal | None, text: str) -> None:
    if terminal is not None:
        with contextlib.suppress(Exception):  # the session may be gone; the restore must go on
            terminal.write(text)
