"""The tree of an ash script (POSIX.1-2017, XCU chapter 2)."""

from dataclasses import dataclass, field


class ShellSyntaxError(Exception):
    """A syntax error, in ash's words."""


class Incomplete(Exception):
    """The text ends within a command."""


@dataclass
class Part:
    """A piece of a word: `text`, `variable`, `command` or `arithmetic`."""

    kind: str
    content: str
    quoted: bool = False


@dataclass
class Word:
    """A word before its expansion; `raw` is as written, to know reserved words."""

    parts: list[Part]
    raw: str


@dataclass
class Token:
    """A word, an operator or the end of a line."""

    kind: str
    text: str = ""
    word: Word | None = None
    here: "Word | None" = None


@dataclass
class Redirection:
    """`2>>file`: descriptor, operator, target; a here-document carries its text."""

    descriptor: int
    operator: str
    target: Word


@dataclass
class Simple:
    """Assignments, words, redirections."""

    assignments: list[tuple[str, Word]] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    redirections: list[Redirection] = field(default_factory=list)


@dataclass
class Pipeline:
    """Commands whose output feeds the next."""

    commands: list["Command"]
    negated: bool = False


@dataclass
class AndOr:
    """A pipeline and what follows by `&&` or `||`."""

    first: Pipeline
    rest: list[tuple[str, Pipeline]] = field(default_factory=list)


@dataclass
class Script:
    """A list of commands; True: in the background. `text` is what jobs are shown as."""

    items: list[tuple[AndOr, bool]] = field(default_factory=list)


@dataclass
class Compound:
    """( … ), { … }, if, for, while, until, case, or a function definition."""

    kind: str
    bodies: list[Script] = field(default_factory=list)
    name: str = ""
    words: list[Word] = field(default_factory=list)
    patterns: list[list[Word]] = field(default_factory=list)
    redirections: list[Redirection] = field(default_factory=list)


Command = Simple | Compound
