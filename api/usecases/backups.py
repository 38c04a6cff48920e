"""The kept configurations of devices: listed, shown, compared. None of it holds a secret."""

import difflib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from deploy.backup_export import Exported, export_to_git, file_name
from deploy.difference import review
from inventory.database import Database
from inventory.errors import InvalidInput, NotFound
from inventory.models import ConfigBackup, Device, Site
from inventory.sentences import Sentence
from inventory.vendors.family import families

MAX_ROWS = 200
_SHORT = 12  # digits of a digest that tell one configuration from another to a person


@dataclass(frozen=True, slots=True)
class BackupLine:
    """One kept configuration; `digest` is short, `by` and `reason` are of its first reading."""

    backup_id: int
    digest: str
    first_read_at: datetime
    last_read_at: datetime
    by: str | None
    reason: str | None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "id": self.backup_id,
            "digest": self.digest,
            "first_read_at": self.first_read_at.isoformat(timespec="seconds"),
            "last_read_at": self.last_read_at.isoformat(timespec="seconds"),
            "by": self.by,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class BackupList:
    """Some configurations of a device, newest first; `next` is the id to go on before."""

    lines: tuple[BackupLine, ...]
    next: int | None


def list_backups(
    session: Session, device_id: int, *, before: int | None = None, limit: int = 50
) -> BackupList:
    """Return the configurations that a device had, the one that it got last first."""
    limit = max(1, min(limit, MAX_ROWS))
    query = select(ConfigBackup).where(ConfigBackup.device_id == device_id)
    if before is not None:
        query = query.where(col(ConfigBackup.id) < before)
    rows = session.exec(query.order_by(col(ConfigBackup.id).desc()).limit(limit + 1)).all()
    shown = rows[:limit]
    more = shown[-1].id if len(rows) > limit else None
    return BackupList(tuple(_line(row) for row in shown), more)


def find_backup(session: Session, device_id: int, reference: str | None) -> ConfigBackup:
    """Return a configuration of a device by the beginning of its digest; None: the newest read.

    Raises NotFound, or InvalidInput where several begin so.
    """
    query = select(ConfigBackup).where(ConfigBackup.device_id == device_id)
    if reference is None:
        newest = query.order_by(col(ConfigBackup.last_read_at).desc(), col(ConfigBackup.id).desc())
        row = session.exec(newest.limit(1)).first()
        if row is None:
            raise NotFound(
                Sentence("Aucune configuration de l’équipement n’est gardée"),
                todo=Sentence("lancez\u00a0: preau support config ÉQUIPEMENT"),
            )
        return row
    asked = reference.strip().lower()
    if len(asked) < 4 or not set(asked) <= set("0123456789abcdef"):
        raise InvalidInput(
            Sentence("«\u00a0%(reference)s\u00a0» n’est pas une empreinte", reference=reference),
            todo=Sentence("voyez\u00a0: preau backup list ÉQUIPEMENT"),
        )
    rows = session.exec(query.where(col(ConfigBackup.digest).startswith(asked)).limit(2)).all()
    if not rows:
        raise NotFound(
            Sentence(
                "Aucune configuration gardée de l’équipement ne commence par %(asked)s", asked=asked
            )
        )
    if len(rows) > 1:
        raise InvalidInput(
            Sentence("Plusieurs configurations commencent par %(asked)s", asked=asked),
            todo=Sentence("donnez-en davantage"),
        )
    return rows[0]


def compare(session: Session, one: ConfigBackup, other: ConfigBackup) -> str:
    """Return the difference of two configurations, of one device or of two; empty: they are equal.

    Configurations of one family are compared section by section, whatever their order.
    """
    if one.scrubbed_text == other.scrubbed_text:
        return ""
    family = {_family(session, row) for row in (one, other)}
    known = families().get(family.pop()) if len(family) == 1 else None
    if known is not None and known.configuration is not None:
        grammar = known.configuration.grammar
        return review(grammar, one.scrubbed_text, other.scrubbed_text)
    lines = difflib.unified_diff(
        one.scrubbed_text.splitlines(keepends=True),
        other.scrubbed_text.splitlines(keepends=True),
        n=3,
    )
    return "".join(list(lines)[2:])


def export_backups(
    database: Database, folder: Path, *, site_id: int | None, actor: str
) -> Exported:
    """Write the newest configuration of each device, of a site or of all, and commit what changed.

    Raises as `deploy.backup_export.export_to_git` does.
    """
    with database.read() as session:
        newest = select(
            col(ConfigBackup.id),
            func.row_number()
            .over(
                partition_by=col(ConfigBackup.device_id),
                order_by=(col(ConfigBackup.last_read_at).desc(), col(ConfigBackup.id).desc()),
            )
            .label("place"),
        ).subquery()
        query = (
            select(ConfigBackup, Device.name, Site.name)
            .join(newest, newest.c.id == col(ConfigBackup.id))
            .join(Device, col(Device.id) == ConfigBackup.device_id)
            .join(Site, col(Site.id) == Device.site_id, isouter=True)
            .where(newest.c.place == 1)
            .order_by(col(ConfigBackup.device_id))
        )
        if site_id is not None:
            query = query.where(Device.site_id == site_id)
        texts: dict[str, str] = {}
        read_at = None
        for row, device, site in session.exec(query):
            place = file_name(site) if site else "no-site"
            texts[f"{place}/{file_name(device)}-{row.device_id}.txt"] = row.scrubbed_text
            read_at = max(read_at or row.first_read_at, row.first_read_at)
    if read_at is None:
        raise NotFound("no configuration is kept yet", todo="run: preau support config DEVICE")
    return export_to_git(folder, texts, at=read_at, who=actor)


def _family(session: Session, row: ConfigBackup) -> str:
    device = session.get(Device, row.device_id)
    return device.family if device else "generic"


def _line(row: ConfigBackup) -> BackupLine:
    return BackupLine(
        row.id or 0,
        row.digest[:_SHORT],
        row.first_read_at,
        row.last_read_at,
        row.first_read_by,
        row.first_read_for,
    )
