"""An access point that runs OpenWrt 23.05; see README.md for the references."""

import asyncio
from collections.abc import Collection, Mapping
from typing import ClassVar

from lab.device import Advertisement, DeviceSpec
from lab.devices.openwrt import air, applied, defaults, system
from lab.devices.openwrt.applied import Radio, text
from lab.devices.openwrt.mib import build_tree
from lab.devices.openwrt.programs import PROGRAMS
from lab.devices.openwrt.uci import committed
from lab.devices.openwrt.uci_text import Package
from lab.mib import Tree
from lab.posix.applets import COMMON, Applet
from lab.posix.ash import Shell
from lab.posix.machine import Machine

# Importing a module of commands registers them.
__all__ = ["OpenWrt", "air", "system"]
ARP_HEADER = (  # proc(5)
    "IP address       HW type     Flags       HW address            Mask     Device\n"
)
APPLIED = ("network", "wireless", "system", "snmpd", "lldpd")


class OpenWrt(Machine):
    """One access point: its files, its processes, and the configuration as last applied."""

    kernel = defaults.KERNEL
    architecture = "mips"
    init = "/sbin/procd"
    banner = defaults.BANNER
    programs: ClassVar[Mapping[str, Applet]] = {**COMMON, **PROGRAMS}

    def __init__(self, spec: DeviceSpec) -> None:
        super().__init__(spec)
        octet = self.draw("mac", 0, 0xFFFF)
        self.base_mac = f"02:0e:c4:{octet >> 8:02x}:{octet & 255:02x}:00"
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
        self.pending = False
        self.stopped_radios: set[str] = set()
        self._before_loss: list[str] = []
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
        lost = self.path_lost or self.locked_out
        if lost and texts == self._before_loss:
            self.let_in_again()
        elif not lost:
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

    async def boot(self) -> None:
        """Come up with what is in flash; /tmp and with it staged changes are gone."""
        self.stop_everything()
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
            if await self.run_script(path) == 0:
                self.files.remove(path)

    def stop_everything(self) -> None:
        """End all processes and sessions, and what is about to be applied."""
        if self._applying is not None:
            self._applying.cancel()
        super().stop_everything()

    # -- reachability

    def management_is_up(self) -> bool:
        """Whether the lan interface has its address on the wire."""
        path_is_up, _ = applied.management_path(self.applied["network"], self.host)
        return path_is_up and not self._network_stopped

    def frame_tag(self, port: str) -> int | None:
        """Return the VLAN tag of management frames."""
        _, tag = applied.management_path(self.applied["network"], self.host)
        return tag

    # -- commands

    async def invoke(self, shell: Shell, words: list[str]) -> int:
        """Run one command by its name; init scripts are programs of their own."""
        if words[0].startswith("/etc/init.d/"):
            action = words[1] if len(words) > 1 else ""
            return await system.init_script(shell, words[0].removeprefix("/etc/init.d/"), action)
        return await super().invoke(shell, words)

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
