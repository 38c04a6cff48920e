"""Record-shaped configurations: typed sections that hold options, as UCI has them.

A record without a name is kept by its place among the unnamed ones of its kind. Which options hold
secrets, and how records are written, is the family's knowledge.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from inventory.vendors.configuration import MASK, NAMED, DisplayedValue, Shape

Value = str | tuple[str, ...]
_NOBODY: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Record:
    """One section. `key` is its name, or `@kind#n` for the nth unnamed one of its kind.

    `address` is how a command of the device names it in the configuration it was read from.
    """

    package: str
    kind: str
    key: str
    address: str
    options: Mapping[str, Value]

    @property
    def unnamed(self) -> bool:
        """Whether the device knows it by its place only."""
        return self.key.startswith("@")

    @property
    def identity(self) -> tuple[str, str]:
        """Return what makes it the same record in two configurations."""
        return self.package, self.key


@dataclass(frozen=True, slots=True)
class AddRecord:
    """Make an empty named record.

    `place` is where it stands among its package's, from 0; None: behind them all.
    """

    record: Record
    place: int | None = None


@dataclass(frozen=True, slots=True)
class DeleteRecord:
    """Delete a named record with its options."""

    record: Record


@dataclass(frozen=True, slots=True)
class SetOption:
    """Give an option its value; `existed` tells whether it had one."""

    record: Record
    option: str
    value: Value
    existed: bool


@dataclass(frozen=True, slots=True)
class DeleteOption:
    """Take an option away."""

    record: Record
    option: str


Operation = AddRecord | DeleteRecord | SetOption | DeleteOption


@dataclass(frozen=True, slots=True)
class RecordGrammar:
    """The grammar of one record-shaped configuration (see `configuration.Grammar`).

    `arrange`, where given, makes the lines of a whole change instead of `commands`: for devices on
    which one record needs another, or which take a record and its options in one line.
    """

    parse: Callable[[str], tuple[Record, ...]]
    write: Callable[[Sequence[Record]], str]
    header: Callable[[Record], str]
    lines: Callable[[Record], Sequence[str]]
    commands: Callable[[Operation], Sequence[str]]
    is_secret: Callable[[Record, str], bool]
    arrange: Callable[[Sequence[Operation]], Sequence[str]] | None = None
    shape: Shape = Shape.RECORDS

    def script(self, operations: Sequence[Operation]) -> Sequence[str]:
        """Return the lines that do these operations, in the device's own order."""
        if self.arrange is not None:
            return self.arrange(operations)
        return [line for operation in operations for line in self.commands(operation)]

    def sections(self, text: str) -> Mapping[str, Sequence[str]]:
        """Return the lines of each record by its header."""
        return {self.header(record): self.lines(record) for record in self.parse(text)}

    def scrub(self, text: str, names: Mapping[str, str]) -> str:
        """Return `text` with every secret option masked."""

        def masked(record: Record, option: str, value: Value) -> Value:
            if not self.is_secret(record, option):
                return value
            if isinstance(value, tuple):
                return tuple(_masked(each, names) for each in value)
            return _masked(value, names)

        return self._each_option(text, masked)

    def unscrub(
        self, text: str, running: str, values: Mapping[str, str], names: Mapping[str, str] = _NOBODY
    ) -> str:
        """Return `text` with the values of its secrets put back; all are shown as they are set."""
        present = {record.identity: record for record in self.parse(running)}

        def opened(record: Record, option: str, value: Value) -> Value:
            if not self.is_secret(record, option) or not _is_masked(value):
                return value
            if isinstance(value, str) and value != MASK:
                return NAMED.sub(lambda match: values[match[1]], value)
            there = present.get(record.identity)
            if there is None or option not in there.options:
                raise ValueError(f"{record.address}.{option} is not in the running configuration")
            return there.options[option]

        return self._each_option(text, opened)

    def displayed(self, scrubbed: str, shown: str) -> tuple[DisplayedValue, ...]:
        """Return how `shown` displays each secret that `scrubbed` names."""
        present = {record.identity: record for record in self.parse(shown)}
        found = []
        for record in self.parse(scrubbed):
            there = present.get(record.identity)
            for option, value in record.options.items():
                name = NAMED.fullmatch(value) if isinstance(value, str) else None
                displayed = there.options.get(option) if there else None
                if name and isinstance(displayed, str):
                    found.append(DisplayedValue(f"{record.address}.{option}", name[1], displayed))
        return tuple(found)

    def hashed_forms(self, shown: str) -> Mapping[str, str]:
        """Return nothing: secrets are shown as they are set."""
        return {}

    def as_shown(self, scrubbed: str, typed: str, shown: str) -> str:
        """Return `typed`: secrets are shown as they are set."""
        return typed

    def _each_option(self, text: str, change: Callable[[Record, str, Value], Value]) -> str:
        return self.write(
            [
                replace(
                    record,
                    options={
                        option: change(record, option, value)
                        for option, value in record.options.items()
                    },
                )
                for record in self.parse(text)
            ]
        )


def _masked(value: str, names: Mapping[str, str]) -> str:
    if value in names:
        return f"‹secret:{names[value]}›"
    return value if _is_masked(value) else MASK


def _is_masked(value: Value) -> bool:
    if isinstance(value, tuple):
        return any(_is_masked(each) for each in value)
    return value == MASK or NAMED.fullmatch(value) is not None
