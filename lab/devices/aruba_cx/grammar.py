"""How the CLI reads a line: keywords that may be shortened, parameters, and its error words.

AOS-CX Fundamentals Guide, "Using the CLI": a command may be abbreviated as long as what is typed
fits one command only. The words of the three errors are those the switch prints.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from lab.devices.aruba_cx.config import PORTS


class CliError(Exception):
    """A line that the switch refuses; the text is what it prints."""


AMBIGUOUS = "% Ambiguous command."
INCOMPLETE = "% Command incomplete."

Handler = Callable[..., str | None]


def _vlan_list(token: str) -> list[int] | None:
    numbers: set[int] = set()
    for part in token.split(","):
        match = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", part)
        if match is None:
            return None
        low, high = int(match[1]), int(match[2] or match[1])
        if not 1 <= low <= high <= 4094:
            return None
        numbers.update(range(low, high + 1))
    return sorted(numbers)


def _port_list(token: str) -> list[str] | None:
    ports: list[str] = []
    for part in token.split(","):
        match = re.fullmatch(r"1/1/(\d{1,2})(?:-1/1/(\d{1,2}))?", part)
        if match is None:
            return None
        low, high = int(match[1]), int(match[2] or match[1])
        if not 1 <= low <= high <= PORTS:
            return None
        ports += [f"1/1/{number}" for number in range(low, high + 1)]
    return ports


def _number(low: int, high: int) -> Callable[[str], int | None]:
    def read(token: str) -> int | None:
        return int(token) if token.isdecimal() and low <= int(token) <= high else None

    return read


def _matching(pattern: str) -> Callable[[str], str | None]:
    return lambda token: token if re.fullmatch(pattern, token) else None


PARAMETERS: dict[str, Callable[[str], Any]] = {
    "vlan": _number(1, 4094),
    "vlans": _vlan_list,
    "ports": _port_list,
    "minutes": _number(1, 60),
    "mtu": _number(46, 9198),
    "prefix": _matching(r"\d+(\.\d+){3}/\d{1,2}"),
    "address": _matching(r"\d+(\.\d+){3}"),
    "name": _matching(r"[A-Za-z0-9_.-]{1,32}"),
    "word": _matching(r"\S+"),
    "mac": _matching(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}"),
    "zone": _matching(r"[A-Za-z_/+-]+"),
}
REST = "text"  # takes the rest of the line


@dataclass
class Node:
    """A place in the tree of commands."""

    keywords: dict[str, "Node"] = field(default_factory=dict)
    parameter: tuple[str, "Node"] | None = None
    handler: Handler | None = None


class Grammar:
    """The commands of one context."""

    def __init__(self) -> None:
        self.root = Node()

    def command(self, *patterns: str) -> Callable[[Handler], Handler]:
        """Add commands written as `vlan trunk native <vlan>`; the parameters go to the handler."""

        def add(handler: Handler) -> Handler:
            for pattern in patterns:
                self._add(pattern, handler)
            return handler

        return add

    def _add(self, pattern: str, handler: Handler) -> None:
        node = self.root
        for word in pattern.split():
            if word.startswith("<"):
                kind = word.strip("<>")
                if node.parameter is None:
                    node.parameter = (kind, Node())
                node = node.parameter[1]
            else:
                node = node.keywords.setdefault(word, Node())
        node.handler = handler

    def find(self, line: str) -> tuple[Handler, list[Any]]:
        """Return the handler of a line and its arguments; raises CliError with the switch's words.

        The error's attribute `depth` tells how many words were understood.
        """
        words = line.split()
        node = self.root
        arguments: list[Any] = []
        for place, word in enumerate(words):
            found = _keyword(node, word)
            if found is not None:
                node = found
                continue
            if node.parameter is not None:
                kind, following = node.parameter
                if kind == REST:
                    arguments.append(_rest(line, place))
                    node = following
                    break
                value = PARAMETERS[kind](word)
                if value is not None:
                    arguments.append(value)
                    node = following
                    continue
            raise _refusal(f"Invalid input: {word}", place)
        if node.handler is None:
            raise _refusal(INCOMPLETE, len(words))
        return node.handler, arguments


def _keyword(node: Node, word: str) -> Node | None:
    if word in node.keywords:
        return node.keywords[word]
    fitting = [keyword for keyword in node.keywords if keyword.startswith(word)]
    if len(fitting) > 1:
        raise _refusal(AMBIGUOUS, 1)
    return node.keywords[fitting[0]] if fitting else None


def _rest(line: str, place: int) -> str:
    rest = line.split(None, place)[place].strip()
    return rest[1:-1] if len(rest) > 1 and rest[0] == rest[-1] == '"' else rest


class Refusal(CliError):
    """A CliError that knows how far the line was understood."""

    def __init__(self, text: str, depth: int) -> None:
        super().__init__(text)
        self.depth = depth


def _refusal(text: str, depth: int) -> Refusal:
    return Refusal(text, depth)
