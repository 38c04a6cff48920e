"""The show commands."""

from lab.devices.ios.cli import ANYWHERE, Cli
from lab.devices.ios.config import running_config


def _configuration(text: str) -> str:
    return f"Building configuration...\n\nCurrent configuration : {len(text)} bytes\n!\n{text}\n"


@ANYWHERE.command("show running-config", "do show running-config")
def _running(cli: Cli) -> str:
    return _configuration(running_config(cli.device.config))


@ANYWHERE.command("show startup-config")
def _startup(cli: Cli) -> str:
    text = running_config(cli.device.startup)
    return f"Using {len(text)} out of 524288 bytes\n!\n{text}\n"


@ANYWHERE.command("show vlan brief", "show vlan")
def _vlan(cli: Cli) -> str:
    config = cli.device.config
    lines = [
        "",
        "VLAN Name                             Status    Ports",
        "---- -------------------------------- --------- -------------------------------",
    ]
    for number, vlan in sorted(config.vlans.items()):
        ports = [
            f"Gi{name.removeprefix('GigabitEthernet')}"
            for name, port in config.ports.items()
            if not port.trunk and port.access_vlan == number
        ]
        rows = [", ".join(ports[at : at + 4]) for at in range(0, len(ports), 4)] or [""]
        name = vlan.name or f"VLAN{number:04d}"
        lines.append(f"{number:<4} {name:<32} active    {rows[0]}".rstrip())
        lines += [" " * 48 + row for row in rows[1:]]
    for number, name in ((1002, "fddi-default"), (1003, "trcrf-default"), (1005, "trbrf-default")):
        lines.append(f"{number:<4} {name:<32} act/unsup")
    return "\n".join(lines) + "\n"


@ANYWHERE.command("show archive config differences <word> <word>")
def _differences(cli: Cli, _first: str, _second: str) -> str:
    before = running_config(cli.device.startup).splitlines()
    after = running_config(cli.device.config).splitlines()
    changed = [f"-{line}" for line in before if line not in after]
    changed += [f"+{line}" for line in after if line not in before]
    return "!Contextual Config Diffs:\n" + ("\n".join(changed) or "!No changes were found") + "\n"


@ANYWHERE.command("show version")
def _version(cli: Cli) -> str:
    device = cli.device
    return (
        f"{device.description()}\n\n"
        f"{device.config.hostname} uptime is {int(device.uptime_s() // 60)} minutes\n"
        f"Processor board ID {device.serial}\n"
        f"Model number                    : {device.model}\n"
    )
