"""Indented configurations: a header at the margin, its lines below it, as Cisco-like CLIs do.

Only what review, masking and merging need is done here; the difference of two such texts is
hier_config's work. Which lines hold secrets, and which replace one another, is the family's
knowledge.

Such devices often show a secret hashed or enciphered: what is typed is then not what is shown. A
`SecretPlace` tells both forms, so that a plan compares what is shown with what was shown after the
last verified push, and a rollback types the old hash again.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from inventory.vendors.configuration import MASK, NAMED, DisplayedValue, Shape

_NOBODY: Mapping[str, str] = MappingProxyType({})
_ANY_MASK = r"‹secret[^›]*›"


@dataclass(frozen=True, slots=True)
class SecretPlace:
    """Where a line holds a secret: `pattern` has one group, the place.

    `typed` is what takes the place when the secret is sent, where the device shows another form
    than it takes, as `plaintext {}`; None: it is shown as it is typed.
    """

    pattern: re.Pattern[str]
    typed: str | None = None


def clear(before: str, value: str = r"\S+", after: str = "") -> SecretPlace:
    """Return the place of a secret that is shown as it is typed; the arguments are patterns."""
    return SecretPlace(re.compile(f"{before}({_ANY_MASK}|{value}){after}"))


def hashed(before: str, shown: str, typed: str, after: str = "") -> SecretPlace:
    """Return the place of a secret that is shown as `shown` and sent as `typed`."""
    return SecretPlace(re.compile(f"{before}({_ANY_MASK}|{shown}){after}"), typed)


@dataclass(frozen=True, slots=True)
class IndentedGrammar:
    """The grammar of one indented configuration (see `configuration.Grammar`).

    `platform` is hier_config's. `replaces` are patterns of a line and of those it stands under, the
    outermost first: a new such line takes the place of an old one whose groups are the same.
    `negations` are (pattern, replacement) of `no` lines that the CLI wants shorter. `arrange` puts
    lines whose order matters on the device into it.
    """

    platform: str
    secrets: tuple[SecretPlace, ...]
    replaces: tuple[tuple[str, ...], ...] = ()
    negations: tuple[tuple[str, str], ...] = ()
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

    def unscrub(
        self, text: str, running: str, values: Mapping[str, str], names: Mapping[str, str] = _NOBODY
    ) -> str:
        """Return `text` with its secrets put back, in the form in which they are typed.

        A line that `running` has, scrubbed with the same `names`, is taken from there as it is
        shown: it is not sent, or it is what a rollback types.
        """
        there: dict[str, list[str]] = {}
        for place, line in _placed(running):
            for masked in {self._scrubbed(line, {}), self._scrubbed(line, names)} - {line}:
                there.setdefault(place + masked, []).append(line)
        opened = []
        for place, line in _placed(text):
            known = there.get(place + line)
            if known:
                opened.append(known.pop(0))
            elif MASK in line:
                raise ValueError(f"{line.strip()} is not in the running configuration")
            else:
                opened.append(self._typed(line, values))
        return "".join(line + "\n" for line in opened)

    def displayed(self, scrubbed: str, shown: str) -> tuple[DisplayedValue, ...]:
        """Return how `shown` displays each secret of another form that `scrubbed` names."""
        forms = self.hashed_forms(shown)
        found = []
        for place, line in _placed(scrubbed):
            for number, value in self._hashed_values(line):
                path, name = self._path(place, line, number), NAMED.fullmatch(value)
                if name and path in forms:
                    found.append(DisplayedValue(path, name[1], forms[path]))
        return tuple(found)

    def hashed_forms(self, shown: str) -> Mapping[str, str]:
        """Return what stands in each place of a hashed secret, by the path of the place."""
        return {
            self._path(place, line, number): value
            for place, line in _placed(shown)
            for number, value in self._hashed_values(line)
        }

    def as_shown(self, scrubbed: str, typed: str, shown: str) -> str:
        """Return `typed`, which is `scrubbed` with its values, as the device would show it.

        A hashed secret cannot be foretold: its line is the one that `shown` has in that place.
        """
        there = {
            place + self._scrubbed(line, {}): line
            for place, line in _placed(shown)
            if any(True for _ in self._hashed_values(line))
        }
        lines = []
        for (place, line), sent in zip(_placed(scrubbed), typed.splitlines(), strict=True):
            named = any(NAMED.fullmatch(value) for _, value in self._hashed_values(line))
            path = place + NAMED.sub(MASK, line)
            lines.append(there.get(path, sent) if named else sent)
        return "".join(line + "\n" for line in lines)

    def _hashed_values(self, line: str) -> Iterator[tuple[int, str]]:
        for number, place in enumerate(self.secrets):
            match = place.pattern.search(line) if place.typed is not None else None
            if match:
                yield number, match[1]

    def _path(self, place: str, line: str, number: int) -> str:
        masked = NAMED.sub(MASK, self._scrubbed(line, {})).strip()
        return f"{place.strip()} / {masked} #{number}".removeprefix(" / ")

    def _scrubbed(self, line: str, names: Mapping[str, str]) -> str:
        def masked(match: re.Match[str]) -> str:
            value = match[1]
            if value.startswith("‹secret"):
                return match[0]
            return _with_group(match, f"‹secret:{names[value]}›" if value in names else MASK)

        for place in self.secrets:
            line = place.pattern.sub(masked, line)
        return line

    def _typed(self, line: str, values: Mapping[str, str]) -> str:
        for place in self.secrets:
            match = place.pattern.search(line)
            name = NAMED.fullmatch(match[1]) if match else None
            if match and name and place.typed is not None:
                sent = _with_group(match, place.typed.format(values[name[1]]))
                line = line[: match.start()] + sent + line[match.end() :]
        return NAMED.sub(lambda match: values[match[1]], line)


def _with_group(match: re.Match[str], text: str) -> str:
    start, end = match.start(1) - match.start(), match.end(1) - match.start()
    return match[0][:start] + text + match[0][end:]


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


# -- merging what is intended into what runs


@dataclass(frozen=True, slots=True)
class Claim:
    """What the intent owns below one header: `lines` stand there, and no other that `owns` finds.

    The header "" is the margin: single lines without anything below them.
    """

    header: str
    lines: Sequence[str]
    owns: re.Pattern[str]


def merged(running: str, claims: Iterable[Claim], indent: str) -> str:
    """Return `running` with every claim put in; what no claim owns stays where it is."""
    by_header: dict[str, list[Claim]] = {}
    for claim in claims:
        by_header.setdefault(claim.header, []).append(claim)
    text: list[str] = []
    seen: set[str] = set()
    blocks = list(_blocks(running))
    margin = by_header.pop("", [])
    for header, below in blocks:
        if not below and _is_ours(header, margin) and not _is_wanted(header, margin):
            continue
        text.append(header)
        seen.add(header)
        text += _merged_below(below, by_header.pop(header, []), indent)
    wanted = [line for claim in margin for line in claim.lines if line not in seen]
    text += dict.fromkeys(wanted)
    for header, left in by_header.items():
        below = _merged_below([], left, indent)
        text += [header, *below] if below else []
    return "".join(f"{line}\n" for line in text)


def _merged_below(below: Sequence[str], claims: Sequence[Claim], indent: str) -> list[str]:
    kept = [
        line
        for line in below
        if not _is_ours(line.strip(), claims) or _is_wanted(line.strip(), claims)
    ]
    there = {line.strip() for line in kept}
    added = [line for claim in claims for line in claim.lines if line not in there]
    return [*kept, *(indent + line for line in added)]


def _is_ours(line: str, claims: Sequence[Claim]) -> bool:
    return any(claim.owns.match(line) for claim in claims)


def _is_wanted(line: str, claims: Sequence[Claim]) -> bool:
    return any(line in claim.lines for claim in claims)


def _blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield each line of the margin with the lines below it."""
    header, below = "", list[str]()
    for line in text.splitlines():
        if line[:1] == " ":
            below.append(line)
            continue
        if header:
            yield header, below
        header, below = line, []
    if header:
        yield header, below


# -- typing remediation lines


def typed_lines(lines: Sequence[str], opens: re.Pattern[str]) -> list[str]:
    """Return what is typed for remediation lines: each section is left before the next begins.

    `opens` finds the headers that open a context even with nothing below them.
    """
    typed: list[str] = []
    depth = 0
    for number, line in enumerate(lines):
        level = _indent(line) // 2
        typed += ["exit"] * (depth - level)
        typed.append(line.strip())
        following = lines[number + 1] if number + 1 < len(lines) else ""
        deeper = _indent(following) > _indent(line)
        depth = level + 1 if deeper or opens.match(line) else level
    return typed + ["exit"] * depth


def blocks_of(lines: Sequence[str]) -> list[list[str]]:
    """Return remediation lines as sections: a header with the lines below it."""
    return [[header, *below] for header, below in _blocks("\n".join(lines))]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
