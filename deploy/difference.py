"""The difference of two configurations: what leads there, what leads back, what a person reviews.

One interface over two differs: hier_config for indented CLIs, and ours for records, which
hier_config cannot hold (it refuses two children of one name). Texts in, texts out; whether their
secrets are masked or not is the caller's choice, and what comes out has the same form.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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
    ways = _DIFFERS[type(grammar)](grammar, running, intended)
    return Difference(*ways, review=review(grammar, running, intended) if ways[0] else "")


def _record_ways(
    grammar: RecordGrammar, running: str, intended: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    before, after = grammar.parse(running), grammar.parse(intended)
    there, back = (
        tuple(line for step in operations(*pair) for line in grammar.commands(step))
        for pair in ((before, after), (after, before))
    )
    return there, back


def operations(before: Sequence[Record], after: Sequence[Record]) -> list[Operation]:
    """Return what makes `before` into `after`; the order of named records does not count.

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
    for record in after:
        if record.identity not in old:
            steps += _added(record)
    return steps


def _added(record: Record) -> list[Operation]:
    return [
        AddRecord(record),
        *(SetOption(record, option, value, False) for option, value in record.options.items()),
    ]


def _options(record: Record, goal: Mapping[str, Any]) -> list[Operation]:
    steps: list[Operation] = [
        SetOption(record, option, value, option in record.options)
        for option, value in goal.items()
        if record.options.get(option) != value
    ]
    return steps + [DeleteOption(record, option) for option in record.options if option not in goal]


def _indented_ways(
    grammar: IndentedGrammar, running: str, intended: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    from hier_config import Platform, WorkflowRemediation, get_hconfig  # noqa: PLC0415 - start-up

    platform = Platform[grammar.platform]
    flow = WorkflowRemediation(get_hconfig(platform, running), get_hconfig(platform, intended))
    there, back = (
        tuple(grammar.arrange([line.cisco_style_text() for line in tree.all_children_sorted()]))
        for tree in (flow.remediation_config, flow.rollback_config)
    )
    return there, back


_DIFFERS: Mapping[type, Callable[[Any, str, str], tuple[tuple[str, ...], tuple[str, ...]]]] = {
    RecordGrammar: _record_ways,
    IndentedGrammar: _indented_ways,
}


def review(grammar: Grammar, running: str, intended: str) -> str:
    """Return the changed sections as a unified diff: each header, and its lines with - and +."""
    before, after = grammar.sections(running), grammar.sections(intended)
    shown: list[str] = []
    for header in {**before, **after}:
        old, new = before.get(header), after.get(header)
        if old is not None and new is not None and set(old) == set(new):
            continue
        mark = "+" if old is None else "-" if new is None else " "
        shown.append(f"{mark} {header}")
        gone = [line for line in old or () if line not in (new or ())]
        come = [line for line in new or () if line not in (old or ())]
        shown += [f"-     {line.strip()}" for line in gone]
        shown += [f"+     {line.strip()}" for line in come]
    return "".join(line + "\n" for line in shown)
