"""What the commands of the privileged and global configuration modes do.

Configuration Fundamentals Command Reference 15M&T: `configure terminal`, `configure confirm`,
`reload`, `write memory`; Catalyst 2960-X Command References 15.2(2)E for the rest.
"""

from lab.command_line import CliError
from lab.devices.ios.cli import ANYWHERE, GRAMMARS, Cli, Context
from lab.devices.ios.config import Svi, Vlan

exec_mode = GRAMMARS[Context.EXEC]
config = GRAMMARS[Context.CONFIG]
archive = GRAMMARS[Context.ARCHIVE]
lines = GRAMMARS[Context.LINE]
BEGINS = "Enter configuration commands, one per line.  End with CNTL/Z."


# -- moving between modes


@exec_mode.command("configure terminal")
def _configure(cli: Cli) -> str:
    cli.context = Context.CONFIG
    return BEGINS


@exec_mode.command("configure terminal revert timer <minutes>")
def _configure_revert(cli: Cli, minutes: int) -> str:
    told = cli.device.guards.start_revert(minutes)
    cli.context = Context.CONFIG
    return f"{told}\n{BEGINS}"


@exec_mode.command("configure confirm")
def _confirm(cli: Cli) -> None:
    cli.device.guards.confirm_revert()


@exec_mode.command("configure revert now")
def _revert_now(cli: Cli) -> str:
    cli.device.guards.revert_now()
    return "Total number of passes: 1\nRollback Done\n"


@ANYWHERE.command("exit")
def _exit(cli: Cli) -> None:
    if cli.context == Context.EXEC:
        cli.ended = True
    else:
        cli.context = Context.EXEC if cli.context == Context.CONFIG else Context.CONFIG


@ANYWHERE.command("end")
def _end(cli: Cli) -> None:
    cli.context = Context.EXEC


@exec_mode.command("enable")
def _enable(_cli: Cli) -> None:
    """Stay: the account has privilege 15."""


@exec_mode.command("terminal width <number>")
def _width(_cli: Cli, _columns: int) -> None:
    """Take any width: the lab's lines are not wrapped."""


@exec_mode.command("terminal length <number>")
def _length(cli: Cli, rows: int) -> None:
    cli.paging = rows != 0


# -- files and restarts


@exec_mode.command("write memory", "write")
def _write(cli: Cli) -> str:
    return "Building configuration...\n[OK]" if cli.device.save() else "Building configuration..."


@exec_mode.command("copy running-config startup-config")
def _copy(cli: Cli) -> None:
    cli.ask("Destination filename [startup-config]? ", lambda _reply: _write(cli))


@exec_mode.command("reload in <reload>")
def _reload_in(cli: Cli, minutes: int) -> None:
    def confirm() -> None:
        cli.ask(
            f"Reload scheduled for 10:00:00 UTC Mon Nov 2 2026 (in {minutes} minutes) by "
            f"{cli.device.username} on vty0\nReload reason: Reload Command\n"
            "Proceed with reload? [confirm]",
            lambda reply: cli.device.guards.start_reload(minutes) if reply in {"", "y"} else None,
        )

    def save(reply: str) -> None:
        if reply in {"y", "yes"}:
            cli.device.save()
        confirm()

    if cli.device.saved:
        confirm()
    else:
        cli.ask("\nSystem configuration has been modified. Save? [yes/no]: ", save)


@exec_mode.command("reload cancel")
def _reload_cancel(cli: Cli) -> str:
    cli.device.guards.cancel_reload()
    return "\n***\n*** --- SHUTDOWN ABORTED ---\n***\n"


@exec_mode.command("reload")
def _reload(cli: Cli) -> None:
    def go(reply: str) -> None:
        if reply in {"", "y"}:
            cli.device.spawn(cli.device.reboot())

    cli.ask("Proceed with reload? [confirm]", go)


# -- global configuration


@config.command("hostname <word>")
def _hostname(cli: Cli, name: str) -> None:
    cli.device.config.hostname = name
    cli.device.applied()


@config.command("no hostname")
def _no_hostname(cli: Cli) -> None:
    _hostname(cli, "Switch")


@config.command("vlan <vlans>")
def _vlan(cli: Cli, numbers: list[int]) -> None:
    for number in numbers:
        cli.device.config.vlans.setdefault(number, Vlan())
    cli.vlans, cli.context = numbers, Context.VLAN
    cli.device.applied()


@config.command("no vlan <vlans>")
def _no_vlan(cli: Cli, numbers: list[int]) -> str | None:
    if 1 in numbers:
        return "%Default VLAN 1 may not be deleted."
    for number in numbers:
        cli.device.config.vlans.pop(number, None)
    cli.device.applied()
    return None


@config.command("interface <port>")
def _interface(cli: Cli, port: str) -> None:
    cli.port, cli.context = port, Context.INTERFACE


@config.command("interface <svi>", "interface vlan <vlan>")
def _svi(cli: Cli, number: int) -> None:
    cli.device.config.svis.setdefault(number, Svi())
    cli.vlans, cli.context = [number], Context.SVI


@config.command("ip dhcp snooping")
def _snooping(cli: Cli) -> None:
    cli.device.config.snooping = True
    cli.device.applied()


@config.command("no ip dhcp snooping")
def _no_snooping(cli: Cli) -> None:
    cli.device.config.snooping = False
    cli.device.applied()


@config.command("ip dhcp snooping vlan <vlans>")
def _snooped(cli: Cli, numbers: list[int]) -> None:
    cli.device.config.snooped |= set(numbers)
    cli.device.applied()


@config.command("no ip dhcp snooping vlan <vlans>")
def _not_snooped(cli: Cli, numbers: list[int]) -> None:
    cli.device.config.snooped -= set(numbers)
    cli.device.applied()


@config.command("archive")
def _archive(cli: Cli) -> None:
    cli.context = Context.ARCHIVE


@archive.command("path <word>")
def _path(cli: Cli, path: str) -> None:
    cli.device.config.archive_path = path


@archive.command("no path", "no path <word>")
def _no_path(cli: Cli, _path: str = "") -> None:
    cli.device.config.archive_path = None


@config.command("line vty <number> <number>")
def _line(cli: Cli, first: int, last: int) -> None:
    name = f"{first} {last}"
    if name not in cli.device.config.vty:
        raise CliError("% Bad line number")
    cli.lines, cli.context = name, Context.LINE


@lines.command("transport input <text>")
def _transport(cli: Cli, spoken: str) -> None:
    cli.device.config.vty[cli.lines] = spoken
    cli.device.applied()


@lines.command("no transport input", "no transport input <text>")
def _no_transport(cli: Cli, _spoken: str = "") -> None:
    cli.device.config.vty[cli.lines] = None
    cli.device.applied()
