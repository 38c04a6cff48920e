"""What ash makes of words: parameters, command output, arithmetic, fields, paths."""

import ast
import fnmatch
import operator
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from lab.devices.openwrt.syntax import Incomplete, Lexer, Part, Word

if TYPE_CHECKING:
    from lab.devices.openwrt.ash import Shell

PARAMETER = re.compile(
    r"(#?)([A-Za-z_]\w*|[0-9]+|[?!$#@*-])(?:(:?[-=+?])|(%%?|##?))?(.*)", re.DOTALL
)
GLOB = re.compile(r"[*?\[]")


class ShellError(Exception):
    """An error that ends a command, in ash's words."""


async def fields(shell: "Shell", word: Word) -> list[str]:
    """Return the fields of a word: split at blanks and matched with paths where not quoted."""
    pieces: list[tuple[str, bool]] = []  # text, whether quoted
    found: list[list[tuple[str, bool]]] = []
    for place, part in enumerate(word.parts):
        if part.kind == "text":
            text = part.content
            if place == 0 and not part.quoted and text == "~":
                text = "/root"
            pieces.append((text, part.quoted))
            continue
        if part.kind == "variable" and part.content == "@" and part.quoted:
            for number, argument in enumerate(shell.arguments):
                if number:
                    found.append(pieces)
                    pieces = []
                pieces.append((argument, True))
            continue
        value = await expand(shell, part)
        if part.quoted:
            pieces.append((value, True))
            continue
        chunks = re.split(r"[ \t\n]+", value)
        if chunks and chunks[0] == "" and len(chunks) > 1:
            if pieces:
                found.append(pieces)
                pieces = []
            chunks = chunks[1:]
        for number, chunk in enumerate(chunks):
            if number:
                found.append(pieces)
                pieces = []
            if chunk:
                pieces.append((chunk, False))
    found.append(pieces)
    result: list[str] = []
    for each in found:
        if each:
            result += _paths(shell, each)
    return result


def _paths(shell: "Shell", pieces: list[tuple[str, bool]]) -> list[str]:
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


_BINARY: Mapping[type, Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: lambda a, b: int(a / b),
    ast.Div: lambda a, b: int(a / b),
    ast.Mod: lambda a, b: a - b * int(a / b),
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
}
_COMPARE: Mapping[type, Callable[[int, int], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def arithmetic(expression: str, variables: Mapping[str, str]) -> int:
    """Return the value of `$((…))`; raises ShellError for what ash would refuse."""
    try:
        return _evaluate(ast.parse(expression.strip() or "0", mode="eval").body, variables)
    except (SyntaxError, ValueError, ZeroDivisionError):
        raise ShellError("arithmetic syntax error") from None


def _evaluate(node: ast.expr, variables: Mapping[str, str]) -> int:
    if isinstance(node, ast.Constant) and isinstance(node.value, int):
        return node.value
    if isinstance(node, ast.Name):
        return int(variables.get(node.id) or "0")
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_evaluate(node.operand, variables)
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        left, right = _evaluate(node.left, variables), _evaluate(node.right, variables)
        return _BINARY[type(node.op)](left, right)
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _COMPARE:
        left, right = _evaluate(node.left, variables), _evaluate(node.comparators[0], variables)
        return int(_COMPARE[type(node.ops[0])](left, right))
    raise ValueError(ast.dump(node))
