"""From a capture file to the networks heard in it."""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from inventory.errors import InvalidInput
from site_surveys.captures.announcement import Announcement, announcement
from site_surveys.captures.radio_header import LINK_TYPES, Received, received
from site_surveys.captures.security import Protection
from site_surveys.spectrum import band_of_frequency, channel_of_frequency, frequency_of_channel

MOST_FRAMES = 5_000_000

_MAGICS = {
    bytes.fromhex(magic) for magic in ("a1b2c3d4", "d4c3b2a1", "a1b23c4d", "4d3cb2a1", "0a0d0d0a")
}


@dataclass(frozen=True, slots=True)
class RawFrame:
    """A frame as a file holds it."""

    link_type: int
    at: datetime | None
    content: bytes


@dataclass(frozen=True, slots=True)
class Heard:
    """One network of one radio, over all its frames; None: not told."""

    bssid: str
    ssid: str | None
    channel: int | None
    frequency_mhz: int | None
    rssi_dbm: float | None
    """The median of its frames."""
    noise_dbm: float | None
    protection: Protection | None
    station_count: int | None
    """The last one told, as the other figures of load."""
    utilisation_percent: float | None
    frames: int
    first_at: datetime | None
    last_at: datetime | None


@dataclass(frozen=True, slots=True)
class Capture:
    """What a file holds."""

    heard: tuple[Heard, ...]
    frames: int
    dropped: int
    """Frames that are no access point's announcement; nothing of them is kept."""
    broken: int
    """Frames whose receiver's header is broken, or that the receiver says are damaged."""


@dataclass(slots=True)
class _Network:
    last: Announcement
    frequency_mhz: int | None
    rssi_dbm: list[int] = field(default_factory=list)
    noise_dbm: list[int] = field(default_factory=list)
    protection: Protection | None = None
    frames: int = 0
    times: list[datetime] = field(default_factory=list)


def is_capture(path: Path) -> bool:
    """Return whether a file begins as a pcap or pcapng does; raises InvalidInput if unreadable."""
    try:
        with path.open("rb") as file:
            return file.read(4) in _MAGICS
    except OSError as error:
        raise InvalidInput(f"the file cannot be read: {error.strerror}", where=str(path)) from error


def read_capture(path: Path) -> Capture:
    """Return the networks heard in a pcap or pcapng file.

    The file is opened by a process of its own. Raises InvalidInput when the file is none, or is of
    another link than WiFi.
    """
    if not is_capture(path):
        raise InvalidInput("the file is neither pcap nor pcapng", where=str(path))
    try:
        return networks_heard(_delivered(path))
    except ValueError as error:
        raise InvalidInput(
            f"the capture cannot be used: {error}",
            where=str(path),
            todo=f"capture in monitor mode, as {', '.join(LINK_TYPES.values())}",
        ) from error


def networks_heard(frames: Iterable[RawFrame]) -> Capture:
    """Return the networks heard in frames; raises ValueError for a link that is not WiFi."""
    networks: dict[tuple[str, str | None, int | None], _Network] = {}
    count = dropped = broken = 0
    for raw in frames:
        count += 1
        told = received(raw.link_type, raw.content)
        if told is None:
            broken += 1
            continue
        said = announcement(told.frame)
        if said is None:
            dropped += 1
            continue
        channel, frequency = _tuned(told, said)
        network = networks.setdefault((said.bssid, said.ssid, channel), _Network(said, frequency))
        _add(network, raw, told, said)
    heard = (_heard(network, channel) for (_, _, channel), network in networks.items())
    return Capture(tuple(heard), count, dropped, broken)


def _tuned(told: Received, said: Announcement) -> tuple[int | None, int | None]:
    """Return a network's channel and frequency.

    A receiver hears a neighbouring channel's frames too, so the frame's word on its channel comes
    before the receiver's; the receiver's tells the band.
    """
    band = "6" if said.six_ghz else band_of_frequency(told.frequency_mhz or 0)
    channel = said.channel
    if channel is None and told.frequency_mhz is not None:
        channel = channel_of_frequency(told.frequency_mhz)
    channel = channel or told.channel
    if band is None or channel is None:
        return channel, told.frequency_mhz
    return channel, frequency_of_channel(band, channel) or told.frequency_mhz


def _add(network: _Network, raw: RawFrame, told: Received, said: Announcement) -> None:
    network.frames += 1
    network.last = said
    network.protection = said.protection or network.protection
    if told.rssi_dbm is not None:
        network.rssi_dbm.append(told.rssi_dbm)
    if told.noise_dbm is not None:
        network.noise_dbm.append(told.noise_dbm)
    if raw.at is not None:
        network.times = [min([raw.at, *network.times]), max([raw.at, *network.times])]


def _heard(network: _Network, channel: int | None) -> Heard:
    times = network.times
    return Heard(
        bssid=network.last.bssid,
        ssid=network.last.ssid,
        channel=channel,
        frequency_mhz=network.frequency_mhz,
        rssi_dbm=statistics.median(network.rssi_dbm) if network.rssi_dbm else None,
        noise_dbm=statistics.median(network.noise_dbm) if network.noise_dbm else None,
        protection=network.protection,
        station_count=network.last.station_count,
        utilisation_percent=network.last.utilisation_percent,
        frames=network.frames,
        first_at=times[0] if times else None,
        last_at=times[1] if times else None,
    )


def _delivered(path: Path) -> Iterator[RawFrame]:
    command = [sys.executable, "-P", "-m", "site_surveys.captures.deliver", str(path.absolute())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        try:
            yield from _frames(process.stdout)
        finally:
            process.kill()


def _frames(lines: Iterable[bytes]) -> Iterator[RawFrame]:
    for number, line in enumerate(lines):
        told = json.loads(line)
        if isinstance(told, dict):
            if "error" in told:
                raise ValueError(told["error"])
            return
        if number >= MOST_FRAMES:
            raise ValueError(f"it holds more than {MOST_FRAMES:,} frames")
        link_type, seconds, content = told
        yield RawFrame(link_type, _time(seconds), bytes.fromhex(content))
    raise ValueError("its reader stopped before the end")


def _time(seconds: float | None) -> datetime | None:
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):  # a broken header: 300,000 years hence
        return None
