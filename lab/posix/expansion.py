"""What ash makes of words: parameters, command output, arithmetic, fields, paths."""

import fnmatch
import re
from typing import TYPE_CHECKING

from lab.posix.arithmetic import ShellError, arithmetic
from lab.posix.lexer import Lexer
from lab.posix.tree import Incomplete, Part, Word

if TYPE_CHECKING:
    from lab.posix.ash import Shell

PARAMETER = re.compile(
    r"(#?)([A-Za-z_]\w*|[0-9]+|[?!$#@*-])(?:(:?[-=+?])|(%%?|##?))?(.*)", re.DOTALL
)
GLOB = re.compile(r"[*?\[]")


Pieces = list[tuple[str, bool]]  # text, whether it was quoted


class _Fields:
    """Fields as they grow: text is added to the last one, a blank begins the next."""

    def __init__(self) -> None:
        self.done: list[Pieces] = []
        self.open: Pieces = []

    def add(self, text: str, *, quoted: bool) -> None:
        self.open.append((text, quoted))

    def end(self) -> None:
        self.done.append(self.open)
        self.open = []

    def add_split(self, value: str) -> None:
        """Add what an unquoted expansion gave, split at blanks."""
        for place, chunk in enumerate(re.split(r"[ \t\n]+", value)):
            if place:
                self.end()
            if chunk:
                self.add(chunk, quoted=False)


async def fields(shell: "Shell", word: Word) -> list[str]:
    """Return the fields of a word: split at blanks and matched with paths where not quoted."""
    growing = _Fields()
    for place, part in enumerate(word.parts):
        if part.kind == "text":
            home = place == 0 and not part.quoted and part.content == "~"
            growing.add("/root" if home else part.content, quoted=part.quoted)
        elif part.kind == "variable" and part.content == "@" and part.quoted:
            for number, argument in enumerate(shell.arguments):
                if number:
                    growing.end()
                growing.add(argument, quoted=True)
        elif part.quoted:
            growing.add(await expand(shell, part), quoted=True)
        else:
            growing.add_split(await expand(shell, part))
    growing.end()
    return [path for pieces in growing.done if pieces for path in _paths(shell, pieces)]


def _paths(shell: "Shell", pieces: Pieces) -> list[str]:
    plain = "".join(text for text, _ in pieces)
    if not any(not quoted and GLOB.search(text) for text, quoted in pieces):
        return [plain]
    pattern = "".join(re.sub(r"([*?\[])", r"[\1]", t) if quoted else t for t, quoted in pieces)
    return shell.machine.files.glob(pattern, shell.directory) or [plain]


async def text(shell: "Shell", word: Word) -> str:
    """Return a word as one text, as in an assignment or a redirection."""
    parts = []
    for place, part in enumerate(word.parts):
        if place == 0 and part.kind == "text" and part.content == "~" and not part.quoted:
            parts.append("/root")
        else:
            parts.append(part.content if part.kind == "text" else await expand(shell, part))
    return "".join(parts)


async def pattern(shell: "Shell", word: Word) -> str:
    """Return a word as a pattern of `case`: what is quoted fits itself alone."""
    parts = []
    for part in word.parts:
        value = part.content if part.kind == "text" else await expand(shell, part)
        parts.append(re.sub(r"([*?\[])", r"[\1]", value) if part.quoted else value)
    return "".join(parts)


async def expand(shell: "Shell", part: Part) -> str:
    """Return what a part stands for."""
    if part.kind == "command":
        return (await shell.capture(part.content)).rstrip("\n")
    if part.kind == "arithmetic":
        inner = await text(shell, Word(Lexer(part.content).quoted_parts(None), ""))
        return str(arithmetic(inner, shell.variables))
    return await _parameter(shell, part.content)


async def _parameter(shell: "Shell", expression: str) -> str:
    match = PARAMETER.fullmatch(expression)
    if match is None:
        raise ShellError("syntax error: bad substitution")
    length, name, default, trim, rest = match.groups()
    if length and name != "" and not rest and not default and not trim:
        return str(len(shell.parameter(name) or ""))
    value = shell.parameter(name)
    if default:
        return await _default(shell, name, default, rest, value)
    if trim:
        return _trim(value or "", trim, await _inner(shell, rest))
    if rest:
        raise ShellError("syntax error: bad substitution")
    if value is None and shell.options.get("u"):
        raise ShellError(f"{name}: parameter not set")
    return value or ""


async def _inner(shell: "Shell", raw: str) -> str:
    try:
        return await text(shell, Word(Lexer(raw.strip('"')).quoted_parts(None), raw))
    except Incomplete:
        raise ShellError("syntax error: bad substitution") from None


async def _default(shell: "Shell", name: str, sign: str, rest: str, value: str | None) -> str:
    missing = not value if sign.startswith(":") else value is None
    kind = sign[-1]
    if kind == "+":
        return "" if missing else await _inner(shell, rest)
    if not missing:
        return value or ""
    replacement = await _inner(shell, rest)
    if kind == "=":
        shell.variables[name] = replacement
    elif kind == "?":
        raise ShellError(f"{name}: {replacement or 'parameter not set'}")
    return replacement


def _trim(value: str, sign: str, wanted: str) -> str:
    lengths = range(len(value) + 1)
    if sign.startswith("%"):
        order = lengths if sign == "%%" else reversed(lengths)
        cuts = [n for n in order if fnmatch.fnmatchcase(value[n:], wanted)]
        return value[: cuts[0]] if cuts else value
    order = reversed(lengths) if sign == "##" else lengths
    cuts = [n for n in order if fnmatch.fnmatchcase(value[:n], wanted)]
    return value[cuts[0] :] if cuts else value
