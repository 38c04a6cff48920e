"""The commands that change a RouterOS configuration, in an order that the device takes.

Source: MikroTik documentation, RouterOS 7, "Command Line Interface" (general commands: add, set,
remove, unset, find). RouterOS keeps each line as it is typed.
"""

import re
from collections.abc import Mapping, Sequence

from inventory.vendors.records import (
    AddRecord,
    DeleteOption,
    DeleteRecord,
    Operation,
    Record,
    RecordGrammar,
    SetOption,
)
from inventory.vendors.routeros.configuration_export import (
    WIFI,
    header,
    is_secret,
    option_lines,
    parse,
    quote,
    write,
)

# What must be there before what: profiles, interfaces that use them, VLANs that name interfaces.
_RANKS = {
    "/interface wifi configuration": 1,
    WIFI: 2,
    "/interface bridge vlan": 3,
    "/system logging": 1,
}
_LONGEST_LINE = 400  # the terminal is 511 characters wide; a line that wraps is echoed otherwise


def arrange(operations: Sequence[Operation]) -> list[str]:
    """Return the commands of a whole change: what others need first, what is needed last away.

    An item is added with its options in one line; the options of one that is there go in as few
    lines as fit the terminal, what is taken away first, so that nothing old is on the air with a
    part of what is new.
    """
    added = [step.record for step in operations if isinstance(step, AddRecord)]
    gone = [step.record for step in operations if isinstance(step, DeleteRecord)]
    items = sorted((each for each in added if each.kind == "item" and each.address), key=_rank)
    removed = sorted(
        (each for each in gone if each.kind == "item" and each.address), key=_rank, reverse=True
    )
    new_items = {each.identity for each in added if each.kind == "item"}
    kept: dict[tuple[str, str], list[SetOption | DeleteOption]] = {}
    for step in operations:
        if isinstance(step, SetOption | DeleteOption) and step.record.identity not in new_items:
            kept.setdefault(step.record.identity, []).append(step)
    for record in gone:
        if record.kind != "item":  # settings cannot go: they go back to what they are by themselves
            kept[record.identity] = [DeleteOption(record, option) for option in record.options]
    return [
        *(_added(record) for record in items),
        *(line for steps in kept.values() for line in _changed(steps)),
        *(f"{record.package} remove {record.address}" for record in removed),
    ]


def _rank(record: Record) -> int:
    return _RANKS.get(record.package, 0)


def _added(record: Record) -> str:
    return " ".join([record.package, "add", *_assigned(record.options)])


def _assigned(options: Mapping[str, object]) -> list[str]:
    return [f"{option}={quote(str(value))}" for option, value in options.items()]


def _changed(steps: Sequence[SetOption | DeleteOption]) -> list[str]:
    record = steps[0].record if steps else None
    if record is None or (record.kind == "item" and not record.address):
        return []
    place = f"{record.package} {{}} {record.address}".rstrip()
    values: dict[str, object] = {}
    lines = []
    for step in steps:
        if isinstance(step, SetOption):
            values[step.option] = step.value
        elif record.package.startswith(WIFI) and step.option != "disabled":
            lines.append(f"{place.format('unset')} {step.option}")
        else:
            values[step.option] = _default(record, step.option)
    if "disabled" in values:  # what goes on the air does so when all else is said
        values["disabled"] = values.pop("disabled")
    line = start = place.format("set")
    for word in _assigned(values):
        if line != start and len(line) + len(word) > _LONGEST_LINE:
            lines.append(line)
            line = start
        line += f" {word}"
    return [*lines, line] if line != start else lines


def _default(record: Record, option: str) -> str:
    if option == "disabled":
        return "yes" if record.package == WIFI else "no"
    return "no" if option == "enabled" else ""


def commands(operation: Operation) -> list[str]:
    """Return the commands that do one operation alone."""
    return arrange([operation])


def is_repeatable(line: str) -> bool:
    """Return whether a line does the same when it is sent again; an `add` makes one more."""
    return re.match(r"/[a-z -]+ add ", line) is None


GRAMMAR = RecordGrammar(
    parse=parse,
    write=write,
    header=header,
    lines=option_lines,
    commands=commands,
    arrange=arrange,
    is_secret=is_secret,
)
