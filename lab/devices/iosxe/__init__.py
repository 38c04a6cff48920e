"""A Catalyst 9800 that runs IOS XE 17.9, a switch with WLANs; see README.md for the manuals."""

import copy
import hashlib

from lab.device import DeviceSpec, Terminal
from lab.devices.ios import Ios
from lab.devices.iosxe.cli import XeCli
from lab.devices.iosxe.config import XeConfig


class IosXe(Ios):
    """One controller: all that an IOS switch has, and the networks of its access points."""

    model = "C9800-L-F-K9"
    firmware = "17.9.4"

    def __init__(self, spec: DeviceSpec) -> None:
        super().__init__(spec)
        base = {name: getattr(self.config, name) for name in self.config.__dataclass_fields__}
        self.config = XeConfig(**{**base, "version": "17.9"})
        self.startup = copy.deepcopy(self.config)

    def enciphered(self, value: str) -> str:
        """Return how a key is shown: the same for the same key, and not to be read."""
        return hashlib.sha256(f"{self.serial}{value}".encode()).hexdigest()[:40].upper()

    async def interact(self, terminal: Terminal) -> int:
        """Serve the command line."""
        return await XeCli(self, terminal).serve(terminal)

    def description(self) -> str:
        """Return sysDescr."""
        return (
            "Cisco IOS Software [Cupertino], C9800 Software (C9800_IOSXE-K9), Version "
            f"{self.firmware}, RELEASE SOFTWARE (fc4)"
        )
