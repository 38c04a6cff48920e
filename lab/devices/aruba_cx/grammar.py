"""How the CLI reads a line: keywords that may be shortened, parameters, and its error words.

AOS-CX Fundamentals Guide, "Using the CLI": a command may be abbreviated as long as what is typed
fits one command only. The words of the three errors are those the switch prints.
"""

import re
from collections.abc import Callable
from typing import Any

from lab.command_line import CliError, Grammar, Words
from lab.devices.aruba_cx.config import PORTS

__all__ = ["CliError", "Grammar", "grammar"]

AMBIGUOUS = "% Ambiguous command."
INCOMPLETE = "% Command incomplete."
WORDS = Words(
    invalid=lambda _line, word, _place: f"Invalid input: {word}",
    ambiguous=lambda _line: AMBIGUOUS,
    incomplete=lambda _line: INCOMPLETE,
)


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
    "rate": _number(1, 100_000_000),
    "prefix": _matching(r"\d+(\.\d+){3}/\d{1,2}"),
    "address": _matching(r"\d+(\.\d+){3}"),
    "name": _matching(r"[A-Za-z0-9_.-]{1,32}"),
    "word": _matching(r"\S+"),
    "user": _matching(r"(?!admin$|root$)[a-z][a-z0-9._-]{0,31}"),
    "mac": _matching(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}"),
    "zone": _matching(r"[A-Za-z_/+-]+"),
}


def grammar() -> Grammar:
    """Return a context without commands."""
    return Grammar(PARAMETERS, WORDS)
