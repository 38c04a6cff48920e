"""What the commands do: modes, commits, files, and one access point's own settings.

"Aruba Instant 8.x CLI Reference Guide": commit, write memory, reload, hostname, a-channel,
g-channel, dot11a-radio-disable, show running-config, show uncommitted-config, show ap bss-table.
"""

import copy

from lab.command_line import CliError
from lab.devices.aruba_instant import config as printed
from lab.devices.aruba_instant.checks import check
from lab.devices.aruba_instant.cli import GRAMMARS, IN_CONFIG, Cli, Context

exec_mode = GRAMMARS[Context.EXEC]


@exec_mode.command("configure terminal")
def _configure(cli: Cli) -> None:
    cli.context = Context.CONFIG


@IN_CONFIG.command("end")
def _end(cli: Cli) -> None:
    cli.context = Context.EXEC


@IN_CONFIG.command("exit")
def _leave(cli: Cli) -> None:
    cli.context = Context.EXEC if cli.context == Context.CONFIG else Context.CONFIG


@exec_mode.command("exit")
def _exit(cli: Cli) -> None:
    cli.ended = True


@exec_mode.command("enable", "no paging")
def _no_paging(cli: Cli) -> None:
    cli.paging = False


# -- commits and files


@exec_mode.command("commit apply no-save")
def _commit(cli: Cli) -> str:
    told = "committing configuration...\n"
    if not cli.waiting:
        return told
    after = copy.deepcopy(cli.device.config)
    for _, change in cli.waiting:
        change(after)
    check(cli.device.config, after)
    cli.waiting.clear()
    cli.device.apply(after)
    return f"{told}configuration committed.\n"


@exec_mode.command("commit apply")
def _commit_and_save(cli: Cli) -> str:
    told = f"{_commit(cli)}"
    return f"{told}{_write(cli)}"


@exec_mode.command("commit revert")
def _revert(cli: Cli) -> None:
    cli.waiting.clear()


@exec_mode.command("show uncommitted-config")
def _uncommitted(cli: Cli) -> str:
    return "".join(f"{line}\n" for line, _ in cli.waiting)


@exec_mode.command("write memory")
def _write(cli: Cli) -> str:
    return "Save configuration.\n" if cli.device.save() else ""


@exec_mode.command("reload")
def _reload(cli: Cli) -> None:
    def go(reply: str) -> None:
        if reply in {"y", "yes"}:
            cli.device.spawn(cli.device.reboot())

    cli.ask("Do you really want to reset the system(y/n): ", go)


# -- what is shown


@exec_mode.command("show running-config")
def _running(cli: Cli) -> str:
    return printed.running_config(cli.device.config, cli.device.firmware, clear=False)


@exec_mode.command("show running-config no-encrypt")
def _running_clear(cli: Cli) -> str:
    return printed.running_config(cli.device.config, cli.device.firmware, clear=True)


@exec_mode.command("show configuration")
def _saved(cli: Cli) -> str:
    return printed.running_config(cli.device.saved_config, cli.device.firmware, clear=False)


@exec_mode.command("show ap-env")
def _environment(cli: Cli) -> str:
    return printed.environment(cli.device.own)


@exec_mode.command("show ap bss-table")
def _bss_table(cli: Cli) -> str:
    rows = [
        f"{bssid:<19}{essid:<34}?/?   {cli.device.host:<17}{letter}-HE  ap    {channel}/18/21"
        for bssid, essid, letter, channel in cli.device.heard()
    ]
    head = ["", "Aruba AP BSS Table", "------------------"]
    names = f"{'bss':<19}{'ess':<34}port  {'ip':<17}phy   type  ch/EIRP/max-EIRP"
    return "\n".join([*head, names, "---", *rows, "", f"Num APs:{len(rows)}"]) + "\n"


# -- one access point's own


@exec_mode.command("hostname <word>")
def _hostname(cli: Cli, name: str) -> None:
    cli.device.own.name = name
    cli.device.changed()


def _add_radios() -> None:
    for letter in ("a", "g"):

        def fix(cli: Cli, channel: str, power: str, letter: str = letter) -> None:
            if channel == "0":
                cli.device.own.channels.pop(letter, None)
            elif int(channel) not in cli.device.channels(letter):
                raise CliError("Error: channel is invalid for the country code")
            else:
                cli.device.own.channels[letter] = (channel, power)
            cli.device.changed()

        def off(cli: Cli, letter: str = letter) -> None:
            cli.device.own.off.add(letter)
            cli.device.changed()

        def on(cli: Cli, letter: str = letter) -> None:
            cli.device.own.off.discard(letter)
            cli.device.changed()

        exec_mode.command(f"{letter}-channel <number> <power>")(fix)
        exec_mode.command(f"dot11{letter}-radio-disable")(off)
        exec_mode.command(f"no dot11{letter}-radio-disable")(on)


_add_radios()
