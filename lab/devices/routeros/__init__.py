"""A MikroTik access point with RouterOS 7 and its wifi package; references are in README.md."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from lab.device import Advertisement, Device, DeviceSpec, Pipes, Terminal
from lab.devices.routeros import air, factory, script
from lab.devices.routeros.factory import MODEL, PORTS, RADIOS, VERSION
from lab.devices.routeros.interpreter import Interpreter, Quit
from lab.devices.routeros.menus import INTERFACE, WIFI
from lab.devices.routeros.mib import build_tree
from lab.devices.routeros.store import Item, Store
from lab.devices.routeros.words import Complaint, seconds
from lab.mib import Tree

STARTUP_S = 3.0  # "Scheduler": start-time=startup is three seconds after the console starts


class RouterOs(Device):
    """One access point: its configuration, its files and its scheduler."""

    exec_allowed = False
    default_username = "preau"
    version_text = VERSION

    def __init__(self, spec: DeviceSpec) -> None:
        super().__init__(spec)
        octet = self.draw("mac", 0, 0xFFFF)
        self.base_mac = f"48:a9:8a:{octet >> 8:02x}:{octet & 255:02x}:00"
        self.model = spec.model or MODEL
        self.store = factory.store_of(spec)
        self.files: dict[str, Store | None] = {"flash": None}
        self._timers: dict[int, asyncio.Task[None]] = {}
        self._pending: set[int] = set()
        self.log: list[str] = []

    # -- configuration and its effect

    @property
    def identity(self) -> str:
        """Return the name of the device."""
        return self.store.settings("/system identity")["name"]

    @property
    def default_community(self) -> str:
        """Return the community that reads."""
        return self.store.items("/snmp community")[0].values["name"]

    def names(self, menu: str) -> set[str]:
        """Return the names that a menu holds, those of interfaces of every kind included."""
        if menu == INTERFACE:
            kinds = ("/interface bridge", "/interface ethernet", WIFI)
            return set().union(*(self.store.names(kind) for kind in kinds))
        return self.store.names(menu)

    def settings_changed(self, menu: str, item: Item) -> None:
        """Let a change take effect: at once, but for a radio, which starts anew."""
        if menu.startswith(WIFI):
            for each in self.store.items(WIFI):
                self._pending.add(each.number)
            self.spawn(self._settle())
        if menu == "/system scheduler":
            self._reschedule(item)
        self.community = self.default_community
        self.changed()

    async def _settle(self) -> None:
        await asyncio.sleep(self.spec.apply_s)
        self._pending.clear()
        self.changed()

    def is_on_air(self, item: Item) -> bool:
        """Whether a wireless interface sends."""
        bands = {name: words[0] for name, words in RADIOS.items()}
        return not self._pending and air.is_on(self.store, item, bands)

    def ssid_of(self, item: Item) -> str:
        """Return the SSID of a wireless interface."""
        return air.ssid(self.store, item)

    def flags(self, menu: str, item: Item) -> str:
        """Return the flags of an item as `print` shows them."""
        off = item.values.get("disabled") == "yes"
        if menu != WIFI:
            return "X" if off else ""
        master = "" if "master-interface" in item.values else "M"
        state = "X" if off else "" if self.is_on_air(item) else "I"
        return f"{master}B{state}"

    def computed(self, menu: str) -> list[Item]:
        """Return the items of a menu that follow from the device's state."""
        if menu == "/file":
            kinds = {True: "disk", False: "backup"}
            return [
                Item(number, {"name": name, "type": kinds[content is None]})
                for number, (name, content) in enumerate(self.files.items(), 1)
            ]
        if menu == INTERFACE:
            kinds_of = ("/interface bridge", "/interface ethernet", WIFI)
            return [item for kind in kinds_of for item in self.store.items(kind)]
        return [
            Item(number, {"bands": bands, "interface": name})
            for number, (name, bands) in enumerate(RADIOS.items(), 1)
        ]

    def exported(self, *, sensitive: bool) -> str:
        """Return what `/export terse` writes."""
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        head = [
            f"# {now} by RouterOS {VERSION}",
            "# software id = LAB1-LAB2",
            "#",
            f"# model = {self.model}",
            f"# serial number = {self.serial}",
        ]
        return "".join(f"{line}\n" for line in (*head, *self.store.export(sensitive=sensitive)))

    # -- time

    def scaled(self, wanted_s: float) -> float:
        """Return how long the device waits really; its minutes may be short in tests."""
        return wanted_s * self.spec.minute_s / 60

    def _reschedule(self, item: Item) -> None:
        timer = self._timers.pop(item.number, None)
        if timer is not None and timer is not asyncio.current_task():
            timer.cancel()
        present = item in self.store.items("/system scheduler")
        interval_s = seconds(item.values.get("interval", "0s"))
        if present and interval_s and item.values.get("disabled") != "yes":
            self._timers[item.number] = self.spawn(self._repeat(item, interval_s))

    async def _repeat(self, item: Item, interval_s: float) -> None:
        # What it runs may remove it, as our guard does, or restart the device.
        while self._timers.get(item.number) is asyncio.current_task():
            await asyncio.sleep(self.scaled(interval_s))
            await self.run_script(item.values["on-event"])

    async def run_script(self, source: str) -> None:
        """Run a script by its name or as it is, without a console; what it says goes to the log."""
        named = [i for i in self.store.items("/system script") if i.values["name"] == source]
        text = named[0].values["source"] if named else source
        try:
            await Interpreter(self, self.log.append).run(script.parse(text))
        except (Complaint, Quit) as failed:
            self.log.append(f"script error: {failed}")

    def execute_soon(self, source: str) -> None:
        """Run a script in the background."""
        self.spawn(self.run_script(source))

    # -- backups and restarts

    def save_backup(self, name: str) -> None:
        """Keep the whole configuration in a file, or restart in the midst of it."""
        if self.faults.reboot_on_save:
            self.reboot_soon()
            raise Complaint("failure: cannot write file")
        self.files[f"{name.removesuffix('.backup')}.backup"] = self.store.copied()

    def load_backup(self, name: str) -> None:
        """Take the configuration of a file and restart; raises Complaint where there is none."""
        kept = self.files.get(f"{name.removesuffix('.backup')}.backup")
        if kept is None:
            raise Complaint("failure: cannot open file")
        self.store = kept.copied()
        self.reboot_soon()

    def reboot_soon(self) -> None:
        """Restart in a moment."""
        self.spawn(self._reboot())

    async def _reboot(self) -> None:
        await asyncio.sleep(0.05)
        self.power(on=False)
        await asyncio.sleep(self.spec.boot_s)
        self.power(on=True)

    def power(self, *, on: bool) -> None:
        """Lose or get the power; what is not below flash/ is gone."""
        if not on:
            for timer in self._timers.values():
                if timer is not asyncio.current_task():
                    timer.cancel()
            self._timers.clear()
            self.files = {n: c for n, c in self.files.items() if n.startswith("flash")}
        super().power(on=on)

    async def boot(self) -> None:
        """Come up with what flash holds, and do what is scheduled for the start."""
        await super().boot()
        self.community = self.default_community
        for item in list(self.store.items("/system scheduler")):
            self._reschedule(item)
        await asyncio.sleep(self.scaled(STARTUP_S))
        for item in list(self.store.items("/system scheduler")):
            if item.values.get("start-time") == "startup" and item.values["interval"] == "0s":
                await self.run_script(item.values["on-event"])

    # -- reachability

    def management_is_up(self) -> bool:
        """Whether the bridge has its address, and its uplink is in it."""
        bridges = [i for i in self.store.items("/interface bridge") if _enabled(i)]
        if not bridges:
            return False
        name = bridges[0].values["name"]
        port = self._uplink_port(name)
        cable = next(i for i in self.store.items("/interface ethernet") if i.fixed.endswith("r1"))
        addressed = any(
            i.values.get("interface") == name and _enabled(i)
            for i in self.store.items("/ip address")
        )
        return addressed and port is not None and _enabled(cable)

    def _uplink_port(self, bridge: str) -> Item | None:
        ports = self.store.items("/interface bridge port")
        return next(
            (
                i
                for i in ports
                if (i.values["bridge"], i.values["interface"]) == (bridge, PORTS[0]) and _enabled(i)
            ),
            None,
        )

    def frame_tag(self, port: str) -> int | None:
        """Return the VLAN tag of management frames: none unless the bridge is moved to a VLAN."""
        bridge = self.store.items("/interface bridge")[0].values
        member = self._uplink_port(bridge["name"])
        if bridge["vlan-filtering"] != "yes" or member is None:
            return None
        same = bridge["pvid"] == member.values["pvid"]
        return None if same else int(bridge["pvid"])

    def password_accepted(self, username: str, password: str) -> bool:
        """Check one login: `+ct511w` and the like after the name are options of the console."""
        return super().password_accepted(username.partition("+")[0], password)

    # -- sessions

    async def execute(self, command: str, pipes: Pipes) -> int:
        """Run an exec request."""
        await self._line(command, pipes.write)
        return 0

    async def interact(self, terminal: Terminal) -> int:
        """Serve a console."""
        terminal.write(f"\n  MikroTik RouterOS {VERSION} (c) 1999-2025\n\n")
        while True:
            if self.faults.odd_prompt:
                terminal.write("\n12:34:56 echo: system,info nothing that matters\n")
            prompt = f"[{self.username}@{self.identity}] > "
            line = await terminal.read_line(prompt)
            if line is None:
                return 0
            if self.faults.odd_prompt and line:
                terminal.write(f"{prompt}{line}\n")
            try:
                await self._line(line, terminal.write)
            except Quit:
                return 0

    async def _line(self, line: str, write: Callable[[str], None]) -> None:
        if not line.strip():
            return
        try:
            if self.faults.refuses(line):
                raise Complaint("failure: the lab was told to refuse this")
            await Interpreter(self, write).run(script.parse(line))
        except Complaint as complaint:
            write(f"{complaint}\n")

    # -- what is told

    def description(self) -> str:
        """Return sysDescr."""
        return f"RouterOS {self.model}"

    def advertisement(self, port: str) -> Advertisement:
        """Return the LLDP frame."""
        return Advertisement(
            system_name=self.identity,
            system_description=f"MikroTik RouterOS {VERSION} (stable) {self.model}",
            chassis_mac=self.base_mac,
            port_id=port,
            port_id_subtype=5,
            port_description="",
            management_address=self.host,
            capabilities=0x30,
        )

    def mib(self) -> Tree:
        """Return what the agent answers."""
        return build_tree(self)


def _enabled(item: Item) -> bool:
    return item.values.get("disabled") != "yes"
