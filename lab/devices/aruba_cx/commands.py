"""What the commands of the manager and global configuration contexts do."""

from lab.devices.aruba_cx.cli import ANYWHERE, GRAMMARS, Cli, Context
from lab.devices.aruba_cx.config import Svi, Vlan
from lab.devices.aruba_cx.grammar import CliError

operator = GRAMMARS[Context.OPERATOR]
manager = GRAMMARS[Context.MANAGER]
config = GRAMMARS[Context.CONFIG]


# -- moving between contexts


@operator.command("enable")
def _enable(cli: Cli) -> None:
    cli.context = Context.MANAGER


@manager.command("disable")
def _disable(cli: Cli) -> None:
    cli.context = Context.OPERATOR


@manager.command("configure", "configure terminal")
def _configure(cli: Cli) -> None:
    cli.context = Context.CONFIG


@operator.command("exit", "quit")
@ANYWHERE.command("exit", "quit")
def _exit(cli: Cli) -> None:
    if cli.context in {Context.OPERATOR, Context.MANAGER}:
        cli.ended = True
    elif cli.context is Context.CONFIG:
        cli.context = Context.MANAGER
    else:
        cli.context = Context.CONFIG


@ANYWHERE.command("end")
def _end(cli: Cli) -> None:
    if cli.context is Context.MANAGER:
        raise CliError("Invalid input: end")
    cli.context = Context.MANAGER


@operator.command("no page")
@ANYWHERE.command("no page")
def _no_page(cli: Cli) -> None:
    cli.paging = False


@operator.command("page")
@ANYWHERE.command("page")
def _page(cli: Cli) -> None:
    cli.paging = True


@manager.command("auto-confirm")
def _auto_confirm(cli: Cli) -> None:
    cli.confirming = False


@manager.command("no auto-confirm")
def _no_auto_confirm(cli: Cli) -> None:
    cli.confirming = True


# -- files and checkpoints


@ANYWHERE.command("write memory", "copy running-config startup-config")
def _save(cli: Cli) -> str:
    cli.device.save()
    return "Copying configuration: [Success]"


@manager.command("copy startup-config running-config")
def _load(cli: Cli) -> str:
    cli.device.restore(cli.device.startup)
    return "Copying configuration: [Success]"


@manager.command("copy running-config checkpoint <word>")
def _save_checkpoint(cli: Cli, name: str) -> str:
    cli.device.checkpoints.save(name, cli.device.config)
    return "Copying configuration: [Success]"


@manager.command("copy checkpoint <word> running-config", "checkpoint rollback <word>")
def _rollback(cli: Cli, name: str) -> str:
    cli.device.restore(cli.device.checkpoints.load(name))
    return "Success"


@manager.command("checkpoint rollback startup-config")
def _rollback_startup(cli: Cli) -> str:
    cli.device.restore(cli.device.startup)
    return "Success"


@manager.command("erase checkpoint <word>")
def _erase_checkpoint(cli: Cli, name: str) -> None:
    cli.device.checkpoints.erase(name)


@manager.command("checkpoint rename <word> <word>")
def _rename_checkpoint(cli: Cli, old: str, new: str) -> None:
    cli.device.checkpoints.rename(old, new)


@manager.command("checkpoint auto <minutes>")
def _auto(cli: Cli, minutes: int) -> str:
    cli.device.checkpoints.start_auto(minutes, cli.terminal)
    return f"Auto checkpoint mode expires in {minutes} minute(s)"


@manager.command("checkpoint auto confirm")
def _auto_confirm_checkpoint(cli: Cli) -> str:
    return f"checkpoint {cli.device.checkpoints.confirm_auto()} created"


@manager.command("boot system")
def _boot(cli: Cli) -> str | None:
    if not cli.confirming:
        return cli.device.confirmed("boot")
    cli.ask(
        "This will reboot the entire switch and render it unavailable\n"
        "until the process is complete.\nContinue (y/n)? ",
        lambda reply: cli.device.confirmed("boot") if reply.lower() in cli.yes else None,
    )
    return None


# -- global configuration


@config.command("hostname <name>")
def _hostname(cli: Cli, name: str) -> None:
    cli.device.config.hostname = name
    cli.device.applied()


@config.command("no hostname")
def _no_hostname(cli: Cli) -> None:
    cli.device.config.hostname = "6200"
    cli.device.applied()


@config.command("vlan <vlans>")
def _vlan(cli: Cli, numbers: list[int]) -> None:
    for number in numbers:
        cli.device.config.vlans.setdefault(number, Vlan())
    cli.vlans, cli.context = numbers, Context.VLAN
    cli.device.applied()


@config.command("no vlan <vlans>")
def _no_vlan(cli: Cli, numbers: list[int]) -> None:
    if 1 in numbers:
        raise CliError("VLAN 1 cannot be deleted.")
    missing = [number for number in numbers if number not in cli.device.config.vlans]
    if missing:
        raise CliError(f"VLAN {missing[0]} does not exist.")
    for number in numbers:
        del cli.device.config.vlans[number]
        for port in cli.device.config.ports.values():
            if port.access_vlan == number:
                port.access_vlan = 1
            if port.native_vlan == number:
                port.native_vlan = 1
            if port.allowed is not None:
                port.allowed = port.allowed - {number} or None
    cli.device.applied()


@config.command("interface <ports>")
def _interface(cli: Cli, ports: list[str]) -> None:
    cli.ports, cli.context = ports, Context.INTERFACE


@config.command("interface vlan <vlan>")
def _interface_vlan(cli: Cli, number: int) -> None:
    if number not in cli.device.config.vlans:
        raise CliError(f"VLAN {number} does not exist.")
    cli.device.config.svis.setdefault(number, Svi())
    cli.vlans, cli.context = [number], Context.SVI
    cli.device.applied()


@config.command("no interface vlan <vlan>")
def _no_interface_vlan(cli: Cli, number: int) -> None:
    if cli.device.config.svis.pop(number, None) is None:
        raise CliError(f"Interface vlan{number} does not exist.")
    cli.device.applied()


@config.command("dhcpv4-snooping")
def _snooping(cli: Cli) -> None:
    cli.device.config.snooping = True
    cli.device.applied()


@config.command("no dhcpv4-snooping")
def _no_snooping(cli: Cli) -> None:
    cli.device.config.snooping = False
    cli.device.applied()


@config.command("spanning-tree")
def _spanning_tree(cli: Cli) -> None:
    cli.device.config.spanning_tree = True
    cli.device.applied()


@config.command("no spanning-tree")
def _no_spanning_tree(cli: Cli) -> None:
    cli.device.config.spanning_tree = False
    cli.device.applied()


# -- lists: a line adds an entry, its no form takes it away


def _add_list_commands(pattern: str, attribute: str) -> None:
    def add(cli: Cli, entry: str) -> None:
        entries: list[str] = getattr(cli.device.config, attribute)
        if entry not in entries:
            entries.append(entry)
        cli.device.applied()

    def remove(cli: Cli, entry: str) -> None:
        entries: list[str] = getattr(cli.device.config, attribute)
        if entry not in entries:
            raise CliError(f"{entry} is not configured.")
        entries.remove(entry)
        cli.device.applied()

    config.command(pattern)(add)
    config.command(f"no {pattern}")(remove)


_add_list_commands("snmp-server community <word>", "communities")
_add_list_commands("snmp-server vrf <word>", "snmp_vrfs")
_add_list_commands("ssh server vrf <word>", "ssh_vrfs")
_add_list_commands("https-server vrf <word>", "https_vrfs")
_add_list_commands("logging <word>", "log_hosts")


@config.command("ntp server <word>")
def _ntp_server(cli: Cli, server: str) -> None:
    cli.device.config.ntp_servers[server] = ""
    cli.device.applied()


@config.command("ntp server <word> minpoll <word> maxpoll <word> iburst")
def _ntp_server_polled(cli: Cli, server: str, least: str, most: str) -> None:
    cli.device.config.ntp_servers[server] = f" minpoll {least} maxpoll {most} iburst"
    cli.device.applied()


@config.command("no ntp server <word>")
def _no_ntp_server(cli: Cli, server: str) -> None:
    if server not in cli.device.config.ntp_servers:
        raise CliError(f"{server} is not configured.")
    del cli.device.config.ntp_servers[server]
    cli.device.applied()


@config.command("ntp enable")
def _ntp_enable(cli: Cli) -> None:
    cli.device.config.ntp_enabled = True
    cli.device.applied()


@config.command("no ntp enable", "no ntp")
def _ntp_disable(cli: Cli) -> None:
    cli.device.config.ntp_enabled = False
    cli.device.applied()


@config.command("ip route <prefix> <address>")
def _route(cli: Cli, prefix: str, gateway: str) -> None:
    if f"{prefix} {gateway}" not in cli.device.config.routes:
        cli.device.config.routes.append(f"{prefix} {gateway}")
    cli.device.applied()


@config.command("no ip route <prefix> <address>")
def _no_route(cli: Cli, prefix: str, gateway: str) -> None:
    if f"{prefix} {gateway}" not in cli.device.config.routes:
        raise CliError("Route does not exist.")
    cli.device.config.routes.remove(f"{prefix} {gateway}")
    cli.device.applied()


# -- single values


def _add_value_commands(pattern: str, parameter: str, attribute: str) -> None:
    def put(cli: Cli, value: str) -> None:
        setattr(cli.device.config, attribute, value)
        cli.device.applied()

    def clear(cli: Cli) -> None:
        setattr(cli.device.config, attribute, None)
        cli.device.applied()

    config.command(f"{pattern} <{parameter}>")(put)
    config.command(f"no {pattern}")(clear)


_add_value_commands("snmp-server system-location", "text", "location")
_add_value_commands("snmp-server system-contact", "text", "contact")
_add_value_commands("clock timezone", "zone", "timezone")
