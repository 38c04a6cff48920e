"""The guard of OpenWrt: a timer on the access point that puts the saved configuration back.

What runs at the next boot stands in /etc/uci-defaults, which the boot service runs before the
network comes up and deletes afterwards (OpenWrt developer guide, "UCI defaults"). The scripts use
nothing but BusyBox's ash as OpenWrt builds it.
"""

from inventory.vendors.on_device_timer import FOLDER, TimerGuard
from inventory.vendors.openwrt.configuration_uci import CRONTAB, OPTIONAL_PACKAGES, PACKAGES

BOOT_HOOK = "/etc/uci-defaults/00-preau-guard"

RELOAD = ("/etc/init.d/system reload", "/etc/init.d/network reload", "wifi reload")
# What else reads what we change; each may be absent.
_SERVICES = ("log", "sysntpd", "cron", *OPTIONAL_PACKAGES)
# The files by the name that their copy has.
_FILES = {
    **{package: f"/etc/config/{package}" for package in (*PACKAGES, *OPTIONAL_PACKAGES)},
    "crontab": CRONTAB,
}

# Only the crontab may be new: it is taken away again where there was none.
_RESTORE = [
    f"if [ -e {FOLDER}/saved/{name} ]; then"
    f" cp -p {FOLDER}/saved/{name} {FOLDER}/new && mv {FOLDER}/new {path}"
    f"{f'; else rm -f {path}' if path == CRONTAB else ''}; fi"
    f"\nrm -f /tmp/.uci/{name}"
    for name, path in _FILES.items()
]


def restart(service: str) -> str:
    """Return the command that restarts a service where it is installed."""
    return f"[ ! -e /etc/init.d/{service} ] || /etc/init.d/{service} restart"


GUARD = TimerGuard(
    save=[
        f"[ ! -e {path} ] || cp -p {path} {FOLDER}/saved/{name}" for name, path in _FILES.items()
    ],
    restore=_RESTORE,
    reload=[*RELOAD, *(restart(service) for service in _SERVICES)],
    boot_hook=BOOT_HOOK,
).guard()
