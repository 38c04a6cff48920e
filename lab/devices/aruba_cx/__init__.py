"""An HPE Aruba 6200F switch that runs AOS-CX 10.13; see README.md for the manuals."""

import asyncio
import copy

from lab.device import Advertisement, Device, DeviceSpec, Pipes, Terminal
from lab.devices.aruba_cx import commands, interfaces, shows
from lab.devices.aruba_cx.checkpoints import Checkpoints
from lab.devices.aruba_cx.cli import Cli
from lab.devices.aruba_cx.config import POE_PORTS, Config, Svi
from lab.devices.aruba_cx.mib import build_tree
from lab.mib import Tree

__all__ = ["ArubaCx", "commands", "interfaces", "shows"]


class ArubaCx(Device):
    """One switch: running and startup configuration, checkpoints, ports."""

    exec_allowed = False  # whether AOS-CX runs an exec request could not be confirmed
    default_username = "preau"
    model = "JL725A"
    product = "6200F 24G CL4 4SFP+370W Swch"
    firmware = "ML.10.13.1000"

    def __init__(self, spec: DeviceSpec) -> None:
        super().__init__(spec)
        self.serial = spec.serial or f"SG{self.draw('serial', 10_000_000, 99_999_999)}"
        octet = self.draw("mac", 0, 0xFFFF)
        self.base_mac = f"02:1a:1e:{octet >> 8:02x}:{octet & 255:02x}:00"
        self.config = Config(
            hostname=spec.hostname or spec.name,
            communities=[spec.community],
            username=self.username,
            svis={1: Svi(address=f"{spec.host}/24")},
        )
        self.startup = copy.deepcopy(self.config)
        self.checkpoints = Checkpoints(self)
        self._poe_before = self._poe()

    # -- configuration

    def applied(self) -> None:
        """Let a change of the running configuration take effect."""
        before, self._poe_before = self._poe_before, self._poe()
        self.changed()
        for port, on in self._poe_before.items():
            if on != before[port] and port in self.links:
                other, _ = self.links[port]
                if other.uplink is not None and other.links[other.uplink][0] is self:
                    other.power(on=on)

    def restore(self, config: Config) -> None:
        """Make a kept configuration the running one."""
        self.path_lost = False
        self.config = copy.deepcopy(config)
        self.applied()

    def save(self) -> None:
        """Make the running configuration the startup one."""
        if self.faults.reboot_on_save:
            self.spawn(self._reboot())
            return
        self.startup = copy.deepcopy(self.config)

    def confirmed(self, command: str) -> str:
        """Do what a question asked for."""
        if command == "boot":
            self.spawn(self._reboot())
        return ""

    async def _reboot(self) -> None:
        self.powered = False
        self.abort_sessions()
        self.checkpoints.forget_auto()
        fed = [port for port, on in self._poe().items() if on and port in self.links]
        devices = [self.links[port][0] for port in fed]
        devices = [device for device in devices if device.uplink and device is not self]
        for device in devices:
            if device.links[device.uplink or ""][0] is self:
                device.power(on=False)
        await asyncio.sleep(self.spec.boot_s)
        self.powered = True
        self.restart_clock()
        self.restore(self.startup)
        for device in devices:
            device.power(on=True)

    async def boot(self) -> None:
        """Come up with the startup configuration."""
        self.checkpoints.forget_auto()
        self.restore(self.startup)
        await super().boot()

    # -- ports

    def has_poe(self, port: str) -> bool:
        """Whether a port can feed a device."""
        return int(port.rpartition("/")[2]) <= POE_PORTS

    def _poe(self) -> dict[str, bool]:
        return {name: port.poe for name, port in self.config.ports.items()}

    def poe_w(self, port: str) -> float:
        """Return what a port feeds, in watts."""
        settings = self.config.ports[port]
        if not (self.has_poe(port) and settings.poe and port in self.links):
            return 0.0
        other, _ = self.links[port]
        if other.uplink is None or other.links[other.uplink][0] is not self:
            return 0.0
        return 0.0 if isinstance(other, ArubaCx) else self.draw(f"poe{port}", 70, 128) / 10

    def speed_mbps(self, port: str) -> int:
        """Return the speed of a port whose link is up."""
        return 1000 if self.has_poe(port) else 10_000

    def port_enabled(self, port: str) -> bool:
        """Whether the port is not shut down."""
        return self.config.ports[port].enabled

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
                return number
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

    def answers_snmp(self) -> bool:
        """Whether the SNMP agent runs and can be reached."""
        return "default" in self.config.snmp_vrfs and self.reachable()

    def answers_ssh(self) -> bool:
        """Whether the SSH server runs and can be reached."""
        return "default" in self.config.ssh_vrfs and self.reachable()

    # -- sessions

    async def interact(self, terminal: Terminal) -> int:
        """Serve the command line."""
        return await Cli(self, terminal).serve(terminal)

    async def execute(self, command: str, pipes: Pipes) -> int:
        """Refuse: the lab's switch offers the command line alone."""
        return 1

    # -- what is told

    def description(self) -> str:
        """Return sysDescr."""
        return f"Aruba {self.model} {self.product} {self.firmware}"

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

    def mib(self) -> Tree:
        """Return what the agent answers."""
        return build_tree(self)
