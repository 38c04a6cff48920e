"""A Cisco Catalyst 2960-X that runs IOS 15.2(7)E; see README.md for the manuals."""

import copy

from lab.accounts import Passwords
from lab.device import DeviceSpec, Login, Terminal
from lab.devices.ios import commands, interfaces, management, shows
from lab.devices.ios.cli import Cli
from lab.devices.ios.config import POE_PORTS, Config, Svi
from lab.devices.ios.guards import Guards
from lab.devices.ios.mib import build_tree
from lab.mib import Tree
from lab.switch import Switch, SwitchConfig

__all__ = ["Ios", "commands", "interfaces", "management", "shows"]


class Ios(Switch):
    """One switch: running and startup configuration, vlan.dat, timers."""

    model = "WS-C2960X-24PS-L"
    firmware = "15.2(7)E3"
    powers = POE_PORTS
    config: Config
    startup: Config

    def __init__(self, spec: DeviceSpec) -> None:
        self.passwords = Passwords()
        name = spec.username or self.default_username
        config = Config(
            hostname=spec.hostname or spec.name.replace("/", "-"),
            communities=[spec.community],
            svis={1: Svi(address=spec.host)},
            accounts={name: f"5 {self.passwords.hashed(spec.password, '$1${salt}${digest:.22}')}"},
            archive_path=None if spec.model == "no archive" else "flash:archive",
        )
        super().__init__(spec, config)
        self.serial = spec.serial or f"FOC{self.draw('serial', 10_000_000, 99_999_999)}"
        self.guards = Guards(self)

    def restore(self, config: SwitchConfig) -> None:
        """Make a kept configuration the running one; the VLANs are in vlan.dat and stay."""
        kept = copy.deepcopy(config)
        assert isinstance(kept, Config)
        kept.vlans = self.config.vlans
        super().restore(kept)

    def forget_timers(self) -> None:
        """End the timers, as a restart does."""
        self.guards.forget()

    def password_accepted(self, username: str, password: str) -> bool:
        """Check an attempt against the accounts that are configured now."""
        form = self.config.accounts.get(username, "").partition(" ")[2]
        accepted = not self.refuses_everyone() and self.passwords.opens(form, password)
        self.logins.append(Login(username, accepted))
        return accepted

    async def interact(self, terminal: Terminal) -> int:
        """Serve the command line."""
        return await Cli(self, terminal).serve(terminal)

    def description(self) -> str:
        """Return sysDescr."""
        return (
            "Cisco IOS Software, C2960X Software (C2960X-UNIVERSALK9-M), "
            f"Version {self.firmware}, RELEASE SOFTWARE (fc3)"
        )

    def mib(self) -> Tree:
        """Return what the agent answers."""
        return build_tree(self)
