"""The guard of devices with a POSIX shell: a timer on the device puts the old files back.

Before anything changes, the files that a push may change are copied to a folder in flash (so that
they outlive a reboot), and two things are set that undo the change on their own: a detached timer,
and a script that runs at the next boot before the network comes up. So a power cut between the
change and our confirmation also ends with the old configuration.

Who wins between the timer and our confirmation is decided by one rename of `armed`, which only one
of them can do. The scripts use nothing but a POSIX shell; start-stop-daemon (BusyBox's and dpkg's
know these options alike) detaches the timer from our session, so that it outlives it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from inventory.vendors.configuration import Exchange, Guard

FOLDER = "/etc/preau"
_PID = "/tmp/preau-guard.pid"  # noqa: S108 - on the access point, where only root is


@dataclass(frozen=True, slots=True)
class TimerGuard:
    """What differs from family to family.

    `save` are commands that copy into `FOLDER/saved`, `restore` are lines that put the files back,
    `reload` those that make the device take them. `boot_hook` is a file that the device runs at its
    next boot before its network; `enable` and `disable` make it do so, and no more.
    """

    save: Sequence[str]
    restore: Sequence[str]
    reload: Sequence[str]
    boot_hook: str
    enable: Sequence[str] = ()
    disable: Sequence[str] = ()
    boot_file: str | None = None  # what `boot_hook` holds; None: the script itself
    settle_s: int = 60

    def guard(self) -> Guard:
        """Return the guard made of these."""
        return Guard(
            kind="on_device_timer",
            arm=self.arm,
            # One command: a session that breaks leaves the guard or the change, never a half.
            confirm=(
                Exchange(
                    f"mv {FOLDER}/armed {FOLDER}/confirmed && {self._unhook(' && ')} && "
                    f"{{ kill $(cat {_PID}) 2>/dev/null; rm -rf {FOLDER} {_PID}; }}"
                ),
            ),
            # The timer's script without its wait; when it was faster, it finds nothing to do.
            restore=(Exchange(f"sh {FOLDER}/timer 0", timeout_s=60.0),),
            waits_s=lambda seconds: seconds,
            settle_s=self.settle_s,
        )

    def arm(self, seconds: int) -> tuple[Exchange, ...]:
        """Return what saves the configuration and starts the timer; nothing else is changed."""
        at_boot = (
            (_file(self.boot_hook, self._at_boot()),)
            if self.boot_file is None
            else (_file(f"{FOLDER}/boot", self._at_boot()), _file(self.boot_hook, self.boot_file))
        )
        folder = self.boot_hook.rpartition("/")[0]
        return (
            # Another push's guard still waits: its configuration is the one to go back to.
            Exchange(f"[ ! -e {FOLDER}/armed ]"),
            Exchange(f"rm -rf {FOLDER} && mkdir -p {FOLDER}/saved {folder}"),
            *(Exchange(line) for line in self.save),
            _file(f"{FOLDER}/restore", "\n".join(self.restore)),
            _file(f"{FOLDER}/timer", self._timer()),
            *at_boot,
            *(Exchange(line) for line in self.enable),
            Exchange(f"touch {FOLDER}/armed && sync"),
            Exchange(
                f"start-stop-daemon -S -b -m -p {_PID} -x /bin/sh -- {FOLDER}/timer {seconds}"
            ),
            # An armed guard that does not run is no guard: ask before anything changes.
            Exchange(f"kill -0 $(cat {_PID})"),
        )

    def _timer(self) -> str:
        """Return the script; `$1` are the seconds to wait. Whoever renames `armed` decides."""
        return "\n".join(
            [
                "trap '' HUP",
                "sleep $1",
                f"mv {FOLDER}/armed {FOLDER}/fired 2>/dev/null || exit 0",
                f"sh {FOLDER}/restore",
                self._unhook("\n"),
                "sync",
                *self.reload,
                "logger -t preau 'guard: the configuration before the last push was put back'",
            ]
        )

    def _at_boot(self) -> str:
        return "\n".join(
            [
                f"if [ -e {FOLDER}/armed ]; then",
                f"mv {FOLDER}/armed {FOLDER}/fired",
                f"sh {FOLDER}/restore",
                "fi",
                "exit 0",
            ]
        )

    def _unhook(self, joint: str) -> str:
        return joint.join([*self.disable, f"rm -f {self.boot_hook}"])


def _file(path: str, text: str) -> Exchange:
    return Exchange(f"cat > {path} <<'PREAU'\n{text}\nPREAU")
