"""The running configuration of an AOS-CX switch, and how `show running-config` prints it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

POE_PORTS, PORTS = 24, 28
INDENT = "    "
# How an export shows a secret: made up, as no real ciphertext can be made here.
CIPHERTEXT = "AQBap{salt}{digest}YgAAAA=="


@dataclass
class Vlan:
    """`vlan N`."""

    name: str | None = None
    description: str | None = None
    enabled: bool = True
    voice: bool = False
    snooped: bool = False

    def plain(self) -> bool:
        """Whether the running configuration shows but its number."""
        return self == Vlan()


@dataclass
class Port:
    """`interface 1/1/N`. A port is access in VLAN 1 until told otherwise."""

    description: str | None = None
    enabled: bool = True
    routed: bool = False
    trunk: bool = False
    access_vlan: int = 1
    native_vlan: int = 1
    native_tagged: bool = False
    allowed: set[int] | None = None
    """None is `all`."""
    poe: bool = True
    poe_priority: str = "low"
    mtu: int | None = None
    rates: dict[str, int] = field(default_factory=dict)
    """By kind of traffic: kbit/s."""
    lldp_transmit: bool = True
    lldp_receive: bool = True
    flags: set[str] = field(default_factory=set)
    """Lines that are there or not, as `loop-protect`."""


@dataclass
class Svi:
    """`interface vlan N`."""

    description: str | None = None
    enabled: bool = True
    address: str | None = None
    """`dhcp`, or an address with its prefix length."""


@dataclass
class Config:
    """All that the switch is configured to be."""

    hostname: str = "6200"
    vlans: dict[int, Vlan] = field(default_factory=lambda: {1: Vlan()})
    ports: dict[str, Port] = field(
        default_factory=lambda: {f"1/1/{n}": Port() for n in range(1, PORTS + 1)}
    )
    svis: dict[int, Svi] = field(default_factory=lambda: {1: Svi(address="dhcp")})
    ssh_vrfs: list[str] = field(default_factory=lambda: ["default"])
    https_vrfs: list[str] = field(default_factory=lambda: ["default"])
    snmp_vrfs: list[str] = field(default_factory=lambda: ["default"])
    communities: list[str] = field(default_factory=list)
    location: str | None = None
    contact: str | None = None
    ntp_servers: dict[str, str] = field(
        default_factory=lambda: {"pool.ntp.org": " minpoll 4 maxpoll 4 iburst"}
    )
    """By name: how it is asked, as it was typed."""
    ntp_enabled: bool = True
    timezone: str | None = None
    log_hosts: list[str] = field(default_factory=list)
    routes: list[str] = field(default_factory=list)
    spanning_tree: bool = False
    snooping: bool = False
    users: dict[str, str] = field(default_factory=dict)
    """By name: the password as ciphertext; all are administrators."""
    snmpv3_users: dict[str, tuple[str, str]] = field(default_factory=dict)
    """By name: the two passphrases as ciphertext."""

    def vlans_of(self, port: str) -> tuple[int | None, set[int]]:
        """Return the untagged VLAN of a port, None if there is none, and its tagged VLANs.

        The native VLAN of a trunk is carried only where the allowed list holds it.
        """
        settings = self.ports[port]
        if settings.routed:
            return None, set()
        if not settings.trunk:
            return settings.access_vlan, set()
        allowed = set(self.vlans) if settings.allowed is None else settings.allowed
        carried = allowed & set(self.vlans)
        native = settings.native_vlan if settings.native_vlan in carried else None
        if settings.native_tagged:
            return None, carried
        return native, carried - {settings.native_vlan}


def compact(numbers: Iterable[int]) -> str:
    """Return VLAN numbers as the switch lists them: `1,10-12`."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(str(r[0]) if len(r) == 1 else f"{r[0]}-{r[-1]}" for r in runs)


def running_config(config: Config, version: str) -> str:
    """Return the text after `Current configuration:`."""
    lines = ["!", f"!Version ArubaOS-CX {version}", "!export-password: default"]
    lines.append(f"hostname {config.hostname}")
    lines += [
        f"user {name} group administrators password ciphertext {form}"
        for name, form in config.users.items()
    ]
    if config.timezone:
        lines.append(f"clock timezone {config.timezone}")
    lines += [f"logging {host}" for host in config.log_hosts]
    lines += [f"ntp server {server}{asked}" for server, asked in config.ntp_servers.items()]
    if config.ntp_enabled:
        lines.append("ntp enable")
    lines += ["!", "!", "!", "!"]
    lines += _snmp(config)
    if config.snooping:
        lines.append("dhcpv4-snooping")
    lines += [f"ssh server vrf {vrf}" for vrf in config.ssh_vrfs]
    lines += _vlans(config)
    if config.spanning_tree:
        lines.append("spanning-tree")
    for name, port in config.ports.items():
        lines += [f"interface {name}", *(INDENT + line for line in _port(port))]
    for number, svi in sorted(config.svis.items()):
        lines += [f"interface vlan {number}", *(INDENT + line for line in _svi(svi))]
    lines += [f"ip route {route}" for route in config.routes]
    lines += ["!", "!", "!", "!", "!"]
    lines += [f"https-server vrf {vrf}" for vrf in config.https_vrfs]
    return "\n".join(lines) + "\n"


def _snmp(config: Config) -> list[str]:
    lines = [f"snmp-server vrf {vrf}" for vrf in config.snmp_vrfs]
    if config.location:
        lines.append(f"snmp-server system-location {config.location}")
    if config.contact:
        lines.append(f"snmp-server system-contact {config.contact}")
    lines += [f"snmp-server community {community}" for community in config.communities]
    for name, (auth, priv) in config.snmpv3_users.items():
        lines.append(
            f"snmpv3 user {name} auth sha auth-pass ciphertext {auth} "
            f"priv aes priv-pass ciphertext {priv}"
        )
    return lines


def _vlans(config: Config) -> list[str]:
    """VLANs in order; neighbours without settings share a line."""
    lines: list[str] = []
    plain: list[int] = []
    for number, vlan in sorted(config.vlans.items()):
        if vlan.plain():
            plain.append(number)
            continue
        if plain:
            lines.append(f"vlan {compact(plain)}")
            plain = []
        lines.append(f"vlan {number}")
        if vlan.name:
            lines.append(f"{INDENT}name {vlan.name}")
        if vlan.description:
            lines.append(f"{INDENT}description {vlan.description}")
        if not vlan.enabled:
            lines.append(f"{INDENT}shutdown")
        if vlan.voice:
            lines.append(f"{INDENT}voice")
        if vlan.snooped:
            lines.append(f"{INDENT}dhcpv4-snooping")
    if plain:
        lines.append(f"vlan {compact(plain)}")
    return lines


def _port(port: Port) -> list[str]:
    lines = ["no shutdown" if port.enabled else "shutdown"]
    if port.mtu:
        lines.append(f"mtu {port.mtu}")
    if port.description:
        lines.append(f"description {port.description}")
    if not port.poe:
        lines.append("no power-over-ethernet")
    if port.poe_priority != "low":
        lines.append(f"power-over-ethernet priority {port.poe_priority}")
    lines.append("routing" if port.routed else "no routing")
    if not port.routed and port.trunk:
        lines.append(f"vlan trunk native {port.native_vlan}{' tag' if port.native_tagged else ''}")
        lines.append(
            "vlan trunk allowed " + ("all" if port.allowed is None else compact(port.allowed))
        )
    elif not port.routed:
        lines.append(f"vlan access {port.access_vlan}")
    lines += [f"rate-limit {kind} {rate} kbps" for kind, rate in port.rates.items()]
    if not port.lldp_transmit:
        lines.append("no lldp transmit")
    if not port.lldp_receive:
        lines.append("no lldp receive")
    return lines + sorted(port.flags)


def _svi(svi: Svi) -> list[str]:
    lines = [] if svi.enabled else ["shutdown"]
    if svi.description:
        lines.append(f"description {svi.description}")
    if svi.address:
        lines.append("ip dhcp" if svi.address == "dhcp" else f"ip address {svi.address}")
    return lines
