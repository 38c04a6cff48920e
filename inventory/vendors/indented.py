"""Indented configurations: a header at the margin, its lines below it, as Cisco-like CLIs do.

Only what review and masking need is done here; the difference of two such texts is hier_config's
work. Which lines hold secrets is the family's knowledge.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from inventory.vendors.configuration import MASK, NAMED, DisplayedValue, Shape


@dataclass(frozen=True, slots=True)
class IndentedGrammar:
    """The grammar of one indented configuration (see `configuration.Grammar`).

    `platform` is hier_config's; `secrets` are patterns with one group, the secret's place;
    `arrange` puts lines whose order matters on the device into it.
    """

    platform: str
    secrets: tuple[re.Pattern[str], ...]
    arrange: Callable[[Sequence[str]], Sequence[str]] = tuple
    shape: Shape = Shape.INDENTED

    def sections(self, text: str) -> Mapping[str, Sequence[str]]:
        """Return the lines below each header, by the header."""
        found: dict[str, list[str]] = {}
        below: list[str] = []
        for line in text.splitlines():
            if not line.strip():
                continue
            if line[0] != " ":
                below = found.setdefault(line, [])
            else:
                below.append(line)
        return found

    def scrub(self, text: str, names: Mapping[str, str]) -> str:
        """Return `text` with the secret part of every line masked."""
        return "".join(self._scrubbed(line, names) + "\n" for line in text.splitlines())

    def unscrub(self, text: str, running: str, values: Mapping[str, str]) -> str:
        """Return `text` with the values of its secrets put back."""
        hidden: dict[str, list[str]] = {}
        for place, line in _placed(running):
            masked = self._scrubbed(line, {})
            if masked != line:
                hidden.setdefault(place + masked, []).append(line)
        opened = []
        for place, line in _placed(text):
            if MASK in line:
                known = hidden.get(place + line)
                if not known:
                    raise ValueError(f"{line.strip()} is not in the running configuration")
                opened.append(known.pop(0))
            else:
                opened.append(NAMED.sub(lambda match: values[match[1]], line))
        return "".join(line + "\n" for line in opened)

    def displayed(self, scrubbed: str, shown: str) -> tuple[DisplayedValue, ...]:
        """Return nothing: what we intend on such devices holds no secret yet."""
        return ()

    def _scrubbed(self, line: str, names: Mapping[str, str]) -> str:
        def masked(match: re.Match[str]) -> str:
            value = match[1]
            if value.startswith("‹secret"):
                return match[0]
            mask = f"‹secret:{names[value]}›" if value in names else MASK
            start, end = match.start(1) - match.start(), match.end(1) - match.start()
            return match[0][:start] + mask + match[0][end:]

        for pattern in self.secrets:
            line = pattern.sub(masked, line)
        return line


def _placed(text: str) -> list[tuple[str, str]]:
    """Return each line with the header it stands under."""
    header = ""
    placed = []
    for line in text.splitlines():
        if line[:1] != " ":
            header = line.split(" ‹", 1)[0] if line else header
            placed.append(("", line))
        else:
            placed.append((header + "\n", line))
    return placed
