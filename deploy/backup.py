"""Configurations as read, kept once per content: scrubbed to show, sealed to restore."""

from sqlmodel import Session, select

from inventory import clock
from inventory.models import ConfigBackup
from inventory.secrets import Vault


def digest(vault: Vault, text: str) -> str:
    """Return the keyed digest of a configuration: equal texts are told, nothing else is."""
    return vault.fingerprint(f"configuration\n{text}")


def keep_backup(
    session: Session,
    vault: Vault,
    device_id: int,
    *,
    text: str,
    scrubbed: str,
    by: str | None = None,
    reason: str | None = None,
) -> ConfigBackup:
    """Keep a configuration that was read just now, or note that it was read again.

    `by` and `reason` say who asked for the reading and why, of the first one only: from then on it
    is known.
    """
    now = clock.now()
    key = digest(vault, text)
    row = session.exec(
        select(ConfigBackup).where(ConfigBackup.device_id == device_id, ConfigBackup.digest == key)
    ).first()
    if row is None:
        row = ConfigBackup(
            device_id=device_id,
            digest=key,
            scrubbed_text=scrubbed,
            sealed_text=vault.seal(text.encode(), _context(device_id)),
            first_read_at=now,
            first_read_by=by,
            first_read_for=reason,
            last_read_at=now,
        )
    row.last_read_at = now
    session.add(row)
    return row


def open_backup(vault: Vault, backup: ConfigBackup) -> str:
    """Return the full text of a backup; only a restore asks for it."""
    return vault.open(backup.sealed_text, _context(backup.device_id)).decode()


def reseal_backup(vault: Vault, backup: ConfigBackup) -> None:
    """Seal one backup anew with the key that seals now."""
    context = _context(backup.device_id)
    backup.sealed_text = vault.seal(vault.open(backup.sealed_text, context), context)


def _context(device_id: int) -> str:
    return f"configuration of device {device_id}"
