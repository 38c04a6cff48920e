"""An HPE Aruba 6200F switch that runs AOS-CX 10.13; see README.md for the manuals."""

from lab.accounts import Passwords
from lab.device import DeviceSpec, Login, Terminal
from lab.devices.aruba_cx import accounts, commands, interfaces, port_features, shows
from lab.devices.aruba_cx.checkpoints import Checkpoints
from lab.devices.aruba_cx.cli import Cli
from lab.devices.aruba_cx.config import CIPHERTEXT, POE_PORTS, Config, Svi
from lab.devices.aruba_cx.mib import build_tree
from lab.mib import Tree
from lab.switch import Switch

__all__ = ["ArubaCx", "accounts", "commands", "interfaces", "port_features", "shows"]


class ArubaCx(Switch):
    """One switch; whether AOS-CX runs an exec request could not be confirmed."""

    model = "JL725A"
    product = "6200F 24G CL4 4SFP+370W Swch"
    firmware = "ML.10.13.1000"
    powers = POE_PORTS
    config: Config
    startup: Config

    def __init__(self, spec: DeviceSpec) -> None:
        self.passwords = Passwords()
        form = self.passwords.hashed(spec.password, CIPHERTEXT)
        config = Config(
            hostname=spec.hostname or spec.name,
            communities=[spec.community],
            users={spec.username or self.default_username: form},
            svis={1: Svi(address=f"{spec.host}/24")},
        )
        super().__init__(spec, config)
        self.serial = spec.serial or f"SG{self.draw('serial', 10_000_000, 99_999_999)}"
        self.checkpoints = Checkpoints(self)

    def confirmed(self, command: str) -> str:
        """Do what a question asked for."""
        if command == "boot":
            self.spawn(self.reboot())
        return ""

    def forget_timers(self) -> None:
        """End auto mode, as a restart does."""
        self.checkpoints.forget_auto()

    def password_accepted(self, username: str, password: str) -> bool:
        """Check an attempt against the users that are configured now."""
        form = self.config.users.get(username)
        accepted = not self.refuses_everyone() and self.passwords.opens(form, password)
        self.logins.append(Login(username, accepted))
        return accepted

    def answers_snmp(self) -> bool:
        """Whether the SNMP agent runs and can be reached."""
        return "default" in self.config.snmp_vrfs and self.reachable()

    def answers_ssh(self) -> bool:
        """Whether the SSH server runs and can be reached."""
        return "default" in self.config.ssh_vrfs and self.reachable()

    async def interact(self, terminal: Terminal) -> int:
        """Serve the command line."""
        return await Cli(self, terminal).serve(terminal)

    def description(self) -> str:
        """Return sysDescr."""
        return f"Aruba {self.model} {self.product} {self.firmware}"

    def mib(self) -> Tree:
        """Return what the agent answers."""
        return build_tree(self)
