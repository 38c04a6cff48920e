"""The show commands."""

from lab.devices.aruba_cx.cli import ANYWHERE, GRAMMARS, Cli, Context
from lab.devices.aruba_cx.config import running_config
from lab.devices.aruba_cx.grammar import CliError

operator = GRAMMARS[Context.OPERATOR]


@ANYWHERE.command("show running-config", "do show running-config")
def _running(cli: Cli) -> str:
    return "Current configuration:\n" + running_config(cli.device.config, cli.device.firmware)


@ANYWHERE.command("show running-config interface <ports>")
def _running_interface(cli: Cli, ports: list[str]) -> str:
    lines = running_config(cli.device.config, cli.device.firmware).splitlines()
    shown: list[str] = []
    for port in ports:
        start = lines.index(f"interface {port}")
        shown.append(lines[start])
        for line in lines[start + 1 :]:
            if not line.startswith(" "):
                break
            shown.append(line)
        shown.append("    exit")
    return "\n".join(shown)


@ANYWHERE.command("show startup-config")
def _startup(cli: Cli) -> str:
    return "Startup configuration:\n" + running_config(cli.device.startup, cli.device.firmware)


@ANYWHERE.command("show version")
@operator.command("show version")
def _version(cli: Cli) -> str:
    device = cli.device
    return (
        "-" * 77 + "\nArubaOS-CX\n"
        "(c) Copyright 2017-2024 Hewlett Packard Enterprise Development LP\n" + "-" * 77 + "\n"
        f"Version      : {device.firmware}\n"
        "Build Date   : 2024-01-15 00:00:00 UTC\n"
        f"Build ID     : ArubaOS-CX:{device.firmware}:lab\n"
        "Build SHA    : 0000000000000000000000000000000000000000\n"
        "Active Image : primary\n\n"
        "Service OS Version : ML.01.13.0001\n"
        "BIOS Version       : ML.01.0001\n"
    )


@ANYWHERE.command("show system")
@operator.command("show system")
def _system(cli: Cli) -> str:
    device = cli.device
    minutes = int(device.uptime_s() // 60)
    days, hours = minutes // 1440, minutes // 60 % 24
    rows = [
        ("Hostname", device.config.hostname),
        ("System Description", device.firmware),
        ("System Contact", device.config.contact or ""),
        ("System Location", device.config.location or ""),
        ("Vendor", "Aruba"),
        ("Product Name", f"{device.model} {device.product}"),
        ("Chassis Serial Nbr", device.serial),
        (
            "Base MAC Address",
            device.base_mac.replace(":", "")[:6] + "-" + device.base_mac.replace(":", "")[6:],
        ),
        ("ArubaOS-CX Version", device.firmware),
        ("Time Zone", device.config.timezone or "UTC"),
        ("Up Time", f"{days} days, {hours} hours, {minutes % 60} minutes"),
        ("CPU Util (%)", str(device.cpu_percent())),
        ("Memory Usage (%)", str(device.memory_percent())),
    ]
    return "\n".join(f"{name:<23}: {value}" for name, value in rows)


@ANYWHERE.command("show interface brief")
@operator.command("show interface brief")
def _brief(cli: Cli) -> str:
    rule = "-" * 110
    lines = [
        rule,
        (
            "Port      Native  Mode   Type           Enabled Status  Reason                 "
            "Speed   Description"
        ),
        "          VLAN                                                                 (Mb/s)",
        rule,
    ]
    device = cli.device
    for name, port in device.config.ports.items():
        up = device.link_is_up(name)
        if port.routed:
            native, mode = "--", "routed"
        elif port.trunk:
            native, mode = str(port.native_vlan), "trunk"
        else:
            native, mode = str(port.access_vlan), "access"
        reason = "" if up else "Waiting for link" if port.enabled else "Administratively down"
        speed = str(device.speed_mbps(name)) if up else "--"
        kind = "1GbT" if device.has_poe(name) else "--"
        lines.append(
            f"{name:<9} {native:<7} {mode:<6} {kind:<14} {'yes' if port.enabled else 'no':<7} "
            f"{'up' if up else 'down':<7} {reason:<22} {speed:<7} {port.description or '--'}"
        )
    return "\n".join(lines)


@ANYWHERE.command("show vlan")
@operator.command("show vlan")
def _vlan(cli: Cli) -> str:
    rule = "-" * 101
    lines = [
        "",
        rule,
        f"{'VLAN':<6}{'Name':<34}{'Status':<8}{'Reason':<24}{'Type':<11}Interfaces",
        rule,
    ]
    config = cli.device.config
    for number, vlan in sorted(config.vlans.items()):
        ports = [
            name
            for name in config.ports
            if number == config.vlans_of(name)[0] or number in config.vlans_of(name)[1]
        ]
        name = vlan.name or ("DEFAULT_VLAN_1" if number == 1 else f"VLAN{number}")
        status, reason = ("up", "ok") if vlan.enabled else ("down", "admin_down")
        kind = "default" if number == 1 else "static"
        lines.append(f"{number:<6}{name:<34}{status:<8}{reason:<24}{kind:<11}{','.join(ports)}")
    return "\n".join(lines)


@ANYWHERE.command("show lldp neighbor-info")
@operator.command("show lldp neighbor-info")
def _lldp(cli: Cli) -> str:
    heard = cli.device.neighbours()
    lines = [
        "",
        "LLDP Neighbor Information",
        "=========================",
        "",
        f"Total Neighbor Entries          : {len(heard)}",
        "Total Neighbor Entries Deleted  : 0",
        "Total Neighbor Entries Dropped  : 0",
        "Total Neighbor Entries Aged-Out : 0",
        "",
        (
            "LOCAL-PORT  CHASSIS-ID         PORT-ID                      "
            "PORT-DESC                    TTL      SYS-NAME"
        ),
        "-" * 113,
    ]
    for port, said in heard.items():
        lines.append(
            f"{port:<11} {said.chassis_mac:<18} {said.port_id:<28} {said.port_description:<28} "
            f"{120:<8} {said.system_name}"
        )
    return "\n".join(lines)


@ANYWHERE.command("show power-over-ethernet brief")
def _poe(cli: Cli) -> str:
    lines = [
        "Port    Pwr Priority  Alloc  Actual  Detection   Class",
        "        En            (W)    (W)     Status",
        "------- --- --------- ------ ------- ----------- -----",
    ]
    device = cli.device
    for name in device.config.ports:
        if not device.has_poe(name):
            continue
        port = device.config.ports[name]
        watts = device.poe_w(name)
        state = "delivering" if watts else "searching" if port.poe else "disabled"
        lines.append(
            f"{name:<7} {'Yes' if port.poe else 'No':<3} {port.poe_priority:<9} "
            f"{watts and 30.0:<6} {watts:<7} {state:<11} {4 if watts else '--'}"
        )
    return "\n".join(lines)


@ANYWHERE.command("show checkpoint", "show checkpoint list")
def _checkpoints(cli: Cli) -> str:
    saved = cli.device.checkpoints.saved
    if not saved:
        return "No checkpoint found."
    rule = "|" + "-" * 34 + "|--------|" + "-" * 22 + "|"
    lines = [f"|{'NAME':<34}|{'WRITER':<8}|{'DATE(YYYY-MM-DD)':<22}|", rule]
    lines += [
        f"|{name:<34}|{writer:<8}|{made:%Y-%m-%dT%H:%M:%SZ}  |"
        for name, (_, writer, made) in saved.items()
    ]
    return "\n".join(lines)


@ANYWHERE.command("show checkpoint <word>")
def _checkpoint(cli: Cli, name: str) -> str:
    return running_config(cli.device.checkpoints.load(name), cli.device.firmware)


@ANYWHERE.command("show hostname")
def _hostname(cli: Cli) -> str:
    return cli.device.config.hostname


@ANYWHERE.command("show ssh server")
def _ssh(cli: Cli) -> str:
    if not cli.device.config.ssh_vrfs:
        raise CliError("SSH server is not enabled on any VRF.")
    return "\n".join(
        f"SSH server configuration on VRF {vrf} :" for vrf in cli.device.config.ssh_vrfs
    )


@ANYWHERE.command("show mac-address-table address <mac>")
def _mac_address(cli: Cli, mac: str) -> str:
    """Answer as the guide shows it (5200-7013, show mac-address-table address)."""
    rows = [row for row in cli.device.learnt() if row[0] == mac.lower()]
    if not rows:
        return "No MAC entries found."
    lines = ["MAC age-time            : 300 seconds", f"Number of MAC addresses : {len(rows)}", ""]
    lines += ["MAC Address          VLAN     Type       Port", "-" * 50]
    lines += [f"{mac:<20} {vlan:<8} {'dynamic':<10} {port}" for mac, vlan, port in rows]
    return "\n".join(lines)
