"""The programs of the machine beyond those that every one has: systemctl, ip, iw, hostapd_cli.

Sources: systemctl(1) of systemd 252; ip-link(8) and ip-route(8) of iproute2 6.1; iw 5.16
(`iw phy PHY info`); hostapd_cli(1) of hostapd 2.10.
"""

import re
from functools import partial
from typing import TYPE_CHECKING, cast

from lab.devices.hostapd.links import BRIDGE, RADIOS, UPLINK, Links, NoLink
from lab.devices.hostapd.services import ServiceError
from lab.posix.applets import Applet, applet, fail, split_flags
from lab.posix.ash import Shell

if TYPE_CHECKING:
    from lab.devices.hostapd import HostapdLinux

PROGRAMS: dict[str, Applet] = {}
program = partial(applet, into=PROGRAMS)
VERSION = "hostapd v2.10"
_VERBS = {
    "start",
    "stop",
    "restart",
    "enable",
    "disable",
    "reset-failed",
    "is-active",
    "is-enabled",
}
_SWITCHES = {"--no-reload", "-q", "--quiet", "--now", "--no-pager"}


def machine_of(shell: Shell) -> "HostapdLinux":
    """Return the machine that a shell runs on."""
    return cast("HostapdLinux", shell.machine)


@program("systemctl")
async def _systemctl(shell: Shell, words: list[str]) -> int:
    asked = [word for word in words[1:] if word not in _SWITCHES]
    verb, names = (asked[0], asked[1:]) if asked else ("", [])
    services = machine_of(shell).services
    if verb == "daemon-reload":
        services.reload()
        return 0
    if verb not in _VERBS:
        shell.streams.error(f"Unknown command verb {verb}.\n")
        return 1
    status = 0
    for name in names:
        full = name if name.endswith(".service") else f"{name}.service"
        try:
            status = await _act(shell, verb, full, now="--now" in words) or status
        except ServiceError as failed:
            shell.streams.error(f"{failed}\n")
            status = failed.status
    return status


async def _act(shell: Shell, verb: str, name: str, *, now: bool) -> int:
    services = machine_of(shell).services
    match verb:
        case "enable":
            services.enable(name)
            if now:
                await services.start(name)
        case "disable":
            try:
                services.disable(name)
            finally:
                if now:
                    await services.stop(name)
        case "start":
            await services.start(name)
        case "stop":
            await services.stop(name)
        case "restart":
            await services.stop(name)
            await services.start(name)
        case "is-active":
            active = name in services.active
            shell.streams.write("active\n" if active else "inactive\n")
            return 0 if active else 3
        case "is-enabled":
            enabled = name in services.enabled()
            shell.streams.write("enabled\n" if enabled else "disabled\n")
            return 0 if enabled else 1
    return 0


@program("journalctl")
async def _journalctl(shell: Shell, words: list[str]) -> int:
    flags, _ = split_flags(words[1:], "un")
    lines = machine_of(shell).log[-int(flags.get("n", "1000")) :]
    shell.streams.write("".join(f"{line}\n" for line in lines))
    return 0


@program("reboot")
async def _reboot(shell: Shell, _words: list[str]) -> int:
    shell.machine.reboot_soon()
    return 0


@program("ip")
async def _ip(shell: Shell, words: list[str]) -> int:
    asked = [word for word in words[1:] if not word.startswith("-")]
    machine = machine_of(shell)
    if asked[:2] == ["route", "show"]:
        network = machine.host.rpartition(".")[0]
        shell.streams.write(f"default via {network}.254 dev {BRIDGE} onlink \n")
        return 0
    if asked[:1] != ["link"]:
        shell.streams.error(f'Object "{" ".join(asked[:1])}" is unknown, try "ip help".\n')
        return 1
    try:
        _link(machine.network, asked[1:])
    except NoLink as problem:
        shell.streams.error(f"{problem}\n")
        return problem.status
    except (ValueError, IndexError):
        shell.streams.error('Command line is not complete. Try option "help"\n')
        return 255
    machine.changed()
    return 0


def _link(links: Links, words: list[str]) -> None:
    verb, rest = words[0], words[1:]
    if verb in {"del", "delete"}:
        links.remove(rest[-1])
    elif verb == "set":
        name, told = rest[0], rest[1:]
        master = told[told.index("master") + 1] if "master" in told else None
        up = True if "up" in told else False if "down" in told else None
        links.set(name, up=up, master=master)
    elif verb == "add":
        kind = rest[rest.index("type") + 1]
        named = rest.index("name") + 1 if "name" in rest else 0
        below = rest[rest.index("link") + 1] if "link" in rest else ""
        vlan = (below, int(rest[rest.index("id") + 1])) if kind == "vlan" else None
        links.add(rest[named], kind, vlan)
    else:
        raise ValueError(verb)


@program("iw")
async def _iw(shell: Shell, words: list[str]) -> int:
    machine = machine_of(shell)
    match = (
        re.fullmatch(r"phy(\d+)", words[2]) if words[1:2] == ["phy"] and len(words) > 2 else None
    )
    if match and int(match[1]) < len(RADIOS):
        lines = [f"Wiphy {words[2]}", "\tBand 1:" if match[1] == "0" else "\tBand 2:"]
        lines.append("\t\tFrequencies:")
        lines += [
            f"\t\t\t* {mhz} MHz [{channel}] (20.0 dBm)"
            for channel, mhz in machine.channels(RADIOS[int(match[1])]).items()
        ]
        shell.streams.write("\n".join(lines) + "\n")
        return 0
    if words[1:2] == ["dev"] and len(words) == 2:
        for radio in reversed(RADIOS):
            shell.streams.write(f"phy#{RADIOS.index(radio)}\n")
            for network in machine.on_air(radio):
                shell.streams.write(
                    f"\tInterface {network.interface}\n\t\tifindex "
                    f"{machine.network.get(network.interface).index}\n\t\taddr {machine.base_mac}\n"
                    f"\t\tssid {network.ssid}\n\t\ttype AP\n"
                )
        return 0
    shell.streams.error("command failed: No such device (-19)\n")
    return 237


@program("hostapd")
async def _hostapd(shell: Shell, words: list[str]) -> int:
    if words[1:] == ["-v"]:
        shell.streams.error(f"{VERSION}\nUser space daemon for IEEE 802.11 AP management,\n")
        return 1
    return fail(shell, "hostapd", "the lab starts it by systemctl alone")


@program("hostapd_cli")
async def _hostapd_cli(shell: Shell, words: list[str]) -> int:
    flags, operands = split_flags(words[1:], "pi")
    machine = machine_of(shell)
    control = flags.get("p", "/var/run/hostapd").replace("/var/run", "/run")
    daemon = machine.daemons.get(flags.get("i", ""))
    if (
        daemon is None
        or daemon.served.radio.get("ctrl_interface").replace("/var/run", "/run") != control
    ):
        shell.streams.error(
            "Failed to connect to hostapd - wpa_ctrl_open: No such file or directory\n"
        )
        return 255
    if operands != ["status"]:
        shell.streams.write("Unknown command\n")
        return 0
    lines = [f"state={daemon.state()}", f"channel={daemon.served.channel}", "beacon_int=100"]
    if daemon.state() == "ENABLED":
        for number, network in enumerate(daemon.served.networks):
            lines += [
                f"bss[{number}]={network.interface}",
                f"bssid[{number}]={machine.base_mac}",
                f"ssid[{number}]={_encoded(network.ssid)}",
                f"num_sta[{number}]=0",
            ]
    shell.streams.write("\n".join(lines) + "\n")
    return 0


def _encoded(ssid: str) -> str:
    """Return an SSID as hostapd's wpa_ssid_txt writes it (printf_encode of common.c)."""
    plain = {0x22: '\\"', 0x5C: "\\\\", 0x1B: "\\e", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"}
    return "".join(
        plain.get(octet) or (chr(octet) if 32 <= octet <= 126 else f"\\x{octet:02x}")
        for octet in ssid.encode()
    )


__all__ = ["PROGRAMS", "UPLINK", "VERSION"]
