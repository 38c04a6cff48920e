"""What a console line or a script of RouterOS is made of ("Scripting")."""

from dataclasses import dataclass, field


@dataclass
class Text:
    """A string; parts that are not text are put in when it is used."""

    parts: "list[str | Variable | Block]"


@dataclass
class Variable:
    """`$name`."""

    name: str


@dataclass
class Code:
    """`{ … }` as a value: something to run later."""

    block: "Block"
    source: str


@dataclass
class Operation:
    """`( left op right )`."""

    operator: str
    left: object
    right: object


@dataclass
class Function:
    """`:put x`, `:len x` and their like."""

    name: str
    value: object


@dataclass
class Assign:
    """`:local name value` or `:set name value`."""

    name: str
    value: object


@dataclass
class If:
    """`:if (…) do={…} else={…}`."""

    condition: object
    then: "Block"
    otherwise: "Block | None"


@dataclass
class Attempt:
    """`:do {…} on-error={…}`."""

    body: "Block"
    on_error: "Block | None"


@dataclass
class Call:
    """`$name` as a command: what `:parse` made is run."""

    name: str


@dataclass
class Command:
    """A verb of a menu with its arguments."""

    menu: str
    verb: str
    flags: list[str] = field(default_factory=list)
    targets: list[object] = field(default_factory=list)
    values: dict[str, object] = field(default_factory=dict)
    where: list[tuple[str, str, object]] = field(default_factory=list)


@dataclass
class Block:
    """Statements one after the other."""

    statements: list[object]
