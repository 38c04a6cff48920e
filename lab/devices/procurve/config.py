"""The running configuration of a 2930F, and how `show running-config` prints it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

POE_PORTS, PORTS = 24, 28
INDENT = "   "


@dataclass
class Vlan:
    """`vlan N`; its members are told by the ports."""

    name: str | None = None
    enabled: bool = True
    address: str | None = None
    mask: str = "255.255.255.0"


@dataclass
class Port:
    """`interface N`, and the VLANs that hold it."""

    description: str | None = None
    enabled: bool = True
    poe: bool = True
    poe_priority: str = "low"
    untagged: int | None = 1
    tagged: set[int] = field(default_factory=set)
    rates: dict[str, int] = field(default_factory=dict)
    trusted: bool = False
    lldp: str = "tx_rx"

    @property
    def trunk(self) -> bool:
        """Whether other switches would call it a trunk."""
        return bool(self.tagged)

    @property
    def access_vlan(self) -> int:
        """Return its PVID."""
        return self.untagged or 1

    native_vlan = access_vlan


@dataclass
class Svi:
    """An address of the switch in a VLAN."""

    address: str | None
    enabled: bool = True


@dataclass
class Config:
    """All that the switch is configured to be."""

    hostname: str = "Aruba-2930F-24G-PoEP-4SFPP"
    vlans: dict[int, Vlan] = field(default_factory=lambda: {1: Vlan("DEFAULT_VLAN")})
    ports: dict[str, Port] = field(
        default_factory=lambda: {str(n): Port() for n in range(1, PORTS + 1)}
    )
    manager: tuple[str, str] | None = None
    """The one account with all rights: its name, and its password's hash."""
    snooping: bool = False
    snooped: set[int] = field(default_factory=set)
    telnet: bool = True
    web: bool = True
    communities: list[str] = field(default_factory=list)
    contact: str | None = None
    location: str | None = None
    timesync: str | None = None
    sntp_unicast: bool = False
    sntp_servers: dict[int, str] = field(default_factory=dict)
    log_hosts: list[str] = field(default_factory=list)
    gateway: str | None = None
    snmpv3_users: dict[str, tuple[str, str]] = field(default_factory=dict)
    snmpv3_groups: dict[str, str] = field(default_factory=dict)

    @property
    def svis(self) -> dict[int, Svi]:
        """Return the addresses of the switch by VLAN."""
        return {number: Svi(vlan.address) for number, vlan in self.vlans.items() if vlan.address}

    def vlans_of(self, port: str) -> tuple[int | None, set[int]]:
        """Return the untagged VLAN of a port, None if there is none, and its tagged VLANs."""
        return self.ports[port].untagged, set(self.ports[port].tagged)


def compact(ports: Iterable[str]) -> str:
    """Return ports as the switch lists them: `1-4,7`."""
    runs: list[list[int]] = []
    for number in sorted(int(port) for port in ports):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def running_config(config: Config) -> str:
    """Return what `show running-config` prints."""
    lines = [
        "",
        "Running configuration:",
        "",
        "; JL255A Configuration Editor; Created on release #WC.16.08.0012",
        "; Ver #14:01.4f.f8.6d.fb.bf.bb.ef.7c.59.fc.6b.fb.9f.fc.ff.ff.37.ef:04",
        f'hostname "{config.hostname}"',
        "module 1 type jl255a",
        "include-credentials",
    ]
    if config.manager:
        lines.append(f'password manager user-name "{config.manager[0]}" sha1 "{config.manager[1]}"')
    lines += [*_services(config)]
    for name, port in config.ports.items():
        told = list(_port(port))
        if told:
            lines += [f"interface {name}", *(INDENT + line for line in told), f"{INDENT}exit"]
    lines += [*_snmp(config)]
    for number, vlan in sorted(config.vlans.items()):
        told = list(_vlan(config, number, vlan))
        lines += [f"vlan {number}", *(INDENT + line for line in told), f"{INDENT}exit"]
    return "\n".join(lines) + "\n"


def _services(config: Config) -> Iterator[str]:
    if config.snooping:
        yield "dhcp-snooping"
    if config.snooped:
        yield f"dhcp-snooping vlan {' '.join(str(each) for each in sorted(config.snooped))}"
    yield from (f"logging {host}" for host in config.log_hosts)
    if not config.telnet:
        yield "no telnet-server"
    if config.timesync:
        yield f"timesync {config.timesync}"
    if config.sntp_unicast:
        yield "sntp unicast"
    for rank, host in sorted(config.sntp_servers.items()):
        yield f"sntp server priority {rank} {host}"
    if not config.web:
        yield "no web-management"
    silent = [name for name, port in config.ports.items() if port.lldp != "tx_rx"]
    if silent:
        yield f"lldp admin-status {compact(silent)} disable"
    if config.gateway:
        yield f"ip default-gateway {config.gateway}"


def _snmp(config: Config) -> Iterator[str]:
    yield from (f'snmp-server community "{each}" unrestricted' for each in config.communities)
    told = [
        f'{word} "{value}"'
        for word, value in (("contact", config.contact), ("location", config.location))
        if value
    ]
    if told:
        yield f"snmp-server {' '.join(told)}"
    yield "snmpv3 enable"
    for user, group in config.snmpv3_groups.items():
        yield f'snmpv3 group {group} user "{user}" sec-model ver3'
    for user, (auth, priv) in config.snmpv3_users.items():
        yield f'snmpv3 user "{user}" auth sha "{auth}" priv aes "{priv}"'


def _port(port: Port) -> Iterator[str]:
    if not port.enabled:
        yield "disable"
    if port.description:
        yield f'name "{port.description}"'
    if not port.poe:
        yield "no power-over-ethernet"
    elif port.poe_priority != "low":
        yield f"power-over-ethernet {port.poe_priority}"
    yield from (f"rate-limit {kind} in kbps {rate}" for kind, rate in port.rates.items())
    if port.trusted:
        yield "dhcp-snooping trust"


def _vlan(config: Config, number: int, vlan: Vlan) -> Iterator[str]:
    yield f'name "{vlan.name or f"VLAN{number}"}"'
    untagged = [name for name, port in config.ports.items() if port.untagged == number]
    tagged = [name for name, port in config.ports.items() if number in port.tagged]
    others = [name for name in config.ports if name not in untagged]
    if number == 1 and others:
        yield f"no untagged {compact(others)}"
    if untagged:
        yield f"untagged {compact(untagged)}"
    if tagged:
        yield f"tagged {compact(tagged)}"
    yield f"ip address {vlan.address} {vlan.mask}" if vlan.address else "no ip address"
