"""Configurations as read, kept once per content: scrubbed to show, sealed to restore."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from inventory import clock
from inventory.models import ConfigBackup
from inventory.secrets import Vault


def digest(vault: Vault, text: str) -> str:
    """Return the keyed digest of a configuration: equal texts are told, nothing else is."""
    return vault.fingerprint(f"configuration\n{text}")


@dataclass(frozen=True, slots=True)
class Reading:
    """A configuration that was read just now; `by` and `reason` say who asked for it and why."""

    device_id: int
    text: str = field(repr=False)
    scrubbed: str
    by: str | None = None
    reason: str | None = None


def keep_backup(session: Session, vault: Vault, reading: Reading) -> ConfigBackup:
    """Keep one configuration, or note that it was read again."""
    return keep_backups(session, vault, [reading])[0]


def keep_backups(session: Session, vault: Vault, readings: Sequence[Reading]) -> list[ConfigBackup]:
    """Keep configurations, or note that they were read again; return the row of each in turn.

    Who asked for a configuration and why is kept of its first reading: from then on it is known.
    """
    now = clock.now()
    keys = [(reading.device_id, digest(vault, reading.text)) for reading in readings]
    known = session.exec(
        select(ConfigBackup).where(
            col(ConfigBackup.device_id).in_({device_id for device_id, _ in keys}),
            col(ConfigBackup.digest).in_({key for _, key in keys}),
        )
    )
    rows = {(row.device_id, row.digest): row for row in known}
    kept = []
    for key, reading in zip(keys, readings, strict=True):
        row = rows.get(key)
        if row is None:
            rows[key] = row = ConfigBackup(
                device_id=reading.device_id,
                digest=key[1],
                scrubbed_text=reading.scrubbed,
                sealed_text=vault.seal(reading.text.encode(), _context(reading.device_id)),
                first_read_at=now,
                first_read_by=reading.by,
                first_read_for=reading.reason,
                last_read_at=now,
            )
        row.last_read_at = now
        session.add(row)
        kept.append(row)
    return kept


def open_backup(vault: Vault, backup: ConfigBackup) -> str:
    """Return the full text of a backup; only a restore asks for it."""
    return vault.open(backup.sealed_text, _context(backup.device_id)).decode()


def reseal_backup(vault: Vault, backup: ConfigBackup) -> None:
    """Seal one backup anew with the key that seals now."""
    context = _context(backup.device_id)
    backup.sealed_text = vault.seal(vault.open(backup.sealed_text, context), context)


def _context(device_id: int) -> str:
    return f"configuration of device {device_id}"
