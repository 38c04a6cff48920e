"""Rotating the key that seals secrets and backups, while the product runs."""

from dataclasses import dataclass

from sqlmodel import col, select

from deploy.backup import reseal_backup
from inventory.database import Database
from inventory.errors import Misconfigured
from inventory.models import ConfigBackup, Secret
from inventory.secrets import open_vault, read_keys, reseal_secret, write_keys
from inventory.settings import Settings

_BATCH = 200
# The key before the newest stays in the file until the next rotation: another process may have
# sealed a row with it a moment before it saw the new one.
_KEPT_KEYS = 2


@dataclass(frozen=True, slots=True)
class Rotation:
    """How many rows are sealed with the new key, whose id is `key_id`."""

    key_id: str
    secrets: int
    backups: int


def ensure_key_file(database: Database, settings: Settings) -> None:
    """Make the key file of a new installation; leave one that exists as it is.

    Raises Misconfigured when the file is absent but the database holds what it sealed: a new key
    would open none of it, and would hide that the old one must be put back.
    """
    path = settings.secret_key_path()
    if not path.exists():
        with database.read() as session:
            sealed = session.exec(select(Secret.name).limit(1)).first() is not None
            sealed = sealed or session.exec(select(ConfigBackup.id).limit(1)).first() is not None
        if sealed:
            raise Misconfigured(
                "the key file is gone, and the database holds secrets that it sealed",
                where=str(path),
                todo="put the file back from its backup; nothing was changed",
            )
    open_vault(settings, create=True)


def rotate_keys(database: Database, settings: Settings, *, actor: str) -> Rotation:
    """Make a new sealing key, seal everything anew with it, and forget keys that seal nothing.

    Can be stopped at any point and run again: each row tells which key sealed it, and a key is
    forgotten only when no row needs it. Raises Misconfigured when a row cannot be opened; the keys
    and that row then stay as they are.
    """
    path = settings.secret_key_path()
    write_keys(path, read_keys(path).rotated())
    vault = open_vault(settings)
    secrets = _reseal_secrets(database, settings, actor)
    backups = _reseal_backups(database, settings, actor)
    write_keys(path, read_keys(path).newest(_KEPT_KEYS))
    return Rotation(vault.key_id, secrets, backups)


def _reseal_secrets(database: Database, settings: Settings, actor: str) -> int:
    vault = open_vault(settings)
    with database.write(actor) as session:
        rows = session.exec(select(Secret).with_for_update()).all()
        stale = [row for row in rows if not vault.is_newest(row.sealed)]
        for row in stale:
            reseal_secret(vault, row)
    return len(stale)


def _reseal_backups(database: Database, settings: Settings, actor: str) -> int:
    vault = open_vault(settings)
    count, last = 0, 0
    while True:
        with database.write(actor) as session:
            rows = session.exec(
                select(ConfigBackup)
                .where(col(ConfigBackup.id) > last)
                .order_by(col(ConfigBackup.id))
                .limit(_BATCH)
                .with_for_update()
            ).all()
            if not rows:
                return count
            for row in rows:
                if not vault.is_newest(row.sealed_text):
                    reseal_backup(vault, row)
                    count += 1
            last = rows[-1].id or last
