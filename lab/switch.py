"""What every false switch is, whatever its command line: ports, VLANs, power, the path to it."""

import asyncio
import copy
from collections.abc import Mapping
from typing import Any, Protocol

from lab.device import Advertisement, Device, DeviceSpec, Pipes


class PortState(Protocol):
    """What counts of one port for those who are plugged into it."""

    description: str | None
    enabled: bool
    poe: bool
    poe_priority: str


class VlanState(Protocol):
    """What counts of one VLAN."""

    name: str | None
    enabled: bool


class SviState(Protocol):
    """An address of the switch in a VLAN: `dhcp`, or with its prefix length."""

    enabled: bool
    address: str | None


class SwitchConfig(Protocol):
    """What every family's configuration tells of ports and VLANs."""

    hostname: str
    contact: str | None
    location: str | None

    @property
    def ports(self) -> Mapping[str, PortState]:
        """Return the ports by name."""

    @property
    def vlans(self) -> Mapping[int, VlanState]:
        """Return the VLANs by number."""

    @property
    def svis(self) -> Mapping[int, SviState]:
        """Return the addresses of the switch by VLAN."""

    def vlans_of(self, port: str) -> tuple[int | None, set[int]]:
        """Return the untagged VLAN of a port, None if there is none, and its tagged VLANs."""


class Switch(Device):
    """A switch with a running and a startup configuration, on which others hang."""

    exec_allowed = False
    default_username = "preau"
    config: Any
    """The family's own SwitchConfig, with all that its command line edits."""
    startup: Any
    base_mac: str
    powers = 24
    """How many ports, from the first, can feed a device."""

    def __init__(self, spec: DeviceSpec, config: SwitchConfig) -> None:
        super().__init__(spec)
        octet = self.draw("mac", 0, 0xFFFF)
        self.base_mac = f"02:1a:1e:{octet >> 8:02x}:{octet & 255:02x}:00"
        self.config = config
        self.startup = copy.deepcopy(config)
        self._poe_before = self.feeding()

    # -- configuration

    def applied(self) -> None:
        """Let a change of the running configuration take effect."""
        before, self._poe_before = self._poe_before, self.feeding()
        self.changed()
        for port, on in self._poe_before.items():
            if on != before.get(port, on):
                for device in self._hanging(port):
                    device.power(on=on)

    def restore(self, config: SwitchConfig) -> None:
        """Make a kept configuration the running one."""
        self.let_in_again()
        self.config = copy.deepcopy(config)
        self.applied()

    def save(self) -> bool:
        """Make the running configuration the startup one; False where a fault prevents it."""
        if self.faults.reboot_on_save:
            self.spawn(self.reboot())
            return False
        self.startup = copy.deepcopy(self.config)
        return True

    @property
    def saved(self) -> bool:
        """Whether what runs is what a restart would load."""
        return bool(self.startup == self.config)

    async def reboot(self) -> None:
        """Restart with the startup configuration; who is fed from here loses its power."""
        self.powered = False
        self.abort_sessions()
        self.forget_timers()
        fed = [
            device for port, on in self.feeding().items() if on for device in self._hanging(port)
        ]
        for device in fed:
            device.power(on=False)
        await asyncio.sleep(self.spec.boot_s)
        self.powered = True
        self.restart_clock()
        self.restore(self.startup)
        for device in fed:
            device.power(on=True)

    async def boot(self) -> None:
        """Come up with the startup configuration."""
        self.forget_timers()
        self.restore(self.startup)
        await super().boot()

    def forget_timers(self) -> None:
        """End what a restart ends: guards that wait."""

    # -- ports

    def number(self, port: str) -> int:
        """Return the number of a port on the front, from 1."""
        return list(self.config.ports).index(port) + 1

    def if_index(self, port: str) -> int | None:
        """Return the ifIndex of a port: its number, as in the MIB of every switch here."""
        return self.number(port)

    def has_poe(self, port: str) -> bool:
        """Whether a port can feed a device."""
        return self.number(port) <= self.powers

    def feeding(self) -> dict[str, bool]:
        """Return which ports give power to who asks for it."""
        return {name: port.poe for name, port in self.config.ports.items()}

    def _hanging(self, port: str) -> list[Device]:
        other = self.links[port][0] if port in self.links else None
        if other is None or other.uplink is None or other.links[other.uplink][0] is not self:
            return []
        return [] if isinstance(other, Switch) else [other]

    def poe_w(self, port: str) -> float:
        """Return what a port feeds, in watts."""
        feeds = self.has_poe(port) and self.config.ports[port].poe and self._hanging(port)
        return self.draw(f"poe{port}", 70, 128) / 10 if feeds else 0.0

    def speed_mbps(self, port: str) -> int:
        """Return the speed of a port whose link is up."""
        return 1000 if self.has_poe(port) else 10_000

    def port_enabled(self, port: str) -> bool:
        """Whether the port is not shut down."""
        return bool(self.config.ports[port].enabled)

    def cpu_percent(self) -> int:
        """Return the load of the switch."""
        return self.draw("cpu", 4, 19)

    def memory_percent(self) -> int:
        """Return the memory in use."""
        return self.draw("memory", 28, 45)

    # -- reachability

    def management_vlan(self) -> int | None:
        """Return the VLAN in which the switch has its address."""
        for number, svi in sorted(self.config.svis.items()):
            vlan = self.config.vlans.get(number)
            works = vlan is not None and vlan.enabled and svi.enabled and svi.address
            if works and (svi.address or "").partition("/")[0] in {"dhcp", self.host}:
                return int(number)
        return None

    def management_is_up(self) -> bool:
        """Whether the switch has an address in a VLAN that is up."""
        return self.management_vlan() is not None

    def frame_tag(self, port: str) -> int | None:
        """Return the tag of management frames; -1 where the port does not carry them."""
        number = self.management_vlan()
        untagged, tagged = self.config.vlans_of(port)
        if number is None or (number != untagged and number not in tagged):
            return -1
        return None if number == untagged else number

    def management_accepts(self, port: str, tag: int | None) -> bool:
        """Whether a frame so tagged is in the VLAN of the switch's address."""
        untagged, tagged = self.config.vlans_of(port)
        number = untagged if tag is None else tag if tag in tagged else None
        return number is not None and number == self.management_vlan()

    def forwards(self) -> bool:
        """Whether frames get from here to the management station."""
        if not self.powered or self.uplink is None:
            return self.powered
        parent, parent_port = self.links[self.uplink]
        return (
            self.link_is_up(self.uplink)
            and parent.management_accepts(parent_port, self.frame_tag(self.uplink))
            and parent.forwards()
        )

    # -- sessions

    async def execute(self, command: str, pipes: Pipes) -> int:
        """Refuse: the lab's switches offer the command line alone."""
        return 1

    # -- what is told

    def description(self) -> str:
        """Return sysDescr."""
        raise NotImplementedError

    def advertisement(self, port: str) -> Advertisement:
        """Return the LLDP frame of a port: interface name as port id."""
        return Advertisement(
            system_name=self.config.hostname,
            system_description=self.description(),
            chassis_mac=self.base_mac,
            port_id=port,
            port_id_subtype=5,
            port_description=self.config.ports[port].description or port,
            management_address=self.host,
            capabilities=0x28,
        )

    def addresses(self) -> list[tuple[str, int | None]]:
        """Return the switch's own address."""
        return [(self.base_mac, None)]

    def learnt(self) -> list[tuple[str, int, str]]:
        """Return (address, VLAN, port) of all that is learnt, people's devices included."""
        rows = []
        for port in self.links:
            untagged, tagged = self.config.vlans_of(port)
            for mac, tag in self.addresses_behind(port):
                vlan = untagged if tag is None else tag if tag in tagged else None
                if vlan is not None:
                    rows.append((mac, vlan, port))
        return rows
