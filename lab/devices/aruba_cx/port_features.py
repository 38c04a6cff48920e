"""Power, rates, LLDP and the lines of a port that are there or not (Monitoring, QoS Guides)."""

from collections.abc import Iterator

from lab.command_line import CliError
from lab.devices.aruba_cx.cli import GRAMMARS, Cli, Context
from lab.devices.aruba_cx.config import Port

interface = GRAMMARS[Context.INTERFACE]


def _ports(cli: Cli) -> Iterator[Port]:
    for name in cli.ports:
        yield cli.device.config.ports[name]
    cli.device.applied()


@interface.command("power-over-ethernet")
def _poe(cli: Cli) -> None:
    _powered_ports_only(cli, "power-over-ethernet")
    for port in _ports(cli):
        port.poe = True


@interface.command("no power-over-ethernet")
def _no_poe(cli: Cli) -> None:
    _powered_ports_only(cli, "power-over-ethernet")
    for port in _ports(cli):
        port.poe = False


def _powered_ports_only(cli: Cli, word: str) -> None:
    if any(not cli.device.has_poe(name) for name in cli.ports):
        raise CliError(f"Invalid input: {word}")


def _add_priorities() -> None:
    for level in ("low", "high", "critical"):

        def put(cli: Cli, level: str = level) -> None:
            _powered_ports_only(cli, "power-over-ethernet")
            for port in _ports(cli):
                port.poe_priority = level

        def reset(cli: Cli) -> None:
            for port in _ports(cli):
                port.poe_priority = "low"

        interface.command(f"power-over-ethernet priority {level}")(put)
        interface.command(f"no power-over-ethernet priority {level}")(reset)
        interface.command("no power-over-ethernet priority")(reset)


def _add_flags() -> None:
    """Lines that are there or not."""
    for flag in (
        "loop-protect",
        "spanning-tree bpdu-guard",
        "spanning-tree root-guard",
        "spanning-tree port-type admin-edge",
        "dhcpv4-snooping trust",
    ):

        def put(cli: Cli, flag: str = flag) -> None:
            for port in _ports(cli):
                port.flags.add(flag)

        def clear(cli: Cli, flag: str = flag) -> None:
            for port in _ports(cli):
                port.flags.discard(flag)

        interface.command(flag)(put)
        interface.command(f"no {flag}")(clear)


def _add_rates() -> None:
    """`rate-limit` (Quality of Service Guide)."""
    for kind in ("broadcast", "multicast", "unknown-unicast"):

        def put(cli: Cli, rate: int, kind: str = kind) -> None:
            for port in _ports(cli):
                port.rates[kind] = rate

        def clear(cli: Cli, kind: str = kind) -> None:
            for port in _ports(cli):
                port.rates.pop(kind, None)

        interface.command(f"rate-limit {kind} <rate> kbps")(put)
        interface.command(f"no rate-limit {kind}")(clear)


def _add_lldp() -> None:
    for words, attribute in (("transmit", "lldp_transmit"), ("receive", "lldp_receive")):

        def put(cli: Cli, attribute: str = attribute) -> None:
            for port in _ports(cli):
                setattr(port, attribute, True)

        def clear(cli: Cli, attribute: str = attribute) -> None:
            for port in _ports(cli):
                setattr(port, attribute, False)

        interface.command(f"lldp {words}")(put)
        interface.command(f"no lldp {words}")(clear)


_add_priorities()
_add_flags()
_add_rates()
_add_lldp()
