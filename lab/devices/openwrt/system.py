"""The programs that are OpenWrt's own: uci, wifi, ubus, iwinfo, init scripts, reboot."""

import json
from typing import TYPE_CHECKING, Any

from lab.devices.openwrt.applied import Radio, text, words
from lab.devices.openwrt.defaults import BOARD, KERNEL, MODEL, RELEASE, SERVICES
from lab.devices.openwrt.programs import machine_of, program
from lab.devices.openwrt.uci import Uci
from lab.posix.applets import fail

if TYPE_CHECKING:
    from lab.devices.openwrt import OpenWrt
    from lab.posix.ash import Shell

INIT_ACTIONS = {"start", "stop", "restart", "reload", "enable", "disable", "enabled", "status"}


@program("uci")
async def _uci(shell: "Shell", words_: list[str]) -> int:
    command = Uci(machine_of(shell).files, machine_of(shell).faults.refuses)
    if words_[1:2] == ["commit"] and machine_of(shell).saving():
        return await machine_of(shell).never()
    needs_input = {"batch", "import"} & set(words_[1:3])
    stdin = await shell.streams.input.read() if needs_input else ""
    status = command.run(words_[1:], stdin)
    shell.streams.write("".join(command.output))
    shell.streams.error("".join(command.errors))
    return status


@program("wifi")
async def _wifi(shell: "Shell", words_: list[str]) -> int:
    action = words_[1] if len(words_) > 1 else "up"
    if action in {"up", "down"} and len(words_) > 2:
        return _wifi_one(shell, action, words_[2])
    if action in {"reload", "up"}:
        machine_of(shell).stopped_radios.clear()
        machine_of(shell).apply_soon("network", "wireless")
    elif action == "down":
        machine_of(shell).wireless_down()
    elif action == "status":
        shell.streams.write(_json(wireless_status(machine_of(shell))))
    elif action == "config":
        return 0
    else:
        shell.streams.write(
            "Usage: /sbin/wifi [config|up|down|reconf|reload|status|isup]\n"
            "enables (default), disables or configures devices not yet configured.\n"
        )
        return 1
    return 0


def _wifi_one(shell: "Shell", action: str, radio: str) -> int:
    """Do `wifi up RADIO` or `wifi down RADIO`: netifd starts it or lets it lie."""
    if radio not in {each.section.name for each in machine_of(shell).radios()}:
        shell.streams.error("Command failed: Not found\n")
        return 4
    if action == "down":
        machine_of(shell).stopped_radios.add(radio)
    else:
        machine_of(shell).stopped_radios.discard(radio)
    machine_of(shell).changed()
    return 0


@program("reload_config")
async def _reload_config(shell: "Shell", _words: list[str]) -> int:
    machine_of(shell).apply_soon("network", "wireless", "system", "snmpd", "lldpd")
    return 0


@program("service")
async def _service(shell: "Shell", words_: list[str]) -> int:
    if len(words_) < 3:
        shell.streams.write("Usage: service <service> [command]\n")
        return 1
    return await init_script(shell, words_[1], words_[2])


async def init_script(shell: "Shell", service: str, action: str) -> int:
    """Run /etc/init.d/SERVICE ACTION."""
    machine = machine_of(shell)
    if service not in SERVICES:
        return fail(shell, shell.name, f"/etc/init.d/{service}: not found") and 127
    if action not in INIT_ACTIONS:
        shell.streams.write(f"Syntax: /etc/init.d/{service} [command]\n")
        return 1
    if action in {"start", "restart", "reload"}:
        configs = {"network": ("network", "wireless")}.get(service, (service,))
        machine.apply_soon(*configs)
    elif action == "stop" and service == "network":
        machine.network_down()
    elif action == "status":
        shell.streams.write("running\n")
    return 0


@program("reboot")
async def _reboot(shell: "Shell", _words: list[str]) -> int:
    machine_of(shell).reboot_soon()
    return 0


@program("ubus")
async def _ubus(shell: "Shell", words_: list[str]) -> int:
    if words_[1:2] == ["list"]:
        shell.streams.write("".join(f"{name}\n" for name in sorted(_objects(machine_of(shell)))))
        return 0
    if words_[1:2] != ["call"] or len(words_) < 4:
        shell.streams.error("Usage: ubus [<options>] <command> [arguments...]\n")
        return 1
    methods = _objects(machine_of(shell)).get(words_[2])
    if methods is None:
        shell.streams.error("Command failed: Not found\n")
        return 4
    if words_[3] not in methods:
        shell.streams.error("Command failed: Method not found\n")
        return 3
    if words_[2:4] == ["network", "reload"]:
        machine_of(shell).apply_soon("network", "wireless")
        return 0
    shell.streams.write(_json(methods[words_[3]]))
    return 0


def _objects(machine: "OpenWrt") -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {
        "system": {"board": _board(machine), "info": {"uptime": int(machine.uptime_s())}},
        "network": {"reload": {}},
        "network.wireless": {"status": wireless_status(machine)},
    }
    for interface in machine.applied["network"].of_type("interface"):
        device = text(interface, "device")
        found[f"network.interface.{interface.name}"] = {
            "status": {
                "up": True,
                "pending": False,
                "available": True,
                "autostart": True,
                "proto": text(interface, "proto"),
                "device": device,
                "l3_device": device,
            }
        }
    return found


def _board(machine: "OpenWrt") -> dict[str, Any]:
    return {
        "kernel": KERNEL,
        "hostname": machine.hostname(),
        "system": "Qualcomm Atheros QCA956X ver 1 rev 0",
        "model": MODEL,
        "board_name": BOARD,
        "rootfs_type": "squashfs",
        "release": {
            "distribution": "OpenWrt",
            "version": RELEASE["DISTRIB_RELEASE"],
            "revision": RELEASE["DISTRIB_REVISION"],
            "target": RELEASE["DISTRIB_TARGET"],
            "description": RELEASE["DISTRIB_DESCRIPTION"],
        },
    }


def wireless_status(machine: "OpenWrt") -> dict[str, Any]:
    """Return what `ubus call network.wireless status` tells."""
    return {radio.section.name: _radio_status(machine, radio) for radio in machine.radios()}


def _radio_status(machine: "OpenWrt", radio: Radio) -> dict[str, Any]:
    interfaces = []
    for each in radio.interfaces:
        config = {n: v for n, v in each.section.options.items() if n not in {"device", "network"}}
        config["network"] = words(each.section, "network")
        entry: dict[str, Any] = {"section": each.section.name}
        if each.name and not machine.pending:
            entry["ifname"] = each.name
        entry |= {"config": config, "vlans": [], "stations": []}
        interfaces.append(entry)
    return {
        "up": radio.up and not machine.pending,
        "pending": machine.pending,
        "autostart": not radio.stopped,
        "disabled": radio.disabled,
        "retry_setup_failed": radio.failed,
        "config": dict(radio.section.options),
        "interfaces": interfaces,
    }


def _json(value: Any) -> str:
    return json.dumps(value, indent="\t", ensure_ascii=False) + "\n"


@program("iwinfo")
async def _iwinfo(shell: "Shell", words_: list[str]) -> int:
    wanted = words_[1] if len(words_) > 1 else None
    shown = False
    for radio in machine_of(shell).radios():
        for each in radio.interfaces:
            if each.name and wanted in {None, each.name}:
                shell.streams.write(
                    _iwinfo_block(machine_of(shell), radio, each.name, each.section)
                )
                shown = True
    if wanted and not shown:
        shell.streams.error(f"No such wireless device: {wanted}\n")
        return 1
    return 0


def _iwinfo_block(machine: "OpenWrt", radio: Radio, name: str, section: Any) -> str:
    noise, encryption = machine.noise_dbm(name), text(section, "encryption", "none")
    return (
        f'{name:<9} ESSID: "{text(section, "ssid")}"\n'
        f"          Access Point: {machine.bssid(name).upper()}\n"
        f"          Mode: Master  Channel: {radio.channel} ({radio.frequency_mhz / 1000:.3f} GHz)"
        f"  HT Mode: {text(radio.section, 'htmode', 'HT20')}\n"
        f"          Tx-Power: {radio.power_dbm} dBm  Link Quality: unknown/70\n"
        f"          Signal: unknown  Noise: {noise} dBm\n"
        "          Bit Rate: unknown\n"
        f"          Encryption: {encryption}\n"
        "          Type: nl80211  HW Mode(s): 802.11ac/n\n"
        f"          PHY name: phy{radio.number}\n\n"
    )
