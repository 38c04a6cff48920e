"""What people are granted: a role over a scope, given and taken back."""

from collections.abc import Callable, Mapping

from sqlmodel import Session, SQLModel, select

from api.usecases.scope import GIVABLE, ROLES, HeldGrant, Right, Viewer, covers
from inventory.errors import InvalidInput, NotAllowed, NotFound
from inventory.models import Grant, GrantScope, Lot, OrganisingAuthority, School, Site, User
from inventory.programme.geography import all_communes
from inventory.sentences import Sentence


def parse_scope(session: Session, text: str) -> tuple[GrantScope, str]:
    """Return the scope and key that `all`, `province:Namur`, `site:3` … say.

    An organising authority is given by its FASE number, a lot by its name. Raises InvalidInput for
    an unknown kind, NotFound for a province, site, … that is not there.
    """
    kind, _, key = text.partition(":")
    try:
        scope = GrantScope(kind)
    except ValueError:
        raise InvalidInput(
            Sentence("«\u00a0%(kind)s\u00a0» n’est pas une portée", kind=kind),
            todo=Sentence(
                "l’une de\u00a0: %(choices)s, comme province:Namur", choices=", ".join(GrantScope)
            ),
        ) from None
    if scope is GrantScope.ALL:
        if key:
            raise InvalidInput(Sentence("La portée all ne prend rien après elle"), where=text)
        return scope, ""
    if not key:
        raise InvalidInput(
            Sentence("La portée %(kind)s demande une valeur", kind=kind),
            todo=Sentence("comme %(kind)s:VALEUR", kind=kind),
        )
    return scope, _KEY[scope](session, key)


def scope_text(session: Session, scope: GrantScope, key: str) -> str:
    """Return a scope as `parse_scope` reads it: `lot:Lot 2`; its key where the row is gone."""
    if scope is GrantScope.ALL:
        return "all"
    row: Lot | OrganisingAuthority | None = None
    if scope is GrantScope.LOT and key.isdecimal():
        row = session.get(Lot, int(key))
        return f"{scope}:{row.name if row else key}"
    if scope is GrantScope.ORGANISING_AUTHORITY and key.isdecimal():
        row = session.get(OrganisingAuthority, int(key))
        return f"{scope}:{row.fase if row else key}"
    return f"{scope}:{key}"


def scope_name(session: Session, grant: HeldGrant) -> str:
    """Return the name of what a grant reaches: of the school, the lot …; empty for all."""
    tables: Mapping[GrantScope, type[SQLModel]] = {
        GrantScope.SITE: Site,
        GrantScope.LOT: Lot,
        GrantScope.ORGANISING_AUTHORITY: OrganisingAuthority,
    }
    table, key = tables.get(grant.scope), grant.scope_key
    row = session.get(table, int(key)) if table and key.isascii() and key.isdigit() else None
    return str(getattr(row, "name", key))


def give(session: Session, user: User, wanted: HeldGrant, *, by: Viewer | None) -> bool:
    """Grant a role over a scope and return whether it is new; `by` None: from the command line.

    Raises NotAllowed for more than `by` may give.
    """
    if by is not None:
        _may_give(session, user, wanted, by)
    if _row(session, user, wanted) is not None:
        return False
    session.add(
        Grant(
            user_id=user.id or 0,
            role=wanted.role,
            scope=wanted.scope,
            scope_key=wanted.scope_key,
        )
    )
    session.flush()
    return True


def take_back(session: Session, user: User, held: HeldGrant, *, by: Viewer | None) -> None:
    """Take a grant back. Raises NotFound when it is not held, NotAllowed as `give` does."""
    if by is not None:
        _may_give(session, user, held, by)
    row = _row(session, user, held)
    if row is None:
        raise NotFound(
            Sentence("%(login)s n’a pas là le rôle %(role)s", login=user.login, role=held.role)
        )
    session.delete(row)
    session.flush()


def may_give_to(session: Session, by: Viewer, wanted: HeldGrant) -> bool:
    """Return whether `by` may give this grant to another, and take it back."""
    managed = [each for each in by.grants if each.role in ROLES[Right.MANAGE_USERS]]
    return wanted.role in GIVABLE and covers(session, managed, wanted)


def _may_give(session: Session, user: User, wanted: HeldGrant, by: Viewer) -> None:
    if user.id == by.user_id:
        raise NotAllowed(
            Sentence("Personne ne change ses propres droits"),
            todo=Sentence("demandez à un collègue"),
        )
    if wanted.role not in GIVABLE:
        raise NotAllowed(
            Sentence("Le rôle %(role)s se donne sur la machine même", role=wanted.role),
            todo=Sentence("avec\u00a0: preau user grant"),
        )
    if not may_give_to(session, by, wanted):
        raise NotAllowed(Sentence("Cela va plus loin que ce que vous gérez"))


def _row(session: Session, user: User, held: HeldGrant) -> Grant | None:
    return session.exec(
        select(Grant).where(
            Grant.user_id == user.id,
            Grant.role == held.role,
            Grant.scope == held.scope,
            Grant.scope_key == held.scope_key,
        )
    ).first()


def _province(_session: Session, name: str) -> str:
    known = sorted({one.province for one in all_communes() if one.province})
    if name not in known:
        raise NotFound(
            Sentence("La province %(name)s n’existe pas", name=name),
            todo=Sentence("l’un de\u00a0: %(choices)s", choices=", ".join(known)),
        )
    return name


def _education_network(session: Session, name: str) -> str:
    if session.exec(select(School.id).where(School.education_network == name)).first() is None:
        raise NotFound(
            Sentence("Aucune école du registre n’est du réseau d’enseignement %(name)s", name=name)
        )
    return name


def _authority(session: Session, fase: str) -> str:
    found = select(OrganisingAuthority.id).where(OrganisingAuthority.fase == _number(fase))
    authority_id = session.exec(found).first()
    if authority_id is None:
        raise NotFound(
            Sentence("Aucun pouvoir organisateur n’a le numéro FASE %(fase)s", fase=fase)
        )
    return str(authority_id)


def _site(session: Session, number: str) -> str:
    if session.get(Site, _number(number)) is None:
        raise NotFound(Sentence("Le site %(number)s n’existe pas", number=number))
    return str(_number(number))


def _lot(session: Session, name: str) -> str:
    lot_id = session.exec(select(Lot.id).where(Lot.name == name)).first()
    if lot_id is None:
        raise NotFound(Sentence("Le lot %(name)s n’existe pas", name=name))
    return str(lot_id)


_KEY: Mapping[GrantScope, Callable[[Session, str], str]] = {
    GrantScope.PROVINCE: _province,
    GrantScope.EDUCATION_NETWORK: _education_network,
    GrantScope.ORGANISING_AUTHORITY: _authority,
    GrantScope.SITE: _site,
    GrantScope.LOT: _lot,
}
"""By kind of scope: from what a person writes to the key of the grant."""


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise InvalidInput(Sentence("«\u00a0%(text)s\u00a0» n’est pas un nombre", text=text))
    return int(text)
