"""Tables and lists of facts as command lines print them. Pure text."""

import re
from collections.abc import Mapping


def rows(text: str, *, of: str) -> list[dict[str, str]]:
    """Return the rows of the table whose header line begins with the column `of`.

    The line below the header has a run of dashes for each column; a column reaches to where the
    next one begins. The table ends at the first line that is empty or all to the left.
    """
    lines = text.splitlines()
    for place, line in enumerate(lines[:-1]):
        dashes = re.fullmatch(r"\s*-+(\s+-+)*\s*", lines[place + 1])
        if not line.strip().startswith(of) or dashes is None:
            continue
        starts = [match.start() for match in re.finditer(r"-+", lines[place + 1])]
        spans = list(zip(starts, [*starts[1:], None], strict=True))
        names = [line[start:end].strip() for start, end in spans]
        found = []
        for row in lines[place + 2 :]:
            if not row.strip() or re.match(r"\S[\w ]+:", row):
                break
            found.append(
                {name: row[a:b].strip() for name, (a, b) in zip(names, spans, strict=True)}
            )
        return found
    return []


def facts(text: str) -> Mapping[str, str]:
    """Return `name: value` lines, the first of each name; names in lower case."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if colon and name.strip():
            found.setdefault(re.sub(r"\s+", " ", name.strip().lower()), value.strip())
    return found


def number(written: str | None) -> float | None:
    """Return the number that a text begins with, None when it begins with none."""
    found = re.match(r"\s*(-?\d+(?:\.\d+)?)", written or "")
    return float(found[1]) if found else None


def whole(written: str | None) -> int | None:
    """Return the whole number that a text begins with, None when it begins with none."""
    found = number(written)
    return int(found) if found is not None else None
