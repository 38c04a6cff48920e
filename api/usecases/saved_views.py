"""The views that a person keeps: a list's filters under a name."""

from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

from sqlmodel import Session, col, select

from inventory.errors import InvalidInput, NotFound
from inventory.models import SavedView
from inventory.sentences import Sentence

VIEWS_AT_MOST = 30
MAX_NAME, MAX_QUERY = 60, 1000
_PLACE = "suite"  # where a list goes on: a view begins at its beginning


def views_of(session: Session, user_id: int, path: str) -> Sequence[SavedView]:
    """Return a person's views of a page, in the order of their names."""
    return session.exec(
        select(SavedView)
        .where(SavedView.user_id == user_id, SavedView.path == path)
        .order_by(col(SavedView.name), col(SavedView.id))
    ).all()


def save_view(session: Session, user_id: int, path: str, name: str, query: str) -> SavedView:
    """Keep a view; one of the same name is replaced. Raises InvalidInput, with what to do."""
    name = " ".join(name.split())
    if not name or len(name) > MAX_NAME:
        raise InvalidInput(Sentence("Donnez à la vue un nom de 1 à %(most)s signes", most=MAX_NAME))
    if len(query) > MAX_QUERY:
        raise InvalidInput(Sentence("Cette vue a trop de filtres"))
    kept = urlencode([pair for pair in parse_qsl(query) if pair[0] != _PLACE])
    views = views_of(session, user_id, path)
    row = next((each for each in views if each.name == name), None)
    if row is None:
        if len(views) >= VIEWS_AT_MOST:
            raise InvalidInput(
                Sentence("Vous gardez déjà %(most)s vues de cette page", most=VIEWS_AT_MOST),
                todo=Sentence("enlevez-en une"),
            )
        row = SavedView(user_id=user_id, path=path, name=name, query=kept)
        session.add(row)
    row.query = kept
    session.flush()
    return row


def remove_view(session: Session, user_id: int, view_id: int) -> str:
    """Remove a person's view and return the page that it is of; raises NotFound."""
    row = session.get(SavedView, view_id)
    if row is None or row.user_id != user_id:
        raise NotFound(Sentence("La vue %(view_id)s n’existe pas", view_id=view_id))
    session.delete(row)
    session.flush()
    return row.path
