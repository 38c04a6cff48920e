"""What the commands of the VLAN and interface modes do (Catalyst 2960-X, VLAN, Interface)."""

from lab.devices.ios.cli import GRAMMARS, Cli, Context
from lab.devices.ios.config import POE_PORTS, Port, Vlan

vlan = GRAMMARS[Context.VLAN]
interface = GRAMMARS[Context.INTERFACE]
svi = GRAMMARS[Context.SVI]


@vlan.command("name <word>")
def _name(cli: Cli, name: str) -> None:
    for number in cli.vlans:
        cli.device.config.vlans[number].name = name
    cli.device.applied()


@vlan.command("no name")
def _no_name(cli: Cli) -> None:
    for number in cli.vlans:
        cli.device.config.vlans[number].name = None
    cli.device.applied()


def _port(cli: Cli) -> Port:
    return cli.device.config.ports[cli.port]


def _set(words: str, attribute: str, value: object) -> None:
    def put(cli: Cli) -> None:
        setattr(_port(cli), attribute, value)
        cli.device.applied()

    interface.command(words)(put)


_set("shutdown", "enabled", False)
_set("no shutdown", "enabled", True)
_set("no description", "description", None)
_set("switchport mode access", "mode", "access")
_set("switchport mode trunk", "mode", "trunk")
_set("no switchport mode", "mode", None)
_set("no switchport access vlan", "access_vlan", 1)
_set("no switchport trunk native vlan", "native_vlan", 1)
_set("no switchport trunk allowed vlan", "allowed", None)
_set("switchport trunk allowed vlan all", "allowed", None)
_set("ip dhcp snooping trust", "trusted", True)
_set("no ip dhcp snooping trust", "trusted", False)
_set("lldp transmit", "lldp_transmit", True)
_set("no lldp transmit", "lldp_transmit", False)
_set("lldp receive", "lldp_receive", True)
_set("no lldp receive", "lldp_receive", False)


@interface.command("description <text>")
def _description(cli: Cli, text: str) -> None:
    _port(cli).description = text
    cli.device.applied()


@interface.command("switchport access vlan <vlan>")
def _access(cli: Cli, number: int) -> str | None:
    told = _made(cli, [number])
    _port(cli).access_vlan = number
    cli.device.applied()
    return told


@interface.command("switchport trunk native vlan <vlan>")
def _native(cli: Cli, number: int) -> None:
    _port(cli).native_vlan = number
    cli.device.applied()


@interface.command("switchport trunk allowed vlan <vlans>")
def _allowed(cli: Cli, numbers: list[int]) -> None:
    _port(cli).allowed = set(numbers)
    cli.device.applied()


@interface.command("switchport trunk allowed vlan add <vlans>")
def _allowed_add(cli: Cli, numbers: list[int]) -> None:
    port = _port(cli)
    if port.allowed is not None:
        port.allowed |= set(numbers)
    cli.device.applied()


def _made(cli: Cli, numbers: list[int]) -> str | None:
    missing = [number for number in numbers if number not in cli.device.config.vlans]
    for number in missing:
        cli.device.config.vlans[number] = Vlan()
    return f"% Access VLAN does not exist. Creating vlan {missing[0]}" if missing else None


# -- power


def _add_power() -> None:
    for mode, on in (("auto", True), ("never", False)):

        def put(cli: Cli, on: bool = on) -> str | None:
            if not cli.device.has_poe(cli.port):
                return "% Invalid input detected at '^' marker.\n"
            _port(cli).poe = on
            cli.device.applied()
            return None

        interface.command(f"power inline {mode}")(put)
    for level in ("high", "low"):

        def rank(cli: Cli, level: str = level) -> None:
            _port(cli).poe_priority = level
            cli.device.applied()

        interface.command(f"power inline port priority {level}")(rank)

    def reset(cli: Cli) -> None:
        _port(cli).poe_priority = "low"
        cli.device.applied()

    interface.command("no power inline port priority")(reset)


def _add_storm_control() -> None:
    for kind in ("broadcast", "multicast", "unicast"):

        def put(cli: Cli, rate: int, kind: str = kind) -> None:
            _port(cli).storm[kind] = rate
            cli.device.applied()

        def clear(cli: Cli, kind: str = kind) -> None:
            _port(cli).storm.pop(kind, None)
            cli.device.applied()

        interface.command(f"storm-control {kind} level bps <rate>")(put)
        interface.command(f"no storm-control {kind} level")(clear)


def _add_flags() -> None:
    for flag in ("spanning-tree portfast", "spanning-tree bpduguard enable"):

        def put(cli: Cli, flag: str = flag) -> None:
            _port(cli).flags.add(flag)

        def clear(cli: Cli, flag: str = flag) -> None:
            _port(cli).flags.discard(flag)

        interface.command(flag)(put)
        interface.command(f"no {flag}")(clear)


assert POE_PORTS  # the ports beyond it are uplinks without power
_add_power()
_add_storm_control()
_add_flags()


# -- interface VlanN


@svi.command("ip address <address> <address>")
def _address(cli: Cli, address: str, mask: str) -> None:
    own = cli.device.config.svis[cli.vlans[0]]
    own.address, own.mask = address, mask
    cli.device.applied()


@svi.command("no ip address", "no ip address <address> <address>")
def _no_address(cli: Cli, _address: str = "", _mask: str = "") -> None:
    cli.device.config.svis[cli.vlans[0]].address = None
    cli.device.applied()


@svi.command("shutdown")
def _svi_shutdown(cli: Cli) -> None:
    cli.device.config.svis[cli.vlans[0]].enabled = False
    cli.device.applied()


@svi.command("no shutdown")
def _svi_no_shutdown(cli: Cli) -> None:
    cli.device.config.svis[cli.vlans[0]].enabled = True
    cli.device.applied()
