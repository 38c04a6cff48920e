"""The difference of two configurations: what leads there, what leads back, what a person reviews.

One interface over two differs: hier_config for indented CLIs, and ours for records, which
hier_config cannot hold (it refuses two children of one name). Texts in, texts out; whether their
secrets are masked or not is the caller's choice, and what comes out has the same form.
"""

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, TypeAlias

from inventory.vendors.configuration import Grammar
from inventory.vendors.indented import IndentedGrammar
from inventory.vendors.records import (
    AddRecord,
    DeleteOption,
    DeleteRecord,
    Operation,
    Record,
    RecordGrammar,
    SetOption,
)

_Sections: TypeAlias = Mapping[str, Sequence[str]]  # the lines below each header
_Path: TypeAlias = tuple[str, ...]  # a line with those that it stands under before it
_Tree: TypeAlias = dict[str, "_Tree"]

_PORT = "interface "
_CHANGED = "preau-changed"


@dataclass(frozen=True, slots=True)
class Difference:
    """The lines that lead from one configuration to another, and back."""

    remediation: tuple[str, ...]
    rollback: tuple[str, ...]
    review: str

    def __bool__(self) -> bool:
        """Whether there is anything to send."""
        return bool(self.remediation)


def difference(grammar: Grammar, running: str, intended: str) -> Difference:
    """Return what leads from `running` to `intended`, what undoes it, and the diff to review."""
    there = remediation(grammar, running, intended)
    if not there:
        return Difference((), (), "")
    back = remediation(grammar, intended, running)
    return Difference(there, back, review(grammar, running, intended))


def remediation(grammar: Grammar, running: str, intended: str) -> tuple[str, ...]:
    """Return the lines that lead from `running` to `intended`; none where both say the same."""
    if running == intended:
        return ()
    return _DIFFERS[type(grammar)](grammar, running, intended)


def _record_lines(grammar: RecordGrammar, running: str, intended: str) -> tuple[str, ...]:
    steps = operations(grammar.parse(running), grammar.parse(intended))
    return tuple(grammar.script(steps))


def operations(before: Sequence[Record], after: Sequence[Record]) -> list[Operation]:
    """Return what makes `before` into `after`; the order of records is no difference by itself.

    A record that comes back, as when a change is undone, is told its place among those that stayed.
    Unnamed records come first and are never added or deleted: the device knows them by their place,
    which a change before them would move. Raises ValueError where that would be needed.
    """
    old = {record.identity: record for record in before}
    new = {record.identity: record for record in after}
    for record in (*before, *after):
        if record.unnamed and not (record.identity in old and record.identity in new):
            raise ValueError(f"{record.address} has no name and cannot be added or deleted")
    kept = [record for record in before if record.identity in new]
    steps: list[Operation] = []
    for record in sorted(kept, key=lambda each: not each.unnamed):
        goal = new[record.identity]
        if goal.kind != record.kind:
            steps += [DeleteRecord(record), *_added(goal)]
        else:
            steps += _options(record, goal.options)
    steps += [DeleteRecord(record) for record in before if record.identity not in new]
    last = {record.package: record for record in after if record.identity in old}
    places: Counter[str] = Counter()
    following = dict.fromkeys(last, False)
    for record in after:
        place = places[record.package]
        places[record.package] += 1
        if record.identity in old:
            following[record.package] = record is last[record.package]
        else:
            behind = following.get(record.package, True)
            steps += _added(record, None if behind else place)
    return steps


def _added(record: Record, place: int | None = None) -> list[Operation]:
    return [
        AddRecord(record, place),
        *(SetOption(record, option, value, False) for option, value in record.options.items()),
    ]


def _options(record: Record, goal: Mapping[str, Any]) -> list[Operation]:
    steps: list[Operation] = [
        SetOption(record, option, value, option in record.options)
        for option, value in goal.items()
        if record.options.get(option) != value
    ]
    return steps + [DeleteOption(record, option) for option in record.options if option not in goal]


def _indented_lines(grammar: IndentedGrammar, running: str, intended: str) -> tuple[str, ...]:
    before, after = _apart(grammar.sections(running), grammar.sections(intended))
    if before == after:
        return ()
    # The ports of a thousand switches change in few ways: each is compared once. hier_config finds
    # their place among the other sections, by a line that stands for a row of them.
    alone: dict[str, list[str]] = {}
    shortened: dict[str, tuple[str, ...]] = {}
    row: list[str] | None = None
    for header, below in after.items():
        if not header.startswith(_PORT) or header not in before:
            shortened[header], row = below, None
            continue
        if row is None:
            shortened[header], row = (f" {_CHANGED}",), alone.setdefault(header, [])
        row += _section_lines(grammar, header, before.pop(header), below)
    lines: list[str] = []
    for line in _compared(grammar, before | dict.fromkeys(alone, ()), shortened):
        lines += alone[lines.pop()] if line.strip() == _CHANGED else [line]
    return tuple(grammar.arrange(lines))


@lru_cache(maxsize=4096)
def _section_lines(
    grammar: IndentedGrammar, header: str, before: tuple[str, ...], after: tuple[str, ...]
) -> tuple[str, ...]:
    return tuple(_compared(grammar, {header: before}, {header: after}))


def _compared(grammar: IndentedGrammar, before: _Sections, after: _Sections) -> list[str]:
    from hier_config import get_hconfig  # noqa: PLC0415 - start-up

    def text(sections: _Sections) -> str:
        lines = (line for header, below in sections.items() for line in (header, *below))
        return "".join(f"{line}\n" for line in lines)

    driver = _driver(grammar)
    there = get_hconfig(driver, text(before)).config_to_get_to(get_hconfig(driver, text(after)))
    return _lines(grammar, there.set_order_weight())


def _lines(grammar: IndentedGrammar, tree: Any) -> list[str]:
    return [
        _negated(grammar, line) if line.lstrip().startswith("no ") else line
        for line in (str(each.cisco_style_text()) for each in tree.all_children_sorted())
    ]


def _negated(grammar: IndentedGrammar, line: str) -> str:
    for pattern, replacement in grammar.negations:
        line = re.sub(pattern, replacement, line)
    return line


def _apart(running: _Sections, intended: _Sections) -> tuple[dict[str, tuple[str, ...]], ...]:
    """Return both without what is equal: sections, and the lines of those of one level.

    It is faster so, and hier_config refuses a configuration that says a line twice below one
    header, which certificates and banners do.
    """

    def different(sections: _Sections, other: _Sections) -> Iterator[tuple[str, tuple[str, ...]]]:
        for header, below in sections.items():
            there = other.get(header)
            if there != below:
                flat = there is not None and len({_depth(line) for line in (*below, *there)}) < 2
                equal = set(there or ()) if flat else set()
                yield header, tuple(line for line in _once(below).values() if line not in equal)

    return dict(different(running, intended)), dict(different(intended, running))


def _once(below: Sequence[str]) -> dict[_Path, str]:
    """Return the lines of a section by those that they stand under, each once there.

    What stands below a line that comes twice is put together below the first.
    """
    root: _Tree = {}
    above: list[tuple[int, _Tree]] = [(-1, root)]
    for line in below:
        depth = _depth(line)
        while above[-1][0] >= depth:
            above.pop()
        above.append((depth, above[-1][1].setdefault(line, {})))
    return dict(_branches(root, ()))


def _branches(tree: _Tree, path: _Path) -> Iterator[tuple[_Path, str]]:
    for line, below in tree.items():
        yield (*path, line), line
        yield from _branches(below, (*path, line))


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


@cache
def _driver(grammar: IndentedGrammar) -> Any:
    """Return hier_config's driver of the platform with the family's own rules."""
    from hier_config import Platform, get_hconfig_driver  # noqa: PLC0415 - start-up
    from hier_config.models import IdempotentCommandsRule, MatchRule  # noqa: PLC0415

    driver = get_hconfig_driver(Platform[grammar.platform])
    for lineage in grammar.replaces:
        rules = tuple(MatchRule(re_search=pattern) for pattern in lineage)
        driver.rules.idempotent_commands.append(IdempotentCommandsRule(match_rules=rules))
    return driver


_DIFFERS: Mapping[type, Callable[[Any, str, str], tuple[str, ...]]] = {
    RecordGrammar: _record_lines,
    IndentedGrammar: _indented_lines,
}


def review(grammar: Grammar, running: str, intended: str) -> str:
    """Return the changed sections as a unified diff: each header, and its lines with - and +."""
    before, after = grammar.sections(running), grammar.sections(intended)
    moved = dict(_moved(grammar, running, intended)) if isinstance(grammar, RecordGrammar) else {}
    shown: list[str] = []
    for header in {**before, **after}:
        if before.get(header) == after.get(header):
            continue
        old, new = _once(before.get(header, ())), _once(after.get(header, ()))
        earlier, later = moved.get(header, ((), ()))
        if header in before and header in after and old.keys() == new.keys() and not later:
            continue
        mark = "+" if header not in before else "-" if header not in after else " "
        shown.append(f"{mark} {header}")
        shown += [f"-     {line}" for line in (*_only(old, new), *earlier)]
        shown += [f"+     {line}" for line in (*_only(new, old), *later)]
    return "".join(line + "\n" for line in shown)


def _only(paths: Iterable[_Path], others: Container[_Path]) -> Iterator[str]:
    """Yield the lines that the others lack, behind those above them that are not said with them."""
    for path in paths:
        if path not in others:
            stays = [path[:end] in others for end in range(1, len(path))]
            yield " / ".join(
                line.strip() for line, stay in zip(path, [*stays, True], strict=True) if stay
            )


def _moved(
    grammar: RecordGrammar, running: str, intended: str
) -> Iterator[tuple[str, tuple[Sequence[str], Sequence[str]]]]:
    """Yield by header the lists, before and after, of which only the order or a repeat changes."""
    before = {record.identity: record for record in grammar.parse(running)}
    for record in grammar.parse(intended):
        old = before.get(record.identity, record).options
        options = [
            option
            for option, value in record.options.items()
            if value != old.get(option) and set(value) == set(old.get(option, ()))
            if isinstance(value, tuple) and isinstance(old[option], tuple)
        ]
        if options:
            then, now = (
                grammar.lines(replace(record, options={each: source[each] for each in options}))
                for source in (old, record.options)
            )
            yield grammar.header(record), (then, now)
