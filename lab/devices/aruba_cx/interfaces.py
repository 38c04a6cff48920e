"""What the commands of the VLAN and interface contexts do (Layer 2 Bridging Guide, "VLANs")."""

from collections.abc import Iterator

from lab.devices.aruba_cx.cli import GRAMMARS, Cli, Context
from lab.devices.aruba_cx.config import Port, Svi, Vlan
from lab.devices.aruba_cx.grammar import CliError

vlan = GRAMMARS[Context.VLAN]
interface = GRAMMARS[Context.INTERFACE]
svi = GRAMMARS[Context.SVI]


def _vlans(cli: Cli) -> Iterator[Vlan]:
    for number in cli.vlans:
        yield cli.device.config.vlans[number]
    cli.device.applied()


def _ports(cli: Cli) -> Iterator[Port]:
    for name in cli.ports:
        yield cli.device.config.ports[name]
    cli.device.applied()


def _svi(cli: Cli) -> Svi:
    return cli.device.config.svis[cli.vlans[0]]


# -- vlan N


@vlan.command("name <name>")
def _name(cli: Cli, name: str) -> None:
    for each in _vlans(cli):
        each.name = name


@vlan.command("no name")
def _no_name(cli: Cli) -> None:
    for each in _vlans(cli):
        each.name = None


@vlan.command("description <text>")
def _vlan_description(cli: Cli, text: str) -> None:
    for each in _vlans(cli):
        each.description = text


@vlan.command("no description")
def _no_vlan_description(cli: Cli) -> None:
    for each in _vlans(cli):
        each.description = None


@vlan.command("shutdown")
def _vlan_shutdown(cli: Cli) -> None:
    if 1 in cli.vlans:
        raise CliError("VLAN 1 cannot be shut down.")
    for each in _vlans(cli):
        each.enabled = False


@vlan.command("no shutdown")
def _vlan_no_shutdown(cli: Cli) -> None:
    for each in _vlans(cli):
        each.enabled = True


@vlan.command("voice")
def _voice(cli: Cli) -> None:
    for each in _vlans(cli):
        each.voice = True


@vlan.command("no voice")
def _no_voice(cli: Cli) -> None:
    for each in _vlans(cli):
        each.voice = False


@vlan.command("dhcpv4-snooping")
def _snooped(cli: Cli) -> None:
    for each in _vlans(cli):
        each.snooped = True


@vlan.command("no dhcpv4-snooping")
def _not_snooped(cli: Cli) -> None:
    for each in _vlans(cli):
        each.snooped = False


# -- interface 1/1/N


@interface.command("description <text>")
def _description(cli: Cli, text: str) -> None:
    if len(text) > 64:
        raise CliError("Invalid input: the description is longer than 64 characters")
    for port in _ports(cli):
        port.description = text


@interface.command("no description")
def _no_description(cli: Cli) -> None:
    for port in _ports(cli):
        port.description = None


@interface.command("shutdown")
def _shutdown(cli: Cli) -> None:
    for port in _ports(cli):
        port.enabled = False


@interface.command("no shutdown")
def _no_shutdown(cli: Cli) -> None:
    for port in _ports(cli):
        port.enabled = True


@interface.command("routing")
def _routing(cli: Cli) -> None:
    for port in _ports(cli):
        port.routed = True


@interface.command("no routing")
def _no_routing(cli: Cli) -> None:
    for port in _ports(cli):
        port.routed = False


@interface.command("mtu <mtu>")
def _mtu(cli: Cli, octets: int) -> None:
    for port in _ports(cli):
        port.mtu = octets


@interface.command("no mtu")
def _no_mtu(cli: Cli) -> None:
    for port in _ports(cli):
        port.mtu = None


def _bridged(cli: Cli) -> Iterator[Port]:
    if any(cli.device.config.ports[name].routed for name in cli.ports):
        raise CliError("Operation not allowed on an interface in routing mode.")
    return _ports(cli)


def _known(cli: Cli, numbers: list[int]) -> None:
    for number in numbers:
        if number not in cli.device.config.vlans:
            raise CliError(f"VLAN {number} does not exist.")


@interface.command("vlan access <vlan>")
def _access(cli: Cli, number: int) -> None:
    _known(cli, [number])
    for port in _bridged(cli):
        _forget_trunk(port)
        port.access_vlan = number


@interface.command("no vlan access", "no vlan access <vlan>")
def _no_access(cli: Cli, number: int | None = None) -> None:
    for port in _bridged(cli):
        if number is None or (not port.trunk and port.access_vlan == number):
            port.access_vlan = 1


def _forget_trunk(port: Port) -> None:
    port.trunk, port.native_vlan, port.native_tagged, port.allowed = False, 1, False, None


def _make_trunk(port: Port) -> None:
    port.trunk, port.access_vlan = True, 1


@interface.command("vlan trunk native <vlan>")
def _native(cli: Cli, number: int) -> None:
    _known(cli, [number])
    for port in _bridged(cli):
        _make_trunk(port)
        port.native_vlan, port.native_tagged = number, False


@interface.command("vlan trunk native <vlan> tag")
def _native_tag(cli: Cli, number: int) -> None:
    _known(cli, [number])
    for port in _bridged(cli):
        _make_trunk(port)
        port.native_vlan, port.native_tagged = number, True


@interface.command("no vlan trunk native", "no vlan trunk native <vlan>")
def _no_native(cli: Cli, number: int | None = None) -> None:
    for port in _bridged(cli):
        if number is None or port.native_vlan == number:
            port.native_vlan, port.native_tagged = 1, False


@interface.command("no vlan trunk native <vlan> tag")
def _no_native_tag(cli: Cli, number: int) -> None:
    for port in _bridged(cli):
        if port.native_vlan == number:
            port.native_tagged = False


@interface.command("vlan trunk allowed <vlans>")
def _allowed(cli: Cli, numbers: list[int]) -> None:
    """Add to what is allowed already; on `all` or on an access port the list replaces."""
    _known(cli, numbers)
    for port in _bridged(cli):
        _make_trunk(port)
        port.allowed = (port.allowed or set()) | set(numbers)


@interface.command("vlan trunk allowed all")
def _allowed_all(cli: Cli) -> None:
    for port in _bridged(cli):
        _make_trunk(port)
        port.allowed = None


@interface.command("no vlan trunk allowed", "no vlan trunk allowed all")
def _no_allowed(cli: Cli) -> None:
    for port in _bridged(cli):
        port.allowed = None


@interface.command("no vlan trunk allowed <vlans>")
def _no_allowed_vlans(cli: Cli, numbers: list[int]) -> None:
    for port in _bridged(cli):
        if port.allowed is not None:
            port.allowed = port.allowed - set(numbers) or None


# -- interface vlan N


@svi.command("ip address <prefix>")
def _address(cli: Cli, prefix: str) -> None:
    _svi(cli).address = prefix
    cli.device.applied()


@svi.command("ip dhcp")
def _dhcp(cli: Cli) -> None:
    _svi(cli).address = "dhcp"
    cli.device.applied()


@svi.command("no ip address", "no ip address <prefix>", "no ip dhcp")
def _no_address(cli: Cli, prefix: str | None = None) -> None:
    if prefix is not None and _svi(cli).address != prefix:
        raise CliError(f"{prefix} is not configured.")
    _svi(cli).address = None
    cli.device.applied()


@svi.command("shutdown")
def _svi_shutdown(cli: Cli) -> None:
    _svi(cli).enabled = False
    cli.device.applied()


@svi.command("no shutdown")
def _svi_no_shutdown(cli: Cli) -> None:
    _svi(cli).enabled = True
    cli.device.applied()


@svi.command("description <text>")
def _svi_description(cli: Cli, text: str) -> None:
    _svi(cli).description = text
    cli.device.applied()


@svi.command("no description")
def _no_svi_description(cli: Cli) -> None:
    _svi(cli).description = None
    cli.device.applied()
