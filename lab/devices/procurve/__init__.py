"""An HPE Aruba 2930F that runs ArubaOS-Switch 16.08; see README.md for the manuals."""

import asyncio
import hashlib

from lab.accounts import Passwords
from lab.device import DeviceSpec, Login, Terminal
from lab.devices.procurve import commands, interfaces, management
from lab.devices.procurve.cli import Cli
from lab.devices.procurve.config import POE_PORTS, Config
from lab.devices.procurve.mib import build_tree
from lab.mib import Tree
from lab.switch import Switch

__all__ = ["ProCurve", "commands", "interfaces", "management"]


class ProCurve(Switch):
    """One switch: running and saved configuration, and a scheduled reload."""

    model = "JL255A"
    product = "Aruba JL255A 2930F-24G-PoE+-4SFP+ Switch"
    firmware = "WC.16.08.0012"
    powers = POE_PORTS
    config: Config
    startup: Config

    def __init__(self, spec: DeviceSpec) -> None:
        self.passwords = Passwords()
        self.grants_all = spec.model != "operator"
        form = hashlib.sha1(spec.password.encode(), usedforsecurity=False).hexdigest()
        self.passwords.by_form[form] = spec.password
        config = Config(
            hostname=spec.hostname or spec.name.replace("/", "-"),
            communities=[spec.community],
            manager=(spec.username or self.default_username, form),
        )
        config.vlans[1].address = spec.host
        self._reload: asyncio.Task[None] | None = None
        super().__init__(spec, config)
        self.serial = spec.serial or f"CN{self.draw('serial', 10_000_000, 99_999_999)}"

    @property
    def reload_waits(self) -> bool:
        """Whether a restart is scheduled."""
        return self._reload is not None

    def start_reload(self, minutes: int) -> None:
        """Restart after so many minutes, with what is saved then."""
        self.cancel_reload()
        self._reload = self.spawn(self._restart(minutes))

    def cancel_reload(self) -> bool:
        """Forget the scheduled restart; return whether there was one."""
        waiting, self._reload = self._reload, None
        if waiting is not None:
            waiting.cancel()
        return waiting is not None

    async def _restart(self, minutes: int) -> None:
        await asyncio.sleep(minutes * self.spec.minute_s)
        self._reload = None
        await self.reboot()

    def forget_timers(self) -> None:
        """End the timer, as a restart does."""
        self.cancel_reload()

    def password_accepted(self, username: str, password: str) -> bool:
        """Check an attempt against the manager's account."""
        name, form = self.config.manager or (username, "")
        opened = self.config.manager is None or self.passwords.opens(form, password)
        accepted = not self.refuses_everyone() and username == name and opened
        self.logins.append(Login(username, accepted))
        return accepted

    async def interact(self, terminal: Terminal) -> int:
        """Serve the command line."""
        return await Cli(self, terminal).serve(terminal)

    def description(self) -> str:
        """Return sysDescr."""
        return (
            f"{self.product}, revision {self.firmware}, "
            "ROM WC.16.01.0006 (/ws/swbuildm/rel_ajanta_qaoff/code/build/lvm)"
        )

    def mib(self) -> Tree:
        """Return what the agent answers."""
        return build_tree(self)
