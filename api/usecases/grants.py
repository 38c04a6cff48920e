"""What people are granted: a role over a scope, given and taken back."""

from collections.abc import Callable, Mapping

from sqlmodel import Session, select

from inventory.errors import InvalidInput, NotFound
from inventory.models import GrantScope, Lot, OrganisingAuthority, School, Site
from inventory.programme.geography import all_communes


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
            f"{kind!r} is no scope", todo=f"one of: {', '.join(GrantScope)}, as province:Namur"
        ) from None
    if scope is GrantScope.ALL:
        if key:
            raise InvalidInput("the scope all takes nothing after it", where=text)
        return scope, ""
    if not key:
        raise InvalidInput(f"the scope {kind} needs a value", todo=f"as {kind}:VALUE")
    return scope, _KEY[scope](session, key)


def _province(_session: Session, name: str) -> str:
    known = sorted({one.province for one in all_communes() if one.province})
    if name not in known:
        raise NotFound(f"there is no province {name}", todo=f"one of: {', '.join(known)}")
    return name


def _education_network(session: Session, name: str) -> str:
    if session.exec(select(School.id).where(School.education_network == name)).first() is None:
        raise NotFound(f"no school of the register is of the education network {name}")
    return name


def _authority(session: Session, fase: str) -> str:
    found = select(OrganisingAuthority.id).where(OrganisingAuthority.fase == _number(fase))
    authority_id = session.exec(found).first()
    if authority_id is None:
        raise NotFound(f"there is no organising authority with FASE number {fase}")
    return str(authority_id)


def _site(session: Session, number: str) -> str:
    if session.get(Site, _number(number)) is None:
        raise NotFound(f"there is no site {number}")
    return str(_number(number))


def _lot(session: Session, name: str) -> str:
    lot_id = session.exec(select(Lot.id).where(Lot.name == name)).first()
    if lot_id is None:
        raise NotFound(f"there is no lot {name}")
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
        raise InvalidInput(f"{text!r} is not a number")
    return int(text)
