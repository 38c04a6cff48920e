"""What the commands of the manager and global configuration contexts do.

Basic Operation Guide 16.09 (5200-5911): `reload after`, `no reload`, `write memory`; Access
Security Guide 16.10 (5200-6748): `password`; Management and Configuration Guide 16.08 (5200-5481)
the rest.
"""

from lab.devices.procurve.cli import ANYWHERE, GRAMMARS, Cli, Context
from lab.devices.procurve.config import Vlan, running_config

operator = GRAMMARS[Context.OPERATOR]
manager = GRAMMARS[Context.MANAGER]
config = GRAMMARS[Context.CONFIG]


# -- moving between contexts


@manager.command("configure", "configure terminal")
def _configure(cli: Cli) -> None:
    cli.context = Context.CONFIG


@operator.command("enable")
def _ask_for_rights(cli: Cli) -> None:
    cli.ask("Password: ", lambda _reply: "Invalid password")


@manager.command("enable")
def _enable(_cli: Cli) -> None:
    """Stay: who logs in as the manager is one."""


@ANYWHERE.command("end")
def _end(cli: Cli) -> None:
    cli.context = Context.MANAGER


@ANYWHERE.command("exit")
def _exit(cli: Cli) -> None:
    if cli.context == Context.MANAGER:
        _logout(cli)
    else:
        cli.context = Context.MANAGER if cli.context == Context.CONFIG else Context.CONFIG


@operator.command("logout")
@ANYWHERE.command("logout")
def _logout(cli: Cli) -> None:
    def save(reply: str) -> None:
        if reply.lower() in cli.yes:
            cli.device.save()
        cli.ended = True

    def leave(reply: str) -> None:
        if reply.lower() in cli.yes:
            if cli.device.saved:
                cli.ended = True
            else:
                cli.ask("Do you want to save current configuration [y/n/^C]? ", save)

    cli.ask("Do you want to log out [y/n]? ", leave)


@ANYWHERE.command("terminal width <number>")
def _width(_cli: Cli, _columns: int) -> None:
    """Take any width: the lab's lines are not wrapped."""


@ANYWHERE.command("no page")
def _no_page(cli: Cli) -> None:
    cli.paging = False


@ANYWHERE.command("page")
def _page(cli: Cli) -> None:
    cli.paging = True


# -- what is shown


@ANYWHERE.command("show running-config")
def _running(cli: Cli) -> str:
    return running_config(cli.device.config)


@ANYWHERE.command("show config")
def _startup(cli: Cli) -> str:
    return running_config(cli.device.startup).replace("Running", "Startup")


@ANYWHERE.command("show config status")
def _status(cli: Cli) -> str:
    if cli.device.saved:
        return "\nRunning configuration is same as saved configuration.\n"
    return "\nRunning configuration has been changed and needs to be saved.\n"


# -- files and restarts


@ANYWHERE.command("write memory")
def _write(cli: Cli) -> None:
    cli.device.save()


@manager.command("reload after <number>")
def _reload_after(cli: Cli, minutes: int) -> None:
    def go(reply: str) -> None:
        if reply.lower() in cli.yes:
            cli.device.start_reload(minutes)

    cli.ask(
        f"Reload scheduled in {minutes} minutes\n"
        "This will reboot the system from primary image.\nDo you want to continue [y/n]? ",
        go,
    )


@manager.command("no reload")
def _no_reload(cli: Cli) -> str:
    return (
        "Scheduled reload is cancelled." if cli.device.cancel_reload() else "No reload scheduled."
    )


# -- global configuration


@config.command("hostname <word>")
def _hostname(cli: Cli, name: str) -> None:
    cli.device.config.hostname = name
    cli.device.applied()


@config.command("vlan <vlans>")
def _vlan(cli: Cli, numbers: list[int]) -> None:
    for number in numbers:
        cli.device.config.vlans.setdefault(number, Vlan())
    cli.vlans, cli.context = numbers, Context.VLAN
    cli.device.applied()


@config.command("no vlan <vlan>")
def _no_vlan(cli: Cli, number: int) -> str | None:
    settings = cli.device.config
    if number == 1:
        return "Error: Primary VLAN can not be deleted."
    if number not in settings.vlans:
        return f"VLAN {number} not found."

    def remove(reply: str = "y") -> None:
        if reply.lower() not in cli.yes:
            return
        del settings.vlans[number]
        for port in settings.ports.values():
            port.tagged.discard(number)
            if port.untagged == number:
                port.untagged = 1
        cli.device.applied()

    if any(number in (port.untagged, *port.tagged) for port in settings.ports.values()):
        cli.ask(
            "The following ports will be moved to the default VLAN.\n"
            "Do you want to continue [y/n]? ",
            remove,
        )
    else:
        remove()
    return None


@config.command("interface <ports>")
def _interface(cli: Cli, ports: list[str]) -> None:
    cli.ports, cli.context = ports, Context.INTERFACE


@config.command("dhcp-snooping vlan <vlans>")
def _snooped(cli: Cli, numbers: list[int]) -> None:
    cli.device.config.snooped |= set(numbers)
    cli.device.applied()


@config.command("no dhcp-snooping vlan <vlans>")
def _not_snooped(cli: Cli, numbers: list[int]) -> None:
    cli.device.config.snooped -= set(numbers)
    cli.device.applied()


@config.command("sntp server priority <number> <address>")
def _sntp_server(cli: Cli, rank: int, host: str) -> str | None:
    if not 1 <= rank <= 3:
        return f"Invalid input: {rank}"
    cli.device.config.sntp_servers[rank] = host
    cli.device.applied()
    return None


@config.command("no sntp server priority <number> <address>")
def _no_sntp_server(cli: Cli, rank: int, _host: str) -> None:
    cli.device.config.sntp_servers.pop(rank, None)
    cli.device.applied()


@config.command("logging <address>")
def _logging(cli: Cli, host: str) -> None:
    if host not in cli.device.config.log_hosts:
        cli.device.config.log_hosts.append(host)
    cli.device.applied()


@config.command("no logging <address>")
def _no_logging(cli: Cli, host: str) -> None:
    if host in cli.device.config.log_hosts:
        cli.device.config.log_hosts.remove(host)
    cli.device.applied()
