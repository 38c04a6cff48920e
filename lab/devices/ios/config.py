"""The running configuration of a Catalyst switch, and how `show running-config` prints it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

PREFIX = "GigabitEthernet1/0/"
POE_PORTS, PORTS = 24, 28


@dataclass
class Vlan:
    """`vlan N`; the switch is a VTP server, which keeps its VLANs in vlan.dat."""

    name: str | None = None
    enabled: bool = True


@dataclass
class Port:
    """`interface GigabitEthernet1/0/N`; without a mode the two ends agree (dynamic auto)."""

    description: str | None = None
    enabled: bool = True
    mode: str | None = None
    access_vlan: int = 1
    native_vlan: int = 1
    allowed: set[int] | None = None
    poe: bool = True
    poe_priority: str = "low"
    storm: dict[str, int] = field(default_factory=dict)
    """By kind of traffic: bits per second."""
    trusted: bool = False
    lldp_transmit: bool = True
    lldp_receive: bool = True
    flags: set[str] = field(default_factory=set)

    @property
    def trunk(self) -> bool:
        """Whether the port is a trunk."""
        return self.mode == "trunk"


@dataclass
class Svi:
    """`interface VlanN`."""

    enabled: bool = True
    address: str | None = None
    mask: str = "255.255.255.0"


@dataclass
class Config:
    """All that the switch is configured to be; VLANs are not part of what is saved."""

    hostname: str = "Switch"
    version: str = "15.2"
    vlans: dict[int, Vlan] = field(
        default_factory=lambda: {1: Vlan("default")},
        compare=False,
    )
    ports: dict[str, Port] = field(
        default_factory=lambda: {f"{PREFIX}{n}": Port() for n in range(1, PORTS + 1)}
    )
    svis: dict[int, Svi] = field(default_factory=lambda: {1: Svi()})
    accounts: dict[str, str] = field(default_factory=dict)
    """By name: the secret with the number of its form, as it is shown."""
    snooping: bool = False
    snooped: set[int] = field(default_factory=set)
    lldp: bool = False
    archive_path: str | None = None
    http: bool = True
    https: bool = True
    communities: list[str] = field(default_factory=list)
    contact: str | None = None
    location: str | None = None
    ntp_servers: list[str] = field(default_factory=list)
    log_hosts: list[str] = field(default_factory=list)
    vty: dict[str, str | None] = field(default_factory=lambda: {"0 4": "ssh", "5 15": "ssh"})
    gateway: str | None = None
    snmp_users: dict[str, str] = field(default_factory=dict, compare=False)

    def authentication(self) -> Iterable[str]:
        """Return the lines of AAA."""
        return ("no aaa new-model",)

    def wireless(self) -> Iterable[str]:
        """Return what the controller of access points in it is configured to be, if it is one."""
        return ()

    def vlans_of(self, port: str) -> tuple[int | None, set[int]]:
        """Return the untagged VLAN of a port, None if there is none, and its tagged VLANs."""
        settings = self.ports[port]
        if not settings.trunk:
            return settings.access_vlan, set()
        allowed = set(self.vlans) if settings.allowed is None else settings.allowed
        carried = allowed & set(self.vlans)
        native = settings.native_vlan if settings.native_vlan in carried else None
        return native, carried - {settings.native_vlan}


def compact(numbers: Iterable[int]) -> str:
    """Return VLANs as IOS lists them: two neighbours by a comma, more as a range."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = [
        f"{run[0]}-{run[-1]}" if len(run) > 2 else ",".join(str(each) for each in run)
        for run in runs
    ]
    return ",".join(parts)


def running_config(config: Config) -> str:
    """Return what `show running-config` prints after its first line."""
    lines = [
        "! Last configuration change at 08:15:02 UTC Mon Nov 2 2026",
        "!",
        f"version {config.version}",
        "no service pad",
        "service timestamps debug datetime msec",
        "service timestamps log datetime msec",
        "!",
        f"hostname {config.hostname}",
        "!",
        "boot-start-marker",
        "boot-end-marker",
        "!",
        *(f"username {name} privilege 15 secret {form}" for name, form in config.accounts.items()),
        *config.authentication(),
        "!",
    ]
    if config.snooped:
        lines.append(f"ip dhcp snooping vlan {compact(config.snooped)}")
    if config.snooping:
        lines.append("ip dhcp snooping")
    lines += ["!", "spanning-tree mode rapid-pvst", "spanning-tree extend system-id", "!"]
    if config.archive_path:
        lines += ["archive", f" path {config.archive_path}"]
    lines += ["vlan internal allocation policy ascending", "!"]
    if config.lldp:
        lines += ["lldp run", "!"]
    for name, port in config.ports.items():
        lines += [f"interface {name}", *(f" {line}" for line in _port(port)), "!"]
    for number, svi in sorted(config.svis.items()):
        lines += [f"interface Vlan{number}", *(f" {line}" for line in _svi(svi)), "!"]
    lines += [*_services(config), *config.wireless(), "end"]
    return "\n".join(lines) + "\n"


def _services(config: Config) -> Iterator[str]:
    if config.gateway:
        yield f"ip default-gateway {config.gateway}"
    yield "ip http server" if config.http else "no ip http server"
    yield "ip http secure-server" if config.https else "no ip http secure-server"
    yield "!"
    yield from (f"logging host {host}" for host in config.log_hosts)
    yield from (f"snmp-server community {community} RO" for community in config.communities)
    if config.location:
        yield f"snmp-server location {config.location}"
    if config.contact:
        yield f"snmp-server contact {config.contact}"
    yield from ("!", "banner login ^C", "Reserve aux personnes autorisees", "^C", "!", "line con 0")
    for lines, spoken in config.vty.items():
        yield f"line vty {lines}"
        yield " login local"
        if spoken:
            yield f" transport input {spoken}"
    yield "!"
    yield from (f"ntp server {server}" for server in config.ntp_servers)


def _port(port: Port) -> Iterator[str]:
    if port.description:
        yield f"description {port.description}"
    if port.access_vlan != 1:
        yield f"switchport access vlan {port.access_vlan}"
    if port.native_vlan != 1:
        yield f"switchport trunk native vlan {port.native_vlan}"
    if port.allowed is not None:
        yield f"switchport trunk allowed vlan {compact(port.allowed)}"
    if port.mode:
        yield f"switchport mode {port.mode}"
    if not port.enabled:
        yield "shutdown"
    yield from _features(port)


def _features(port: Port) -> Iterator[str]:
    if not port.poe:
        yield "power inline never"
    if port.poe_priority != "low":
        yield f"power inline port priority {port.poe_priority}"
    for kind, rate in port.storm.items():
        yield f"storm-control {kind} level bps {_bps(rate)}"
    if not port.lldp_transmit:
        yield "no lldp transmit"
    if not port.lldp_receive:
        yield "no lldp receive"
    yield from sorted(port.flags)
    if port.trusted:
        yield "ip dhcp snooping trust"


def _bps(rate: int) -> str:
    for unit, size in (("g", 10**9), ("m", 10**6), ("k", 1000)):
        if rate and rate % size == 0:
            return f"{rate // size}{unit}"
    return str(rate)


def _svi(svi: Svi) -> Iterator[str]:
    yield f"ip address {svi.address} {svi.mask}" if svi.address else "no ip address"
    if not svi.enabled:
        yield "shutdown"
