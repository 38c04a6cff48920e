"""The guard of OpenWrt: a timer on the access point that puts the saved configuration back.

Before anything changes, the files that a push may change are copied to /etc/preau (flash, so that
they outlive a reboot), and two things are set that undo the change on their own: a detached
timer, and a script in /etc/uci-defaults, which the boot service runs before the network comes up
and deletes afterwards (OpenWrt developer guide, "UCI defaults"). So a power cut between the change
and our confirmation also ends with the old configuration.

Who wins between the timer and our confirmation is decided by one rename of /etc/preau/armed, which
only one of them can do. The scripts use nothing but BusyBox's ash as OpenWrt builds it;
start-stop-daemon detaches the timer from our session, so that it outlives it.
"""

from inventory.vendors.configuration import Exchange, Guard
from inventory.vendors.openwrt.configuration_uci import CRONTAB, OPTIONAL_PACKAGES, PACKAGES

FOLDER = "/etc/preau"
BOOT_HOOK = "/etc/uci-defaults/00-preau-guard"
_PID = "/tmp/preau-guard.pid"  # noqa: S108 - on the access point, where only root is

RELOAD = ("/etc/init.d/system reload", "/etc/init.d/network reload", "wifi reload")
# What else reads what we change; each may be absent.
_SERVICES = ("log", "sysntpd", "cron", *OPTIONAL_PACKAGES)
# The files by the name that their copy has.
_FILES = {
    **{package: f"/etc/config/{package}" for package in (*PACKAGES, *OPTIONAL_PACKAGES)},
    "crontab": CRONTAB,
}

# Only the crontab may be new: it is taken away again where there was none.
_RESTORE = "\n".join(
    f"if [ -e {FOLDER}/saved/{name} ]; then"
    f" cp -p {FOLDER}/saved/{name} {FOLDER}/new && mv {FOLDER}/new {path}"
    f"{f'; else rm -f {path}' if path == CRONTAB else ''}; fi"
    f"\nrm -f /tmp/.uci/{name}"
    for name, path in _FILES.items()
)


def restart(service: str) -> str:
    """Return the command that restarts a service where it is installed."""
    return f"[ ! -e /etc/init.d/{service} ] || /etc/init.d/{service} restart"


# $1: seconds to wait. Whoever renames `armed` decides; the loser does nothing.
_TIMER = "\n".join(
    [
        "trap '' HUP",
        "sleep $1",
        f"mv {FOLDER}/armed {FOLDER}/fired 2>/dev/null || exit 0",
        f"sh {FOLDER}/restore",
        f"rm -f {BOOT_HOOK}",
        "sync",
        *RELOAD,
        *(restart(service) for service in _SERVICES),
        "logger -t preau 'guard: the configuration before the last push was put back'",
    ]
)

_HOOK = "\n".join(
    [
        f"if [ -e {FOLDER}/armed ]; then",
        f"mv {FOLDER}/armed {FOLDER}/fired",
        f"sh {FOLDER}/restore",
        "fi",
        "exit 0",
    ]
)


def _file(path: str, text: str) -> Exchange:
    return Exchange(f"cat > {path} <<'PREAU'\n{text}\nPREAU")


def arm(seconds: int) -> tuple[Exchange, ...]:
    """Return what saves the configuration and starts the timer; nothing else is changed by it."""
    return (
        # Another push's guard still waits: its configuration is the one to go back to, not ours.
        Exchange(f"[ ! -e {FOLDER}/armed ]"),
        Exchange(f"rm -rf {FOLDER} && mkdir -p {FOLDER}/saved /etc/uci-defaults"),
        *(
            Exchange(f"[ ! -e {path} ] || cp -p {path} {FOLDER}/saved/{name}")
            for name, path in _FILES.items()
        ),
        _file(f"{FOLDER}/restore", _RESTORE),
        _file(f"{FOLDER}/timer", _TIMER),
        _file(BOOT_HOOK, _HOOK),
        Exchange(f"touch {FOLDER}/armed && sync"),
        Exchange(f"start-stop-daemon -S -b -m -p {_PID} -x /bin/sh -- {FOLDER}/timer {seconds}"),
        # An armed guard that does not run is no guard: ask before anything changes.
        Exchange(f"kill -0 $(cat {_PID})"),
    )


# One command, so that a session that breaks leaves either the guard or the change, never a half.
CONFIRM = (
    Exchange(
        f"mv {FOLDER}/armed {FOLDER}/confirmed && rm -f {BOOT_HOOK} && "
        f"{{ kill $(cat {_PID}) 2>/dev/null; rm -rf {FOLDER} {_PID}; }}"
    ),
)

# The same script without its wait; when the timer was faster, it finds nothing to do.
RESTORE = (Exchange(f"sh {FOLDER}/timer 0", timeout_s=60.0),)

GUARD = Guard(
    kind="on_device_timer",
    arm=arm,
    confirm=CONFIRM,
    restore=RESTORE,
    waits_s=lambda seconds: seconds,
    settle_s=60,
)
