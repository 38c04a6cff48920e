"""A Debian 12 machine whose radios hostapd serves; references are in README.md."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from lab.device import Advertisement, DeviceSpec
from lab.devices.hostapd import daemon as hostapd
from lab.devices.hostapd.daemon import Network, Refused, Served
from lab.devices.hostapd.links import BRIDGE, RADIOS, UPLINK, Links
from lab.devices.hostapd.mib import build_tree
from lab.devices.hostapd.programs import PROGRAMS
from lab.devices.hostapd.services import UNITS, Services
from lab.mib import Tree
from lab.posix.applets import COMMON, Applet
from lab.posix.machine import Machine

FOLDER = "/etc/hostapd"
_FIVE_GHZ = (*range(36, 65, 4), *range(100, 141, 4))
CHANNELS: dict[str, dict[int, int]] = {
    "wlan0": {number: 2407 + 5 * number for number in range(1, 14)},
    "wlan1": {number: 5000 + 5 * number for number in _FIVE_GHZ},
}
NEIGHBOUR = """# Posé par l'école
interface=wlan0
driver=nl80211
ctrl_interface=/run/hostapd
country_code=BE
hw_mode=g
channel=6
ieee80211n=1
ssid=Garderie
bridge=br0
wpa=2
wpa_key_mgmt=WPA-PSK
rsn_pairwise=CCMP
wpa_passphrase=la-clef-de-la-garderie
"""


@dataclass
class Daemon:
    """One hostapd that runs: what it read, and when its radio is on the air."""

    served: Served
    on_air_from: float
    made: tuple[str, ...]
    """The interfaces and bridges that it made, and takes away with it."""

    def state(self) -> str:
        """Return what `hostapd_cli status` says of it."""
        if time.monotonic() >= self.on_air_from:
            return "ENABLED"
        return "DFS" if self.served.listens_first else "COUNTRY_UPDATE"


class HostapdLinux(Machine):
    """One machine: its files, its units, its interfaces, and the hostapd of each radio."""

    kernel = "6.1.0-28-amd64"
    architecture = "x86_64"
    init = "/lib/systemd/systemd"
    banner = f"Linux debian {kernel} #1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 {architecture}\n\n"
    programs: ClassVar[Mapping[str, Applet]] = {**COMMON, **PROGRAMS}

    def __init__(self, spec: DeviceSpec) -> None:
        super().__init__(spec)
        octet = self.draw("mac", 0, 0xFFFF)
        self.base_mac = f"02:de:b1:{octet >> 8:02x}:{octet & 255:02x}:00"
        for folder in (FOLDER, f"{UNITS}/multi-user.target.wants"):
            self.files.make_directory(folder, parents=True)
        self.network = Links(self.files)
        self.services = Services(self)
        self.daemons: dict[str, Daemon] = {}
        self._before_loss: dict[str, str] = {}
        self._channels = {radio: dict(channels) for radio, channels in CHANNELS.items()}
        if spec.model != "bare":
            self.files.files[f"{FOLDER}/wlan0.conf"] = NEIGHBOUR
            self.services.enable("hostapd@wlan0.service")
            self.serve("wlan0", at_once=True)
            self.services.active.add("hostapd@wlan0.service")
        self._synchronised = (dict(self.files.files), dict(self.files.links))

    def hostname(self) -> str:
        """Return the host name."""
        return self.spec.hostname or "debian"

    # -- hostapd

    def channels(self, radio: str) -> dict[int, int]:
        """Return the centres in MHz of what a radio can send on, by channel."""
        return self._channels[radio]

    def serve(self, radio: str, *, at_once: bool = False) -> None:
        """Start hostapd on a radio; raises Refused in its words."""
        refuses = self.faults.refuses
        served = hostapd.read(f"{FOLDER}/{radio}.conf", self.files, refuses)
        taken = set(self.network.by_name) - {radio}
        hostapd.refuse_keys(served, self.files)
        hostapd.refuse_names(served, taken)
        made = []
        for network in served.networks:
            if network.interface not in self.network.by_name:
                self.network.add(network.interface, "wlan")
                made.append(network.interface)
            bridge = network.get("bridge")
            if bridge and bridge not in self.network.by_name:
                self.network.add(bridge, "bridge")
                made.append(bridge)
            self.network.set(network.interface, up=True, master=bridge or None)
        waits_s = 0.0 if at_once else self.spec.apply_s
        if served.listens_first:
            waits_s += self.spec.minute_s
        self.daemons[radio] = Daemon(served, time.monotonic() + waits_s, tuple(made))
        if not at_once:
            self.spawn(self._set_up(radio, self.daemons[radio]))
        self.find_path_again()
        self.changed()

    async def _set_up(self, radio: str, daemon: Daemon) -> None:
        """Choose the channel, after hostapd went to the background."""
        await asyncio.sleep(self.spec.apply_s)
        problem = self._channel_problem(radio, daemon.served)
        if problem and self.daemons.get(radio) is daemon:
            self.log += [f"hostapd: {radio}: {problem}", f"hostapd: {radio}: AP-DISABLED "]
            self.silence(radio)
            self.services.ended(radio)
        self.changed()

    def _channel_problem(self, radio: str, served: Served) -> str | None:
        mode = served.radio.get("hw_mode", "b")
        own = "g" if radio == RADIOS[0] else "a"
        refused = "IEEE 802.11 Hardware does not support configured "
        if (mode if mode != "b" else "g") != own or served.six_ghz:
            return f"{refused}mode"
        silent = own == "a" and not served.radio.get("country_code")  # no-IR until it is told
        if silent or (served.channel and served.channel not in self.channels(radio)):
            return f"{refused}channel"
        return None

    def silence(self, radio: str) -> None:
        """End hostapd on a radio, with all that it made."""
        daemon = self.daemons.pop(radio, None)
        if daemon is None:
            return
        for network in daemon.served.networks:
            self.network.free(network.interface)
        for name in daemon.made:
            if name in self.network.by_name and not self._is_shared(name):
                self.network.remove(name)
        self.network.set(radio, up=False)
        self.changed()

    def _is_shared(self, bridge: str) -> bool:
        return any(link.master == bridge for link in self.network.by_name.values())

    def on_air(self, radio: str) -> Iterator[Network]:
        """Yield the networks that a radio sends now."""
        daemon = self.daemons.get(radio)
        if daemon is not None and daemon.state() == "ENABLED":
            yield from daemon.served.networks

    def heard(self) -> set[tuple[str, str, str]]:
        """Return the SSID, radio and bridge of all that is sent now."""
        return {
            (network.ssid, radio, network.get("bridge"))
            for radio in RADIOS
            for network in self.on_air(radio)
        }

    # -- files, restarts, and the way in

    def kept(self) -> dict[str, str]:
        """Return what stands in flash of hostapd's files and of the units, and what is enabled."""
        return {
            path: text
            for path, text in self.files.files.items()
            if path.startswith((f"{FOLDER}/", f"{UNITS}/"))
        }

    def synchronise(self) -> bool:
        """Write files to flash; a fault restarts the machine instead, and loses what was to go."""
        ours = (f"{FOLDER}/", f"{UNITS}/preau-vlan")
        waits = any(
            self.files.files.get(path) != self._synchronised[0].get(path)
            for path in {*self.files.files, *self._synchronised[0]}
            if path.startswith(ours)
        )
        if waits and self.faults.reboot_on_save:
            self.faults.reboot_on_save = False  # once: it comes up and is as good as before
            files, links = self._synchronised
            self.files.files, self.files.links = dict(files), dict(links)
            self.reboot_soon()
            return True
        self._synchronised = (dict(self.files.files), dict(self.files.links))
        return False

    def find_path_again(self) -> None:
        """Have the path back that a fault took, once what was served before is served again."""
        texts = {radio: daemon.served.text for radio, daemon in self.daemons.items()}
        lost = self.path_lost or self.locked_out
        if lost and texts == self._before_loss:
            self.let_in_again()
        elif not lost:
            self._before_loss = texts

    def stop_everything(self) -> None:
        """End all processes, hostapd too."""
        super().stop_everything()
        self.daemons.clear()

    async def boot(self) -> None:
        """Come up with what is in flash: units first, then the network, then hostapd."""
        self.stop_everything()
        self.files.lose_ram()
        self.network.restart()
        await self.services.boot()
        self.find_path_again()
        await super().boot()

    def management_is_up(self) -> bool:
        """Whether the bridge that has the address is up and holds the uplink."""
        uplink = self.network.by_name.get(UPLINK)
        bridge = self.network.by_name.get(BRIDGE)
        if uplink is None or bridge is None:
            return False
        return uplink.up and bridge.up and uplink.master == BRIDGE

    # -- what is told

    def description(self) -> str:
        """Return sysDescr, which is what `uname -a` says."""
        return (
            f"Linux {self.hostname()} {self.kernel} #1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 "
            f"{self.architecture}"
        )

    def advertisement(self, port: str) -> Advertisement:
        """Return the LLDP frame of lldpd."""
        return Advertisement(
            system_name=self.hostname(),
            system_description=f"Debian GNU/Linux 12 (bookworm) {self.description()}",
            chassis_mac=self.base_mac,
            port_id=self.base_mac,
            port_id_subtype=3,
            port_description=port,
            management_address=self.host,
            capabilities=0x30,
        )

    def addresses(self) -> list[tuple[str, int | None]]:
        """Return the machine's own address."""
        return [(self.base_mac, None)]

    def mib(self) -> Tree:
        """Return what the agent answers."""
        return build_tree(self)


__all__ = ["HostapdLinux", "Refused"]
