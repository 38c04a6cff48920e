"""What was heard where: samples, and the project's own CSV of them.

A sample without `rssi_dbm` says that somebody listened there and did not hear it. That is a bound,
not a value: it is never averaged in, and never becomes −100.
"""

import csv
import io
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from inventory.errors import InvalidInput
from site_surveys.spectrum import band_of_channel, band_of_frequency

COLUMNS = ("x_m", "y_m", "floor", "bssid", "ssid", "channel", "rssi_dbm", "noise_dbm", "at")
REQUIRED = ("x_m", "y_m", "bssid", "rssi_dbm")
OPTIONAL_FREQUENCY = "frequency_mhz"
NOT_HEARD_DBM = -100.0
"""At and below this, tools write "not heard": 20 MHz of thermal noise alone are at −101 dBm."""

_MOST_BYTES = 200_000_000
_BRUSSELS = ZoneInfo("Europe/Brussels")
_MAC = re.compile(r"[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Sample:
    """One BSSID heard, or listened for, at one place of one floor."""

    x_m: float
    y_m: float
    floor: int
    bssid: str | None
    """12 lower-case hex digits; None: nothing at all was heard there."""
    ssid: str | None
    channel: int | None
    frequency_mhz: int | None
    rssi_dbm: float | None
    noise_dbm: float | None
    at: datetime | None

    @property
    def band(self) -> str | None:
        """2.4, 5 or 6 (GHz), from the frequency, else from a channel that is of one band only."""
        if self.frequency_mhz is not None:
            return band_of_frequency(self.frequency_mhz)
        return None if self.channel is None else band_of_channel(self.channel)


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A line that was left out, by its number in the file (the header is line 1)."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class SampleFile:
    """The samples of a file, and the lines that were left out."""

    samples: tuple[Sample, ...]
    rejected: tuple[RejectedLine, ...]


def read_samples(path: Path) -> SampleFile:
    """Return what a CSV file holds; raises InvalidInput when no line of it can be used."""
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise InvalidInput("the file is larger than 200 MB", where=str(path))
        content = path.read_bytes()
    except OSError as error:
        raise InvalidInput(
            f"the samples cannot be read: {error.strerror}", where=str(path)
        ) from error
    return parse_samples(content, where=str(path))


def parse_samples(content: bytes, *, where: str) -> SampleFile:
    """Return the samples of CSV bytes: UTF-8 with or without BOM, `,` or `;`, decimal comma too.

    Columns are `COLUMNS`, in any order, and optionally `frequency_mhz`, without which a 6 GHz
    channel cannot be told. A time without an offset is Europe/Brussels. Raises InvalidInput when a
    needed column is missing or no line can be used.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput("the samples are not UTF-8 text", where=where) from error
    header = text.split("\n", 1)[0]
    delimiter = max((";", ",", "\t"), key=header.count)
    # Strict: an unclosed quote is an error of its line, not a field that swallows the rest.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    samples: list[Sample] = []
    rejected: list[RejectedLine] = []
    names: list[str] | None = None
    while True:
        try:
            fields = next(reader)
            if names is None:
                names = _column_names(fields, where)
            elif any(field.strip() for field in fields):
                samples.append(_sample(_by_name(names, fields)))
        except StopIteration:
            break
        except (csv.Error, ValueError) as error:
            rejected.append(RejectedLine(reader.line_num, str(error)))
    if not samples:
        first = f"; line {rejected[0].line}: {rejected[0].reason}" if rejected else ""
        raise InvalidInput(f"no line holds a sample{first}", where=where)
    return SampleFile(tuple(samples), tuple(rejected))


def _column_names(fields: list[str], where: str) -> list[str]:
    names = [field.strip().lower() for field in fields]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        raise InvalidInput(
            f"the samples have no column {', '.join(missing)}",
            where=where,
            todo=f"its first line should be {','.join(COLUMNS)}",
        )
    return names


def _by_name(names: list[str], fields: list[str]) -> dict[str, str]:
    if len(fields) != len(names):
        raise ValueError(f"{len(fields)} fields where the header has {len(names)}")
    return {name: field.strip() for name, field in zip(names, fields, strict=True)}


def _sample(row: Mapping[str, str]) -> Sample:
    rssi = _number(row, "rssi_dbm", -200, 0)
    channel = _number(row, "channel", 1, 233)
    frequency = _number(row, OPTIONAL_FREQUENCY, 2400, 7125)
    x_m, y_m = _number(row, "x_m", -1e5, 1e5), _number(row, "y_m", -1e5, 1e5)
    floor = _number(row, "floor", -10, 50)
    if x_m is None or y_m is None:
        raise ValueError("x_m or y_m is empty")
    bssid = _bssid(row["bssid"])
    if bssid is None and rssi is not None:
        raise ValueError("rssi_dbm is given but bssid is empty")
    return Sample(
        x_m=x_m,
        y_m=y_m,
        floor=_whole("floor", floor) or 0,
        bssid=bssid,
        ssid=printable(row.get("ssid", "")) or None,
        channel=_whole("channel", channel),
        frequency_mhz=_whole(OPTIONAL_FREQUENCY, frequency),
        rssi_dbm=None if rssi is None or rssi <= NOT_HEARD_DBM else rssi,
        noise_dbm=_number(row, "noise_dbm", -200, 0),
        at=_time(row.get("at", "")),
    )


def _number(row: Mapping[str, str], name: str, low: float, high: float) -> float | None:
    text = row.get(name, "")
    if not text:
        return None
    try:
        value = float(text.replace("−", "-").replace(",", "."))
    except ValueError:
        raise ValueError(f"{name} is not a number: {text[:40]!r}") from None
    if not (math.isfinite(value) and low <= value <= high):
        raise ValueError(f"{name} is {text[:40]}, outside {low:g} to {high:g}")
    return value


def _whole(name: str, value: float | None) -> int | None:
    if value is not None and value != int(value):
        raise ValueError(f"{name} is not a whole number: {value:g}")
    return None if value is None else int(value)


def _bssid(text: str) -> str | None:
    digits = re.sub(r"[:.\-]", "", text.lower())
    if not digits:
        return None
    if not _MAC.fullmatch(digits):
        raise ValueError(f"bssid is not a MAC address: {text[:40]!r}")
    return digits


def _time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"at is not an ISO 8601 time: {text[:40]!r}") from None
    return at if at.tzinfo is not None else at.replace(tzinfo=_BRUSSELS)


def printable(text: str) -> str:
    """Return `text` with what no page, terminal or database shows well as U+FFFD."""
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def floors_of(samples: Iterable[Sample]) -> list[int]:
    """Return the floors that samples are of, the lowest first."""
    return sorted({sample.floor for sample in samples})
