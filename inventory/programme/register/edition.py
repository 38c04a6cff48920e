"""From the lines of a register file to one edition: entries, rejected lines, notices.

The result does not depend on the order of the lines, but for two lines that contradict each other:
there the later one is rejected. A school stands on many lines; where they disagree about it, the
value that most lines give is taken, and the disagreement is reported.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inventory.errors import InvalidInput
from inventory.programme.geography import find_commune
from inventory.programme.register.columns import (
    REQUIRED,
    Row,
    Unusable,
    known_fields,
    read_row,
    shown,
)
from inventory.programme.register.entries import (
    AuthorityEntry,
    ImplantationEntry,
    OfferEntry,
    Pair,
    Register,
    SchoolEntry,
)
from inventory.programme.register.lines import Line, read_lines
from inventory.programme.register.vocabulary import is_known_kind, is_known_network
from inventory.programme.spelling import same_form


@dataclass(frozen=True, slots=True)
class Rejected:
    """A line that was not taken. `place` says where it stands in the file."""

    place: str
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person should know; `count` lines are concerned, the first at `place`."""

    text: str
    place: str
    count: int = 1


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of the register as read from a file."""

    register: Register
    lines: int
    duplicates: int
    rejected: tuple[Rejected, ...]
    notices: tuple[Notice, ...]
    damaged_schools: frozenset[int]
    """Schools with a line that was rejected for its numbers: nothing of theirs may be closed."""
    anonymous_damage: bool
    """Whether a rejected line does not even tell its school."""


@dataclass(frozen=True, slots=True)
class _Placed:
    place: str
    row: Row


def read_edition(content: bytes, where: str) -> Edition:
    """Return the edition that a file's bytes hold. `where` names the file in errors.

    Raises InvalidInput when the file is neither JSON nor CSV, lacks the FASE columns, or holds no
    line that can be taken.
    """
    lines = read_lines(content, where)
    # Elements of a JSON list may leave out what they do not tell: all of them name the columns.
    columns = dict.fromkeys(column for line in lines for column in line.cells)
    fields = known_fields(columns)
    missing = [column for name, column in REQUIRED.items() if name not in fields.values()]
    if missing:
        raise InvalidInput(
            f"the file has no column {' and no column '.join(missing)}",
            where=where,
            todo="give the register of schools; nothing was changed",
        )
    edition = _edition(lines, fields)
    if not edition.register.implantations:
        raise InvalidInput(
            f"none of its {len(lines)} lines can be taken; {edition.rejected[0].place}: "
            f"{edition.rejected[0].reason}",
            where=where,
            todo="nothing was changed",
        )
    return edition


def offer_key(kind: str) -> str:
    """Return what tells two types of education apart, whatever their typography."""
    return same_form(kind).casefold()


def _edition(lines: Sequence[Line], fields: dict[str, str]) -> Edition:
    rejected: list[Rejected] = []
    damaged: set[int | None] = set()
    placed: list[_Placed] = []
    for line in lines:
        try:
            if line.problem:
                raise Unusable(line.problem)
            placed.append(_Placed(line.place, read_row(line.cells, fields)))
        except Unusable as unusable:
            rejected.append(Rejected(line.place, unusable.reason))
            damaged.add(unusable.school_fase)
    kept, duplicates, contradicting = _without_repeats(placed)
    order = {line.place: number for number, line in enumerate(lines)}
    notices = _Notices(order)
    for each in kept:
        for text in each.row.notices:
            notices.add(text, each.place)
    register = _register(kept, notices)
    return Edition(
        register=register,
        lines=len(lines),
        duplicates=duplicates,
        rejected=tuple(sorted([*rejected, *contradicting], key=lambda r: order[r.place])),
        notices=notices.all(),
        damaged_schools=frozenset(number for number in damaged if number is not None),
        anonymous_damage=None in damaged,
    )


def _without_repeats(placed: Sequence[_Placed]) -> tuple[list[_Placed], int, list[Rejected]]:
    """Return the lines to keep, how many repeat another exactly, and the contradicting ones."""
    first: dict[tuple[Pair, str | None], _Placed] = {}
    kept: list[_Placed] = []
    rejected: list[Rejected] = []
    for each in placed:
        kind = each.row.texts.get("kind")
        key = (each.row.pair, offer_key(kind) if kind else None)
        earlier = first.setdefault(key, each)
        if earlier is not each and _contents(earlier.row) != _contents(each.row):
            rejected.append(Rejected(each.place, _contradiction(earlier, each, kind)))
        else:
            kept.append(each)
    return kept, len(kept) - len(first), rejected


def _contents(row: Row) -> tuple[object, ...]:
    texts = {name: same_form(text) for name, text in row.texts.items()}
    if "kind" in texts:
        texts["kind"] = texts["kind"].casefold()
    return same_form(row.school_name), row.authority_fase, row.position, texts


def _contradiction(earlier: _Placed, later: _Placed, kind: str | None) -> str:
    school, implantation = later.row.pair
    return (
        f"the implantation {school}/{implantation}, {kind or 'no type of education'}, stands "
        f"already at {earlier.place} with other contents"
    )


class _Notices:
    """Collects notices; the same text on many lines is told once, with their number."""

    def __init__(self, order: dict[str, int]) -> None:
        self._order = order
        self._counts: Counter[str] = Counter()
        self._first: dict[str, str] = {}

    def add(self, text: str, place: str) -> None:
        self._counts[text] += 1
        self._first[text] = min(self._first.get(text, place), place, key=self._order.__getitem__)

    def all(self) -> tuple[Notice, ...]:
        return tuple(Notice(text, self._first[text], n) for text, n in self._counts.items())


def _register(kept: Sequence[_Placed], notices: _Notices) -> Register:
    by_school: dict[int, list[_Placed]] = defaultdict(list)
    by_pair: dict[Pair, list[_Placed]] = defaultdict(list)
    by_authority: dict[int, list[_Placed]] = defaultdict(list)
    for each in kept:
        by_school[each.row.school_fase].append(each)
        by_pair[each.row.pair].append(each)
        if each.row.authority_fase is not None:
            by_authority[each.row.authority_fase].append(each)
    authorities = {
        fase: entry
        for fase in sorted(by_authority)
        if (entry := _authority(fase, by_authority[fase], notices))
    }
    return Register(
        authorities=authorities,
        schools={fase: _school(fase, by_school[fase], notices) for fase in sorted(by_school)},
        implantations={
            pair: _implantation(pair, by_pair[pair], notices) for pair in sorted(by_pair)
        },
        offers={pair: _offers(by_pair[pair], notices) for pair in sorted(by_pair)},
    )


def _authority(fase: int, placed: Sequence[_Placed], notices: _Notices) -> AuthorityEntry | None:
    told = _agreed(placed, _texts("authority_"), f"the PO {fase}", notices)
    name = told.pop("name", None)
    if name is None:
        notices.add(f"the PO {fase} has no name", placed[0].place)
        return None
    return AuthorityEntry(fase=fase, name=name, **told)


def _school(fase: int, placed: Sequence[_Placed], notices: _Notices) -> SchoolEntry:
    subject = f"the school {fase}"
    told = _agreed(placed, (*_texts("school_"), "education_network"), subject, notices)
    network = told.get("education_network")
    if network and not is_known_network(network):
        for each in placed:
            notices.add(f"reseau {shown(network)} is new to this release; kept", each.place)
    names = [each.row.school_name for each in placed]
    numbers = [n for each in placed if (n := each.row.authority_fase) is not None]
    if len(set(numbers)) > 1:
        notices.add(f"{subject} has several POs; the most frequent is taken", placed[0].place)
    return SchoolEntry(
        fase=fase,
        name=_most_told(names, f"{subject}: name", placed[0].place, notices),
        authority_fase=min(numbers, key=lambda n: (-numbers.count(n), n), default=None),
        **told,
    )


def _implantation(pair: Pair, placed: Sequence[_Placed], notices: _Notices) -> ImplantationEntry:
    subject = f"the implantation {pair[0]}/{pair[1]}"
    names = ("address", "postal_code", "locality", "commune", "district", "basin")
    told = _agreed(placed, names, subject, notices)
    points = [(p.latitude, p.longitude) for each in placed if (p := each.row.position)]
    if len(set(points)) > 1:
        notices.add(f"{subject} has several positions; the most told is taken", placed[0].place)
    point = min(points, key=lambda p: (-points.count(p), p), default=(None, None))
    entry = ImplantationEntry(
        school_fase=pair[0], fase=pair[1], **told, latitude=point[0], longitude=point[1]
    )
    commune = find_commune(entry.commune)
    if entry.commune and commune is None:
        notices.add(f"the commune {shown(entry.commune)} is not known", placed[0].place)
    if not points:
        notices.add("an implantation without position", placed[0].place)
    return replace(entry, province=commune.province if commune else None)


def _offers(placed: Sequence[_Placed], notices: _Notices) -> dict[str, OfferEntry]:
    by_kind: dict[str, list[OfferEntry]] = defaultdict(list)
    for each in placed:
        texts = each.row.texts
        kind = texts.get("kind")
        if kind is None:
            notices.add("a line without type_d_enseignement", each.place)
            continue
        if not is_known_kind(kind):
            notices.add(
                f"type_d_enseignement {shown(kind)} is new to this release; kept", each.place
            )
        offer = OfferEntry(kind, texts.get("level"), texts.get("gender"))
        by_kind[offer_key(kind)].append(offer)
    # Exact repeats may still differ in typography: take one that no order of lines changes.
    return {key: min(offers, key=repr) for key, offers in sorted(by_kind.items())}


def _texts(prefix: str) -> tuple[str, ...]:
    fields = ("name", "company_number", "address", "postal_code", "locality", "commune")
    return tuple(f"{prefix}{field}" for field in fields)


def _agreed(
    placed: Sequence[_Placed], names: Iterable[str], subject: str, notices: _Notices
) -> dict[str, Any]:
    """Return what the lines say of one subject, by field; the owner's prefix is taken off."""
    told: dict[str, Any] = {}
    for name in names:
        values = [text for each in placed if (text := each.row.texts.get(name)) is not None]
        if values:
            field = name.removeprefix("authority_").removeprefix("school_")
            told[field] = _most_told(values, f"{subject}: {field}", placed[0].place, notices)
    return told


def _most_told(values: Sequence[str], what: str, place: str, notices: _Notices) -> str:
    counts = Counter(same_form(value) for value in values)
    form = min(counts, key=lambda text: (-counts[text], text))
    if len(counts) > 1:
        notices.add(f"{what} differs between lines; {shown(form)} is taken", place)
    spellings = Counter(value for value in values if same_form(value) == form)
    return min(spellings, key=lambda text: (-spellings[text], text))
