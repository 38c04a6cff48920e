"""What one device says of itself at one moment.

Frozen values with their units in the names. None is "not told": the device did not say it, or it
could not be read (then `problems` says why). The JSON form is stable and its schema is published by
`json_schema()`; new fields may be added, none changes its meaning.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import TypeAdapter


@dataclass(frozen=True, slots=True)
class Member:
    """One unit of a stack or chassis; `index` as the device numbers it."""

    index: int
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the device is. `family` is our own id of its kind, `generic` when none is known.

    `uptime_s` is the uptime of the network part (SNMPv2-MIB sysUpTime); `rebooted` is None when it
    cannot be told from what is known.
    """

    family: str
    vendor: str | None = None
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None
    sysname: str | None = None
    sys_object_id: str | None = None
    sys_descr: str | None = None
    uptime_s: float | None = None
    rebooted: bool | None = None
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class Interface:
    """One row of IF-MIB ifTable/ifXTable. `index` is ifIndex, `mac` 12 lower-case hex digits.

    `admin` and `oper` are the labels of IF-MIB verbatim (`up`, `down`, `lowerLayerDown` …);
    `counters` are named after their IF-MIB column without "if" and "HC" (`in_octets` …);
    `octet_bits` is how wide those of octets are: 64 (ifHCInOctets) or 32 (ifInOctets).
    """

    index: int
    name: str | None = None
    description: str | None = None
    alias: str | None = None
    type: int | None = None
    admin: str | None = None
    oper: str | None = None
    speed_bps: int | None = None
    mtu: int | None = None
    mac: str | None = None
    counters: dict[str, int] = field(default_factory=dict)
    octet_bits: int | None = None


@dataclass(frozen=True, slots=True)
class Radio:
    """One radio. `band` is "2.4", "5" or "6"; `tx_power_dbm` is conducted, as reported."""

    index: int
    name: str | None = None
    band: str | None = None
    channel: int | None = None
    frequency_mhz: int | None = None
    width_mhz: int | None = None
    tx_power_dbm: float | None = None
    eirp_dbm: float | None = None
    antenna_gain_dbi: float | None = None
    noise_floor_dbm: float | None = None
    utilisation_percent: float | None = None
    clients: int | None = None


@dataclass(frozen=True, slots=True)
class Wlan:
    """One BSS: an SSID on a radio. `radio` is the radio's name, `security` our label of it.

    `pmf` tells of protected management frames (IEEE 802.11w): `disabled`, `optional`, `required`;
    `hidden` that beacons do not name the SSID, `isolated` that clients do not reach each other.
    """

    ssid: str
    bssid: str | None = None
    radio: str | None = None
    clients: int | None = None
    security: str | None = None
    pmf: str | None = None
    hidden: bool | None = None
    isolated: bool | None = None


@dataclass(frozen=True, slots=True)
class AccessPoint:
    """One access point as its controller tells it."""

    name: str | None = None
    mac: str | None = None
    serial: str | None = None
    model: str | None = None
    ip: str | None = None
    firmware: str | None = None
    status: str | None = None
    clients: int | None = None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A device heard on a port; `local_interface` is our port.

    `protocol` is "lldp", "cdp" or a vendor's own: "edp", "fdp", "isdp", "ndp", "amap".
    """

    local_interface: str | None
    protocol: str
    system_name: str | None = None
    port_id: str | None = None
    chassis_id: str | None = None
    platform: str | None = None


@dataclass(frozen=True, slots=True)
class Vlan:
    """A VLAN with its member ports as ifIndex."""

    id: int
    name: str | None = None
    tagged: tuple[int, ...] = ()
    untagged: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ForwardingEntry:
    """A learnt address (infrastructure only). `interface` is an ifIndex."""

    vlan: int | None
    mac: str
    interface: int | None


@dataclass(frozen=True, slots=True)
class ArpEntry:
    """An IP address and its hardware address (infrastructure only). `interface` is an ifIndex."""

    ip: str
    mac: str
    interface: int | None


@dataclass(frozen=True, slots=True)
class PoePort:
    """Power over Ethernet of one port. `interface` is an ifIndex where it can be told."""

    interface: int | None
    poe_class: int | None = None
    admin: bool | None = None
    delivering: bool | None = None
    power_w: float | None = None


@dataclass(frozen=True, slots=True)
class Poe:
    """The power budget of the whole device and its ports."""

    budget_w: float | None = None
    used_w: float | None = None
    ports: tuple[PoePort, ...] = ()


@dataclass(frozen=True, slots=True)
class Metric:
    """One health figure, with the OID it came from; `label` tells which radio or sensor."""

    name: str
    label: str | None
    value: float
    unit: str
    oid: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read, and why, for a person."""

    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Observation:
    """All that one device said at one moment."""

    identity: Identity
    interfaces: tuple[Interface, ...] = ()
    radios: tuple[Radio, ...] = ()
    wlans: tuple[Wlan, ...] = ()
    access_points: tuple[AccessPoint, ...] = ()
    neighbours: tuple[Neighbour, ...] = ()
    vlans: tuple[Vlan, ...] = ()
    forwarding: tuple[ForwardingEntry, ...] = ()
    arp: tuple[ArpEntry, ...] = ()
    poe: Poe | None = None
    metrics: tuple[Metric, ...] = ()
    problems: tuple[Problem, ...] = ()


@cache
def _adapter() -> "TypeAdapter[Observation]":
    from pydantic import TypeAdapter  # noqa: PLC0415 - slow, and reading a recording goes without

    return TypeAdapter(Observation)


def json_lines(observation: Observation) -> Iterator[str]:
    """Yield what `to_json` returns as text, a line for each row of each table.

    Quick for tables of a hundred thousand values, and without pydantic.
    """
    for place, part in enumerate(fields(observation)):
        value = getattr(observation, part.name)
        yield f'{"," if place else "{"}\n  "{part.name}": '
        if isinstance(value, tuple) and value:
            yield from (
                f"{',' if row else '['}\n    {_text(each)}" for row, each in enumerate(value)
            )
            yield "\n  ]"
        else:
            yield _text(value)
    yield "\n}\n"


@cache
def _encoder() -> json.JSONEncoder:
    return json.JSONEncoder(ensure_ascii=False, default=_columns)


def _text(value: object) -> str:
    return _encoder().encode(value)


def _columns(row: Any) -> dict[str, Any]:
    kind = type(row)
    if kind not in _PUBLISHED:
        names = {"poe_class": "class"}
        _PUBLISHED[kind] = [(part.name, names.get(part.name, part.name)) for part in fields(kind)]
    return {published: getattr(row, name) for name, published in _PUBLISHED[kind]}


_PUBLISHED: dict[type, list[tuple[str, str]]] = {}


def to_json(observation: Observation) -> dict[str, Any]:
    """Return the published JSON form (lists for tuples, `class` for a PoE port's class)."""
    body: dict[str, Any] = _adapter().dump_python(observation, mode="json")
    for port in (body["poe"] or {}).get("ports", []):
        port["class"] = port.pop("poe_class")
    return body


def from_json(body: dict[str, Any]) -> Observation:
    """Return the Observation that `to_json` gave; raises pydantic.ValidationError otherwise."""
    poe = body.get("poe")
    if poe:
        ports = [
            {("poe_class" if k == "class" else k): v for k, v in port.items()}
            for port in poe.get("ports", [])
        ]
        body = {**body, "poe": {**poe, "ports": ports}}
    return _adapter().validate_python(body)


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the published form."""
    schema = _adapter().json_schema()
    port = schema["$defs"]["PoePort"]["properties"]
    port["class"] = port.pop("poe_class")
    return schema
