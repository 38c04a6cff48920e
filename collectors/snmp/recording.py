"""Recordings of SNMP walks: `.snmprec` files, and the text that `snmpwalk` prints.

What cannot be read is counted, never fatal: a recording is often all that is left of a device.
"""

from collections.abc import Iterable
from pathlib import Path

from collectors.snmp import object_names, snmprec, snmpwalk
from collectors.snmp.lines import Lines
from inventory.errors import InvalidInput
from inventory.observation import Problem
from inventory.vendors.mib import MibView, Oid

_MAX_BYTES = 256 * 1024 * 1024
_LOOKED_AT = 200  # lines that decide which of the two forms a file has
# Editors of other systems write UTF-16.
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class Recording:
    """One recording, its lines checked; `view` decodes those that are asked for."""

    def __init__(self, lines: Lines | None, problem: Problem | None) -> None:
        self._lines = lines
        self._problems = (problem,) if problem else ()

    def view(self, roots: Iterable[Oid] | None = None) -> MibView:
        """Return the objects at or below one of `roots`, all where it is None.

        Lines of the recording that cannot be read stand in the view's problems.
        """
        if self._lines is None:
            return MibView({}, self._problems)
        return MibView({}, self._problems, tables=self._lines.tables(roots))


def read_recording(path: Path) -> Recording:
    """Return the recording in a file; an empty file is an empty recording with a problem.

    Raises InvalidInput when the file cannot be opened, or is not empty and has no line that can be
    read.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise InvalidInput("the file is too large to be a recording", where=str(path))
        raw = path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"the recording cannot be read: {error.strerror}", where=str(path)
        ) from error
    recording = parse_recording(raw)
    if recording is None:
        raise InvalidInput(
            "this is no recording: no line of it can be read",
            where=str(path),
            todo="give a .snmprec file or the output of snmpwalk -On",
        )
    return recording


def parse_recording(raw: bytes) -> Recording | None:
    """Return the recording in `raw`, None when it is not empty and no line of it can be read."""
    raw = object_names.in_figures(snmpwalk.with_equals_signs(_bytes_of_text(raw)))
    if not raw.strip():
        return Recording(None, Problem("recording", "the file is empty"))
    lines = Lines(*((raw, snmprec.FORM) if _is_snmprec(raw) else snmpwalk.form_of(raw)))
    return Recording(lines, _problem(lines)) if lines.readable else None


def _bytes_of_text(raw: bytes) -> bytes:
    """Return the text with line feeds alone, without a byte order mark, and not in UTF-16."""
    if raw.startswith(_UTF_16):
        raw = raw.decode("utf-16", "replace").encode()
    raw = raw.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n")
    # A carriage return alone ends lines where nothing else does; elsewhere it stands in a text.
    return raw if b"\n" in raw else raw.replace(b"\r", b"\n")


def _problem(lines: Lines) -> Problem | None:
    if lines.first_unreadable is None:
        return None
    count, (number, why) = lines.unreadable, lines.first_unreadable
    what = f"{count} line{'s' if count > 1 else ''} of the recording"
    return Problem(what, f"not read; the first is line {number}: {why}")


def _is_snmprec(raw: bytes) -> bool:
    looked_at = raw.split(b"\n", _LOOKED_AT)[:_LOOKED_AT]
    return sum(map(snmprec.begins_line, looked_at)) >= sum(map(snmpwalk.begins_entry, looked_at))
