"""The programs that only OpenWrt has.

BusyBox is as OpenWrt 23.05 builds it: package/utils/busybox/Config-defaults.in tells which of its
applets there are: `setsid` and `start-stop-daemon` are, `nohup` is not.
"""

from functools import partial
from typing import TYPE_CHECKING, cast

from lab.posix.applets import Applet, applet
from lab.posix.ash import Shell

if TYPE_CHECKING:
    from lab.devices.openwrt import OpenWrt

PROGRAMS: dict[str, Applet] = {}
program = partial(applet, into=PROGRAMS)


def machine_of(shell: Shell) -> "OpenWrt":
    """Return the access point that a shell runs on."""
    return cast("OpenWrt", shell.machine)
