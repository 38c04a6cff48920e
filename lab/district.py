"""The false district as data: three schools, their zones, addresses, devices and cables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inventory.errors import InvalidInput
from lab.device import Device, DeviceSpec, connect
from lab.devices import make_device
from lab.faults import parse_assignment

COMMUNITY = "lab-read"
PASSWORD = "lab-password"  # noqa: S105 - the lab's own, meant to be known
SWITCH_USER, ACCESS_POINT_USER = "preau", "root"
ACCESS_POINTS_PER_SWITCH = 4
UPLINK_PORT = "1/1/24"


@dataclass(frozen=True, slots=True)
class School:
    """One school of the district. Two schools have the same addresses, in two zones."""

    zone: str
    name: str
    school_fase: int
    site_fase: int
    network: str
    snmp_port: int
    ssh_port: int

    def host(self, last: int) -> str:
        """Return an address of the school's network."""
        return f"{self.network}.{last}"


SCHOOLS = (
    School("tilleuls", "École communale Les Tilleuls", 95001, 9501, "127.20.0", 10161, 10022),
    School("saint-roch", "Institut Saint-Roch", 95002, 9502, "127.20.0", 20161, 20022),
    School("lac", "Athénée royal du Lac", 95003, 9503, "127.30.0", 10161, 10022),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One device of a school: what it is and on which switch port."""

    name: str
    family: str
    last: int
    switch: str | None = None
    port: str | None = None


def places() -> Iterator[Place]:
    """Yield the devices that every school has: two switches, eight access points."""
    yield Place("sw1", "arubaos_cx", 1)
    yield Place("sw2", "arubaos_cx", 2, "sw1", UPLINK_PORT)
    for number in range(1, 2 * ACCESS_POINTS_PER_SWITCH + 1):
        switch = "sw1" if number <= ACCESS_POINTS_PER_SWITCH else "sw2"
        port = (number - 1) % ACCESS_POINTS_PER_SWITCH + 1
        yield Place(f"ap{number}", "openwrt", 10 + number, switch, f"1/1/{port}")


def make_school(
    school: School, *, port_offset: int = 0, options: Mapping[str, Any] | None = None
) -> dict[str, Device]:
    """Return the devices of a school, cabled, by `zone/name`.

    `options` are fields of DeviceSpec for all devices, as `minute_s` in tests.
    """
    devices: dict[str, Device] = {}
    for place in places():
        spec = DeviceSpec(
            family=place.family,
            name=f"{school.zone}/{place.name}",
            hostname=f"{school.zone}-{place.name}",
            host=school.host(place.last),
            snmp_port=school.snmp_port + port_offset,
            ssh_port=school.ssh_port + port_offset,
            community=COMMUNITY,
            password=PASSWORD,
            **(options or {}),
        )
        device = devices[spec.name] = make_device(spec)
        if place.switch and place.port:
            upper = devices[f"{school.zone}/{place.switch}"]
            own = UPLINK_PORT if place.family == "arubaos_cx" else "eth0"
            connect(device, own, upper, place.port)
    return devices


def make_district(
    *,
    port_offset: int = 0,
    faults: Sequence[str] = (),
    options: Mapping[str, Any] | None = None,
    traps: bool = False,
) -> dict[str, Device]:
    """Return all devices by `zone/name`; faults are written `lac/ap3=silent`.

    With `traps` each school sends them to its own port on 127.0.0.1 (`trap_address`).

    Raises InvalidInput for an unknown device or fault.
    """
    devices: dict[str, Device] = {}
    for school in SCHOOLS:
        sends = {"traps_to": trap_address(school, port_offset)} if traps else {}
        given = {**(options or {}), **sends}
        devices |= make_school(school, port_offset=port_offset, options=given)
    for text in faults:
        name, fault = parse_assignment(text)
        if name not in devices:
            raise InvalidInput(f"no device of the lab is called {name}", todo="write lac/ap3=…")
        devices[name].faults.add(fault)
    return devices


def trap_address(school: School, port_offset: int = 0) -> tuple[str, int]:
    """Return where a school's devices send their traps: schools share addresses, not ports."""
    return "127.0.0.1", 10162 + 10_000 * SCHOOLS.index(school) + port_offset


def manifest(devices: Mapping[str, Device], *, port_offset: int = 0) -> dict[str, Any]:
    """Return what a user of the lab must know, for `district.json`."""
    return {
        "community": COMMUNITY,
        "schools": [_school(school, devices, port_offset) for school in SCHOOLS],
    }


def _school(school: School, devices: Mapping[str, Device], offset: int) -> dict[str, Any]:
    return {
        "name": school.name,
        "school_fase": school.school_fase,
        "site_fase": school.site_fase,
        "fase": f"{school.school_fase}/{school.site_fase}",
        "zone": school.zone,
        "networks": [f"{school.network}.0/27"],
        "snmp_port": school.snmp_port + offset,
        "ssh_port": school.ssh_port + offset,
        "community": COMMUNITY,
        "traps_listen": "{}@{}:{}".format(school.zone, *trap_address(school, offset)),
        "credentials": {
            "arubaos_cx": {"username": SWITCH_USER, "password": PASSWORD},
            "openwrt": {"username": ACCESS_POINT_USER, "password": PASSWORD},
        },
        "devices": [_device(school, place, devices) for place in places()],
    }


def _device(school: School, place: Place, devices: Mapping[str, Device]) -> dict[str, Any]:
    device = devices[f"{school.zone}/{place.name}"]
    switch = place.family == "arubaos_cx"
    return {
        "id": device.name,
        "name": f"{school.zone}-{place.name}",
        "family": place.family,
        "role": "switch" if switch else "access_point",
        "host": device.host,
        "snmp_port": device.snmp_port,
        "ssh_port": device.ssh_port,
        "username": device.username,
        "serial": device.serial if switch else None,  # OpenWrt tells none over SNMP
        "switch": f"{school.zone}-{place.switch}" if place.switch else None,
        "switch_port": place.port,
        "faults": list(device.faults.causes),
    }
