"""An access point that runs OpenWrt 23.05; see README.md for the references."""

import asyncio
import contextlib
from collections.abc import Collection, Coroutine
from typing import Any

from lab.device import Advertisement, Device, DeviceSpec, Pipes, Terminal
from lab.devices.openwrt import (
    air,
    applied,
    conditions,
    defaults,
    file_tools,
    process_tools,
    sessions,
    system,
    text_tools,
)
from lab.devices.openwrt.applets import APPLETS
from lab.devices.openwrt.applied import Radio, text
from lab.devices.openwrt.ash import Shell
from lab.devices.openwrt.builtins import BUILTINS
from lab.devices.openwrt.filesystem import FileSystem
from lab.devices.openwrt.mib import build_tree
from lab.devices.openwrt.process import NOT_FOUND, Exit, Input, Process, Streams
from lab.devices.openwrt.process_tools import run_file
from lab.devices.openwrt.uci import committed
from lab.devices.openwrt.uci_text import Package
from lab.mib import Tree

# Importing a module of commands registers them.
__all__ = ["OpenWrt", "air", "conditions", "file_tools", "process_tools", "system", "text_tools"]
FIRST_PID, KILL = 1200, 9
ARP_HEADER = (  # proc(5)
    "IP address       HW type     Flags       HW address            Mask     Device\n"
)
APPLIED = ("network", "wireless", "system", "snmpd", "lldpd")


class OpenWrt(Device):
    """One access point: its files, its processes, and the configuration as last applied."""

    kernel = defaults.KERNEL

    def __init__(self, spec: DeviceSpec) -> None:
        super().__init__(spec)
        octet = self.draw("mac", 0, 0xFFFF)
        self.base_mac = f"02:0e:c4:{octet >> 8:02x}:{octet & 255:02x}:00"
        self.files = FileSystem()
        self.files.refuses = self.faults.refuses
        self.files.computed = {
            "/proc/uptime": lambda: f"{self.uptime_s():.2f} {self.uptime_s() * 0.9:.2f}\n",
            "/proc/sys/kernel/hostname": lambda: self.hostname() + "\n",
            "/proc/net/arp": lambda: ARP_HEADER,
            "/tmp/run/hostapd-phy0.conf": lambda: air.hostapd_conf(self, 0),  # noqa: S108
            "/tmp/run/hostapd-phy1.conf": lambda: air.hostapd_conf(self, 1),  # noqa: S108
        }
        configs = defaults.configurations(spec.host, spec.hostname or spec.name, spec.community)
        for name, content in configs.items():
            self.files.files[f"/etc/config/{name}"] = content
        for service in defaults.SERVICES:
            self.files.files[f"/etc/init.d/{service}"] = "#!/bin/sh /etc/rc.common\n"
        self.files.make_directory(defaults.CRONTABS)
        self.files.files["/etc/openwrt_release"] = defaults.release_text()
        self.files.files["/etc/banner"] = defaults.BANNER
        self.files.files["/etc/board.json"] = '{"model":{"id":"%s"}}\n' % defaults.BOARD  # noqa: UP031
        self.files.make_directory("/tmp/sysinfo")  # noqa: S108 - on the false device
        self.applied: dict[str, Package] = {}
        self.processes: dict[int, Process] = {}
        self.log: list[str] = []
        self.pending = False
        self.stopped_radios: set[str] = set()
        self._before_loss: list[str] = []
        self.temporary = 0
        self._pid = FIRST_PID
        self._indexes = {"lo": 1, "eth0": 2}
        self._next_index = 5
        self._applying: asyncio.Task[None] | None = None
        self._network_stopped = False
        self._apply_now(*APPLIED)

    # -- configuration and its effect

    def _apply_now(self, *names: str) -> None:
        for name in names:
            self.applied[name] = committed(self.files, name)
        self._find_path_again(names)
        if "wireless" in names:
            self._network_stopped = False
            self.stopped_radios.clear()
        if "snmpd" in names:
            self.community = self._community()
        self._number_interfaces()
        self.changed()

    def _find_path_again(self, names: Collection[str]) -> None:
        """Have the path back that a fault took, once what ran before that is applied again."""
        if not {"network", "wireless"} & set(names):
            return
        texts = [self.files.read(f"/etc/config/{name}") for name in ("network", "wireless")]
        if self.path_lost and texts == self._before_loss:
            self.path_lost = False
        if not self.path_lost:
            self._before_loss = texts

    def _community(self) -> str:
        """Return the community of the first com2sec; none configured: none answers."""
        for section in self.applied["snmpd"].of_type("com2sec"):
            return text(section, "community")
        return "\0"

    def _number_interfaces(self) -> None:
        """Give new interfaces the next index; one that went and comes back gets another."""
        names = ["lo", "eth0", "br-lan", *applied.vlan_devices(self.applied["network"])]
        names += [i.name for radio in self.radios() for i in radio.interfaces if i.name]
        for name in names:
            if name not in self._indexes:
                self._indexes[name] = self._next_index
                self._next_index += 1
        self._indexes = {name: number for name, number in self._indexes.items() if name in names}

    def if_index(self, name: str) -> int:
        """Return the kernel's index of an interface."""
        return self._indexes[name]

    def apply_soon(self, *names: str) -> None:
        """Apply committed configuration a moment later, as netifd and procd do."""
        known = [name for name in names if name in APPLIED]
        if not known:
            return
        self.pending = self.pending or "wireless" in known
        self.changed()
        self._applying = self.spawn(self._apply_later(known))

    async def _apply_later(self, names: list[str]) -> None:
        await asyncio.sleep(self.spec.apply_s)
        self.pending = False
        self._apply_now(*names)

    def wireless_down(self) -> None:
        """Take all radios off the air until they are brought up again."""
        for section in self.applied["wireless"].of_type("wifi-device"):
            section.options["disabled"] = "1"
        self.changed()

    def network_down(self) -> None:
        """Stop the network: nobody gets in until a restart."""
        self._network_stopped = True
        self.changed()

    def radios(self) -> list[Radio]:
        """Return the radios as they are."""
        return applied.radios(self.applied["wireless"], self.stopped_radios)

    def hostname(self) -> str:
        """Return the host name as last applied."""
        for section in self.applied["system"].of_type("system"):
            return text(section, "hostname", "OpenWrt")
        return "OpenWrt"

    # -- restart

    def saving(self) -> bool:
        """Say that flash is about to be written; return whether a fault restarts the device."""
        if self.faults.reboot_on_save:
            self.faults.reboot_on_save = False  # once: it comes up and is as good as before
            self.reboot_soon()
            return True
        return False

    def reboot_soon(self) -> None:
        """Restart in a moment: the command that asked for it still ends."""
        self.spawn(self._reboot())

    async def never(self) -> int:
        """Wait for the restart that ends everything."""
        await asyncio.Event().wait()
        return 0

    async def _reboot(self) -> None:
        await asyncio.sleep(0.1)
        self.powered = False
        self.changed()
        self._stop_everything()
        await asyncio.sleep(self.spec.boot_s)
        self.powered = True
        await self.boot()

    async def boot(self) -> None:
        """Come up with what is in flash; /tmp and with it staged changes are gone."""
        self._stop_everything()
        self.files.lose_ram()
        self.pending = False
        await self._run_uci_defaults()
        self._apply_now(*APPLIED)
        await super().boot()

    async def _run_uci_defaults(self) -> None:
        """Run what waits in /etc/uci-defaults before the network starts.

        The boot service deletes each script that ends with 0 (developer guide, "UCI defaults").
        """
        folder = "/etc/uci-defaults"
        names = self.files.children(folder) if self.files.is_directory(folder) else []
        for path in (f"{folder}/{name}" for name in sorted(names)):
            silent = Streams(Input(""), lambda _: None, lambda _: None)
            shell = Shell(self, silent, name=path, pid=self.next_pid())
            if await shell.run_text(self.files.read(path)) == 0:
                self.files.remove(path)

    def power(self, *, on: bool) -> None:
        """Lose or get the power over the cable."""
        if not on:
            self._stop_everything()
        super().power(on=on)

    def _stop_everything(self) -> None:
        if self._applying is not None:
            self._applying.cancel()
        for process in list(self.processes.values()):
            if process.task is not None:
                process.signal = KILL
                process.task.cancel()
        self.abort_sessions()

    # -- reachability

    def management_is_up(self) -> bool:
        """Whether the lan interface has its address on the wire."""
        path_is_up, _ = applied.management_path(self.applied["network"], self.host)
        return path_is_up and not self._network_stopped

    def frame_tag(self, port: str) -> int | None:
        """Return the VLAN tag of management frames."""
        _, tag = applied.management_path(self.applied["network"], self.host)
        return tag

    # -- processes

    def next_pid(self) -> int:
        """Return a new process id."""
        self._pid += 1
        return self._pid

    def start_process(
        self,
        title: str,
        shell: Shell,
        work: Coroutine[Any, Any, int],
        *,
        terminal: object | None = None,
    ) -> Process:
        """Run work in the background."""
        process = Process(self.next_pid(), title, shell=shell, terminal=terminal)
        self.processes[process.pid] = process
        process.task = self.spawn(self._run_process(process, shell, work))
        return process

    async def _run_process(
        self, process: Process, shell: Shell, work: Coroutine[Any, Any, int]
    ) -> None:
        try:
            process.status = await shell.finish(work)
        except asyncio.CancelledError:
            process.status = 128 + process.signal
            owner = process.shell or shell
            action = owner.traps.get(process.signal, "")
            if process.signal == KILL or not self.powered:
                raise
            if action:
                with contextlib.suppress(Exit):
                    await owner.run_here(action)
                await owner.finish(_nothing())
        finally:
            self.processes.pop(process.pid, None)

    def signal(self, process: Process, number: int) -> None:
        """Send a signal; one that the process ignores does nothing."""
        ignored = process.shell is not None and process.shell.traps.get(number) == ""
        if process.task is not None and (number == KILL or not ignored):
            process.signal = number
            process.task.cancel()

    async def wait_for_process(self, process: Process) -> int:
        """Return the status of a process when it has ended."""
        if process.task is not None:
            await asyncio.wait({process.task})
        return process.status or 0

    def detach(self, shell: Shell) -> None:
        """Take a process off its terminal, as setsid does."""
        for process in self.processes.values():
            if process.shell is shell:
                process.terminal = None
        shell.terminal = None

    def replace_shell(self, old: Shell, new: Shell) -> None:
        """Say that a process now runs another script, whose traps count."""
        for process in self.processes.values():
            if process.shell is old:
                process.shell = new

    # -- commands

    def which(self, name: str) -> str:
        """Return where a command is, empty if there is none."""
        if name in BUILTINS:
            return name
        if name in APPLETS:
            return name if name.startswith("/") else f"/usr/bin/{name}"
        return name if name.startswith("/") and self.files.is_file(name) else ""

    async def invoke(self, shell: Shell, words: list[str]) -> int:
        """Run one command by its name."""
        name = words[0]
        for prefix in ("/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/"):
            if name.startswith(prefix) and name.removeprefix(prefix) in APPLETS:
                name = name.removeprefix(prefix)
        if name in BUILTINS:
            return await BUILTINS[name](shell, words)
        if name in APPLETS:
            return await APPLETS[name](shell, [name, *words[1:]])
        if name.startswith("/etc/init.d/"):
            action = words[1] if len(words) > 1 else ""
            return await system.init_script(shell, name.removeprefix("/etc/init.d/"), action)
        if "/" in name:
            return await self._run_path(shell, name, words[1:])
        shell.complain(f"{name}: not found")
        return NOT_FOUND

    async def _run_path(self, shell: Shell, path: str, arguments: list[str]) -> int:
        if not self.files.is_file(self.files.resolve(path, shell.directory)):
            shell.complain(f"{path}: not found")
            return NOT_FOUND
        child = shell.fork()
        self.replace_shell(shell, child)
        return await run_file(child, path, arguments)

    # -- sessions

    async def execute(self, command: str, pipes: Pipes) -> int:
        """Run an exec request."""
        return await sessions.execute(self, command, pipes)

    async def interact(self, terminal: Terminal) -> int:
        """Serve a login shell."""
        return await sessions.interact(self, terminal)

    # -- what is told

    def bssid(self, name: str) -> str:
        """Return the MAC address of a wireless interface."""
        number, place = next(
            (radio.number, place)
            for radio in self.radios()
            for place, each in enumerate(radio.interfaces)
            if each.name == name
        )
        return f"{self.base_mac[:-2]}{0x10 * (number + 1) + place:02x}"

    def clients(self, name: str) -> int:
        """Return how many stations are associated."""
        return self.draw(f"clients/{name}", 0, 17)

    def noise_dbm(self, name: str) -> int:
        """Return the noise floor."""
        return -self.draw(f"noise/{name[:4]}", 88, 99)

    def description(self) -> str:
        """Return sysDescr, which is what `uname -a` says."""
        return f"Linux {self.hostname()} {self.kernel} #0 SMP Mon Sep 23 12:34:46 2024 mips"

    def advertisement(self, port: str) -> Advertisement:
        """Return the LLDP frame of lldpd."""
        return Advertisement(
            system_name=self.hostname(),
            system_description=f"OpenWrt {defaults.RELEASE['DISTRIB_RELEASE']} {defaults.MODEL}",
            chassis_mac=self.base_mac,
            port_id=self.base_mac,
            port_id_subtype=3,
            port_description=port,
            management_address=self.host,
            capabilities=0x30,
        )

    def addresses(self) -> list[tuple[str, int | None]]:
        """Return the access point's own address and those of its stations, in their VLANs."""
        network = self.applied["network"]
        found: list[tuple[str, int | None]] = [(self.base_mac, None)]
        for radio in self.radios():
            for each in radio.interfaces:
                if each.name is None or self.pending:
                    continue
                lan = network.section(text(each.section, "network"))
                _, _, tag = (text(lan, "device") if lan else "").partition(".")
                vlan = int(tag) if tag.isdecimal() else None
                found += [(station.mac, vlan) for station in air.stations(self, each.name)]
        return found

    def mib(self) -> Tree:
        """Return what the agent answers."""
        return build_tree(self)


async def _nothing() -> int:
    return 0
