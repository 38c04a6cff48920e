"""What each device displayed for the secrets of its last verified push, from the database."""

from collections.abc import Callable, Mapping, Sequence

from sqlmodel import Session, col, select

from deploy.displayed import KeptForm, form_digest, known_forms
from inventory import clock
from inventory.models import DisplayedSecret
from inventory.secrets import Vault
from inventory.vendors.configuration import DisplayedValue, Grammar, Shape


class FormBook:
    """What these devices displayed for the secrets of their last verified pushes.

    It asks the database nothing more once it is made: it may be used while a device is spoken to.
    """

    def __init__(self, session: Session, vault: Vault, device_ids: Sequence[int]) -> None:
        self._fingerprint = vault.fingerprint
        self._kept: dict[int, dict[str, KeptForm]] = {}
        query = select(DisplayedSecret).where(col(DisplayedSecret.device_id).in_(device_ids))
        for row in session.exec(query):
            form = KeptForm(row.secret_name, row.displayed_hmac)
            self._kept.setdefault(row.device_id, {})[row.path] = form

    def known(
        self, device_id: int, grammar: Grammar, values: Mapping[str, str], shown: str
    ) -> Mapping[str, str]:
        """Return the names of a device's secrets by the hashed forms in `shown`."""
        kept = self._kept.get(device_id)
        return known_forms(grammar, shown, kept, values, self._fingerprint) if kept else {}


def forms_of(
    session: Session, vault: Vault, device_id: int, grammar: Grammar, values: Mapping[str, str]
) -> Callable[[str], Mapping[str, str]]:
    """Return what tells, of a configuration of the device, the names of its hashed secrets."""
    if grammar.shape is Shape.RECORDS:  # these show secrets as they are set
        return lambda _shown: {}
    book = FormBook(session, vault, [device_id])
    return lambda shown: book.known(device_id, grammar, values, shown)


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
