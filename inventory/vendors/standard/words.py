"""Where a family's sign and the words of its identity stand, as data."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from inventory.vendors.mib import MibView, Oid, oid
from inventory.vendors.reading import BY_PRODUCT, NOT_OURS, SYS_DESCR, of_product, under
from inventory.vendors.standard import entity

_LONGEST_SYS_DESCR = 1024  # four times what SNMPv2-MIB allows


def sys_descr(view: MibView) -> str | None:
    """Return sysDescr, cut where no agent's ends: a pattern is never tried on a whole book."""
    written = view.text(SYS_DESCR)
    return written[:_LONGEST_SYS_DESCR] if written else None


@dataclass(frozen=True, slots=True)
class Sign:
    """What a family is told by: sysObjectID below one of `roots` and sysDescr matching `words`.

    What is empty is not asked for; `not_roots` and `without` speak against the family.
    """

    roots: tuple[str, ...] = ()
    words: str = ""
    without: str = ""
    sureness: int = BY_PRODUCT
    not_roots: tuple[str, ...] = ()

    def shows(self, view: MibView) -> bool:
        """Tell whether the device shows this sign."""
        descr = sys_descr(view) or ""
        if self.roots and not under(view, *self.roots):
            return False
        if self.not_roots and under(view, *self.not_roots):
            return False
        if self.without and re.search(self.without, descr):
            return False
        return not self.words or bool(re.search(self.words, descr))


def recogniser(*signs: Sign) -> Callable[[MibView], int]:
    """Return what `Reading.recognise` wants: the sureness of the surest sign shown."""
    return lambda view: max((sign.sureness for sign in signs if sign.shows(view)), default=NOT_OURS)


@dataclass(frozen=True, slots=True)
class Word:
    """A place where one word of the identity stands, and what it needs: as a Reading's."""

    read: Callable[[MibView], str | None]
    columns: tuple[Oid, ...] = ()
    below_product: tuple[Oid, ...] = ()


def instance(name: str, pattern: str = "") -> Word:
    """Return the text of one instance (its OID in full), cut by `pattern`'s first group if any."""
    asked = oid(name)
    return Word(lambda view: _cut(view.text(asked), pattern), (asked[:-1],))


def below_product(name: str, pattern: str = "") -> Word:
    """Return the text that stands at `name` below the device's sysObjectID, cut by `pattern`."""
    asked = oid(name)
    return Word(
        lambda view: _cut(view.text(of_product(view, asked)), pattern),
        below_product=(asked[:-1],),
    )


def first(column: str, pattern: str = "") -> Word:
    """Return the first text of a column that is not empty, cut by `pattern`'s first group."""
    root = oid(column)

    def read(view: MibView) -> str | None:
        cuts = (_cut(word, pattern) for word in view.texts(root).values())
        return next((word for word in cuts if word), None)

    return Word(read, (root,))


def described(pattern: str) -> Word:
    """Return what `pattern`'s first group finds in sysDescr."""
    return Word(lambda view: _cut(sys_descr(view), pattern))


def chassis(*attributes: str) -> Word:
    """Return ENTITY-MIB's word of the first chassis: the first of `attributes` that it tells.

    Without a chassis the outermost part stands for it.
    """

    def read(view: MibView) -> str | None:
        part = entity.outermost(entity.entities(view))
        listed: list[str | None] = [getattr(part, name, None) for name in attributes]
        return next((word for word in listed if word), None)

    return Word(read)


def _cut(word: str | None, pattern: str) -> str | None:
    if word is None or not pattern:
        return word
    found = re.search(pattern, word)
    return (found[1] or "").strip() or None if found else None


def told(places: Iterable[Word], view: MibView) -> str | None:
    """Return the word of the first place that tells one."""
    return next((word for place in places if (word := place.read(view))), None)
