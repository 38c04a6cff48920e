"""What the commands of the VLAN and interface contexts do (Advanced Traffic Management Guide)."""

from lab.devices.procurve.cli import GRAMMARS, Cli, Context
from lab.devices.procurve.config import Port

vlan = GRAMMARS[Context.VLAN]
interface = GRAMMARS[Context.INTERFACE]


@vlan.command("name <text>")
def _name(cli: Cli, name: str) -> None:
    cli.device.config.vlans[cli.vlans[0]].name = name
    cli.device.applied()


@vlan.command("no name")
def _no_name(cli: Cli) -> None:
    cli.device.config.vlans[cli.vlans[0]].name = None
    cli.device.applied()


@vlan.command("untagged <ports>")
def _untagged(cli: Cli, ports: list[str]) -> None:
    """Enter untagged: the port leaves the VLAN where it was so."""
    for port in _members(cli, ports):
        port.tagged.discard(cli.vlans[0])
        port.untagged = cli.vlans[0]
    cli.device.applied()


@vlan.command("tagged <ports>")
def _tagged(cli: Cli, ports: list[str]) -> None:
    for port in _members(cli, ports):
        if port.untagged == cli.vlans[0]:
            port.untagged = None
        port.tagged.add(cli.vlans[0])
    cli.device.applied()


@vlan.command("no untagged <ports>")
def _no_untagged(cli: Cli, ports: list[str]) -> str | None:
    for name, port in zip(ports, _members(cli, ports), strict=True):
        if port.untagged != cli.vlans[0]:
            continue
        if not port.tagged and cli.vlans[0] == 1:
            return f"Port {name} would be orphaned."
        port.untagged = None if port.tagged else 1
    cli.device.applied()
    return None


@vlan.command("no tagged <ports>")
def _no_tagged(cli: Cli, ports: list[str]) -> str | None:
    for name, port in zip(ports, _members(cli, ports), strict=True):
        left = port.tagged - {cli.vlans[0]}
        if not left and port.untagged is None:
            return f"Port {name} would be orphaned."
        port.tagged = left
    cli.device.applied()
    return None


def _members(cli: Cli, ports: list[str]) -> list[Port]:
    return [cli.device.config.ports[name] for name in ports]


@vlan.command("ip address <address> <address>")
def _address(cli: Cli, address: str, mask: str) -> None:
    own = cli.device.config.vlans[cli.vlans[0]]
    own.address, own.mask = address, mask
    cli.device.applied()


@vlan.command("no ip address")
def _no_address(cli: Cli) -> None:
    cli.device.config.vlans[cli.vlans[0]].address = None
    cli.device.applied()


# -- interface N


def _set(words: str, **values: object) -> None:
    def put(cli: Cli) -> None:
        for port in _members(cli, cli.ports):
            for attribute, value in values.items():
                setattr(port, attribute, value)
        cli.device.applied()

    interface.command(words)(put)


_set("disable", enabled=False)
_set("enable", enabled=True)
_set("no name", description=None)
_set("power-over-ethernet", poe=True)
_set("no power-over-ethernet", poe=False)
_set("dhcp-snooping trust", trusted=True)
_set("no dhcp-snooping trust", trusted=False)
for _level in ("critical", "high", "low"):
    _set(f"power-over-ethernet {_level}", poe_priority=_level)


@interface.command("name <text>")
def _description(cli: Cli, text: str) -> str | None:
    if len(text) > 64:
        return "Invalid input: the name is longer than 64 characters"
    for port in _members(cli, cli.ports):
        port.description = text
    cli.device.applied()
    return None


def _add_rates() -> None:
    for kind in ("bcast", "mcast"):

        def put(cli: Cli, rate: int, kind: str = kind) -> None:
            for port in _members(cli, cli.ports):
                port.rates[kind] = rate
            cli.device.applied()

        def clear(cli: Cli, kind: str = kind) -> None:
            for port in _members(cli, cli.ports):
                port.rates.pop(kind, None)
            cli.device.applied()

        interface.command(f"rate-limit {kind} in kbps <number>")(put)
        interface.command(f"no rate-limit {kind} in")(clear)


_add_rates()
