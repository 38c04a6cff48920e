"""What each device displayed for the secrets of its last verified push, from the database."""

from collections.abc import Callable, Mapping

from sqlmodel import Session, select

from deploy.displayed import KeptForm, form_digest, known_forms
from inventory import clock
from inventory.models import DisplayedSecret
from inventory.secrets import Vault
from inventory.vendors.configuration import DisplayedValue, Grammar


def forms_of(
    session: Session, vault: Vault, device_id: int, grammar: Grammar, values: Mapping[str, str]
) -> Callable[[str], Mapping[str, str]]:
    """Return what tells, of a configuration of the device, the names of its hashed secrets.

    What is returned asks the database nothing more: it may be used while the device is spoken to.
    """
    kept = {
        row.path: KeptForm(row.secret_name, row.displayed_hmac) for row in _rows(session, device_id)
    }
    return lambda shown: known_forms(grammar, shown, kept, values, vault.fingerprint)


def keep_forms(
    session: Session,
    vault: Vault,
    device_id: int,
    displayed: tuple[DisplayedValue, ...],
    values: Mapping[str, str],
) -> None:
    """Keep how the device displayed the secrets of a push that was verified just now."""
    known = {row.path: row for row in _rows(session, device_id)}
    now = clock.now()
    for each in displayed:
        row = known.pop(each.path, None) or DisplayedSecret(
            device_id=device_id,
            path=each.path,
            secret_name="",
            displayed_hmac="",
            verified_at=now,
        )
        row.secret_name = each.secret_name
        row.displayed_hmac = form_digest(
            vault.fingerprint, each.displayed, values.get(each.secret_name, "")
        )
        row.verified_at = now
        session.add(row)
    for gone in known.values():
        session.delete(gone)


def _rows(session: Session, device_id: int) -> list[DisplayedSecret]:
    query = select(DisplayedSecret).where(DisplayedSecret.device_id == device_id)
    return list(session.exec(query).all())
