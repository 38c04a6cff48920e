"""What a family tells over SSH that its SNMP agent does not: typed data and pure functions.

A reading is a generator: it yields the commands to ask, is sent each answer, and returns what the
answers say. So a family may ask the next command by what the last one told, and yet knows no
socket: `collectors.ssh_reading` carries it out, a test sends it answers from the manual.
"""

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from inventory.observation import Wlan
from inventory.vendors.configuration import Configuration, Dialect

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ask:
    """One command. With `may_fail`, an answer that it is unknown or failed is an empty one."""

    command: str
    timeout_s: float = 30.0
    may_fail: bool = False


Reading: TypeAlias = Generator[Ask, str, T]


@dataclass(frozen=True, slots=True)
class WirelessClient:
    """One station of an access point, for one support case. None is "not told".

    `mac` and `bssid` are 12 lower-case hex digits; the rates are of the last frames, as seen from
    the access point (`tx`: what it sends). `state` is the device's own word for how far the client
    came (`authorized`, `Run`, …); nothing of this is ever stored with the device.
    """

    mac: str
    ssid: str | None = None
    bssid: str | None = None
    radio: str | None = None
    access_point: str | None = None
    channel: int | None = None
    rssi_dbm: float | None = None
    snr_db: float | None = None
    tx_rate_bps: float | None = None
    rx_rate_bps: float | None = None
    connected_s: float | None = None
    ip: str | None = None
    hostname: str | None = None
    state: str | None = None
    authorised: bool | None = None
    vlan: int | None = None
    protected_frames: bool | None = None


@dataclass(frozen=True, slots=True)
class LearntAddress:
    """Where a switch learnt a hardware address: a port by its name, in a VLAN."""

    mac: str
    port: str
    vlan: int | None = None


@dataclass(frozen=True, slots=True)
class Terminal:
    """How a family's command line is spoken to. `device_type` is netmiko's.

    `errors` are patterns that stand in an answer when the command was not carried out; a shell
    tells that by its exit status.
    """

    device_type: str
    dialect: Dialect
    prompt: str = ""
    errors: tuple[str, ...] = ()

    @classmethod
    def of(cls, configuration: Configuration) -> "Terminal":
        """Return the terminal that configurations are pushed through."""
        return cls(
            configuration.device_type,
            configuration.dialect,
            configuration.prompt,
            configuration.errors,
        )


@dataclass(frozen=True, slots=True)
class Support:
    """What can be read over SSH from the devices of one family.

    `clients` is asked for one station's address (12 hex digits) or for all, `wlans` for the
    networks with how they are protected as it runs, `address` for where an address was learnt.
    """

    terminal: Terminal
    clients: Callable[[str | None], Reading[tuple[WirelessClient, ...]]] | None = None
    wlans: Callable[[], Reading[tuple[Wlan, ...]]] | None = None
    address: Callable[[str], Reading[tuple[LearntAddress, ...]]] | None = None


def mac_of(written: str) -> str | None:
    """Return a hardware address in any vendor's writing as 12 lower-case hex digits, or None."""
    digits = re.sub(r"[:.\-\s]", "", written).lower()
    return digits if re.fullmatch(r"[0-9a-f]{12}", digits) else None


def written_mac(mac: str, *, group: int = 2, separator: str = ":") -> str:
    """Return 12 hex digits in groups: `aa:bb:cc:dd:ee:ff`, or `aabb.ccdd.eeff` by group 4."""
    return separator.join(mac[place : place + group] for place in range(0, len(mac), group))


def duration_s(written: str) -> float | None:
    """Return the seconds that a device writes as `1d02h03m04s`, `2w3d`, `01:02:03` or `3 days`."""
    text = written.strip().lower()
    if clock := re.fullmatch(r"(?:(\d+)\s*(?:d|days?)[\s,]*)?(\d+):(\d{2})(?::(\d{2}))?", text):
        days, hours, minutes, seconds = (int(each or 0) for each in clock.groups())
        return float(((days * 24 + hours) * 60 + minutes) * 60 + seconds)
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*(ms|w|d|h|m|s)[a-z]*", text)
    if not parts or re.sub(r"\d+(?:\.\d+)?\s*[a-z]+|[\s,]", "", text):
        return None
    unit_s = {"w": 604_800.0, "d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
    return sum(float(number) * unit_s[unit] for number, unit in parts)
