"""An Aruba AP-515 that leads an Instant 8.10 cluster; references are in README.md."""

import asyncio
import copy
import time
from collections.abc import Iterator

from lab.accounts import Passwords
from lab.device import Advertisement, Device, DeviceSpec, Login, Pipes, Terminal
from lab.devices.aruba_instant import commands, lines, profiles
from lab.devices.aruba_instant.cli import Cli
from lab.devices.aruba_instant.config import Config, Environment, factory
from lab.devices.aruba_instant.mib import build_tree
from lab.mib import Tree

__all__ = ["ArubaInstant", "commands", "lines", "profiles"]

FIVE = frozenset([*range(36, 65, 4), *range(100, 141, 4)])
LOW = frozenset(range(1, 14))
RF_BANDS = {"all": "ag", "5.0": "a", "2.4": "g"}


class ArubaInstant(Device):
    """One access point, conductor of its cluster: what runs, what is saved, what is on the air."""

    exec_allowed = False
    default_username = "preau"
    model = "515"
    firmware = "8.10.0.6-8.10.0"

    def __init__(self, spec: DeviceSpec) -> None:
        super().__init__(spec)
        octet = self.draw("mac", 0, 0xFFFF)
        self.base_mac = f"20:4c:03:{octet >> 8:02x}:{octet & 255:02x}:c0"
        self.serial = spec.serial or f"CNF{self.draw('serial', 1_000_000, 9_999_999)}"
        self.passwords = Passwords()
        self.config: Config = factory("Creche")
        self.config.communities = [spec.community]
        self.config.accounts = {
            self.username: self.passwords.hashed(spec.password, "{salt}{digest}")
        }
        self.own = Environment(name=spec.hostname or spec.name.replace("/", "-"))
        self.saved_config, self.saved_own = copy.deepcopy((self.config, self.own))
        self._air_from = 0.0

    @property
    def ap_name(self) -> str:
        """Return the access point's name: its address until it is given one."""
        return self.own.name or self.base_mac

    # -- configuration

    def apply(self, config: Config) -> None:
        """Put a committed configuration in use; the radios need a moment for it."""
        self.config = config
        self._air_from = time.monotonic() + self.spec.apply_s
        self.changed()

    @property
    def saved(self) -> bool:
        """Whether what runs is what a restart would load."""
        return (self.saved_config, self.saved_own) == (self.config, self.own)

    def save(self) -> bool:
        """Save what runs; False where a fault prevents it."""
        if self.faults.reboot_on_save:
            self.spawn(self.reboot())
            return False
        self.saved_config, self.saved_own = copy.deepcopy((self.config, self.own))
        return True

    async def reboot(self) -> None:
        """Restart with what is saved."""
        self.powered = False
        self.abort_sessions()
        await asyncio.sleep(self.spec.boot_s)
        self.powered = True
        await self.boot()

    async def boot(self) -> None:
        """Come up with what is saved."""
        self.own = copy.deepcopy(self.saved_own)
        self.apply(copy.deepcopy(self.saved_config))
        await super().boot()

    def password_accepted(self, username: str, password: str) -> bool:
        """Check an attempt against the account that is configured now."""
        form = self.config.accounts.get(username)
        accepted = not self.refuses_everyone() and self.passwords.opens(form, password)
        self.logins.append(Login(username, accepted))
        return accepted

    # -- the air

    def channels(self, letter: str) -> frozenset[int]:
        """Return what the country allows a radio."""
        return FIVE if letter == "a" else LOW

    def heard(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield BSSID, ESSID, radio and channel of what is sent now."""
        if time.monotonic() < self._air_from or not self.config.country:
            return
        enabled = [ssid for ssid in self.config.ssids.values() if ssid.enabled]
        for number, ssid in enumerate(enabled):
            for letter in RF_BANDS.get(ssid.values["rf-band"], ""):
                if letter in self.own.off:
                    continue
                channel = self.own.channels.get(letter, ("36" if letter == "a" else "6", ""))[0]
                bssid = f"{self.base_mac[:-2]}{(0xD0 if letter == 'a' else 0xC0) + number:02x}"
                yield bssid, ssid.values["essid"], letter, channel

    # -- sessions and what is told

    async def interact(self, terminal: Terminal) -> int:
        """Serve the command line."""
        return await Cli(self, terminal).serve(terminal)

    async def execute(self, command: str, pipes: Pipes) -> int:
        """Refuse: there is the command line alone."""
        return 1

    def description(self) -> str:
        """Return sysDescr."""
        return f"ArubaOS (MODEL: {self.model}), Version {self.firmware} (85757)"

    def advertisement(self, port: str) -> Advertisement:
        """Return the LLDP frame of the uplink."""
        return Advertisement(
            system_name=self.ap_name,
            system_description=self.description(),
            chassis_mac=self.base_mac,
            port_id=self.base_mac,
            port_id_subtype=3,
            port_description=port,
            management_address=self.host,
            capabilities=0x30,
        )

    def addresses(self) -> list[tuple[str, int | None]]:
        """Return the access point's own address."""
        return [(self.base_mac, None)]

    def mib(self) -> Tree:
        """Return what the agent answers."""
        return build_tree(self)
