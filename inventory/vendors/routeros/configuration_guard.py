"""The guard of RouterOS: the router's own scheduler loads the backup made before the change.

Why not safe mode (MikroTik documentation, "Configuration Management", Safe Mode): it ends with the
session that holds it, while we confirm from a new session; a session that is cut is noticed by the
router after the TCP timeout of nine minutes; above 100 changes it is left without a word and
nothing is undone; and what a loss of power does to it is not said.

Why a backup and not `/import` of the lines that lead back ("Configuration Management", Backup):
loading one gives back every setting whatever part of a change was taken; an import stops at the
first line that does not fit. It restarts the router, which is what `reboots` says.

RouterOS keeps every change at once, so a restart in between would keep the new configuration: a
second entry (`start-time=startup`, "Scheduler") loads the backup then. The backup was made before
the two entries, so that a restored router has neither. The timer that fires removes itself first:
our confirmation either finds it, or comes too late and says so. The clock moves the timer: a jump
forward, as after a first NTP answer, restores early; a jump backward, late.
"""

from inventory.vendors.configuration import Exchange, Guard
from inventory.vendors.routeros.configuration_export import GUARD_NAME as NAME
from inventory.vendors.routeros.configuration_export import spoken

_POLICY = "ftp,reboot,read,write,policy,test,password,sensitive"
# Where there is a folder `flash`, everything else is in memory and lost at a restart ("Files").
_FOLDER = ':local d ""; :if ([:len [/file find where name="flash"]] > 0) do={:set d "flash/"}'
_LOAD = (
    f'/system scheduler remove [find where name="{NAME}"]; '
    f'{{{_FOLDER}; /system backup load name=($d . "{NAME}.backup") password=""}}'
)
_WAITS = f'[:len [/system scheduler find where name~"^{NAME}"]]'


def _says(condition: str, word: str, doing: str = "") -> Exchange:
    """Return a command that answers `preau-WORD` where the condition holds.

    The word is put together on the router, so that the echo of the command is not the answer.
    """
    done = f'{doing}:put ("preau-" . "{word}")'
    return Exchange(f":if ({condition}) do={{{done}}}", accept=f"preau-{word}")


def arm(seconds: int) -> tuple[Exchange, ...]:
    """Return what makes the backup and starts the timer; nothing else is changed by it."""
    add = f"/system scheduler add name={NAME}"
    how = f"policy={_POLICY} on-event={NAME}"
    return (
        # Another push's guard still waits: its backup is the one to go back to, not ours.
        _says(f"{_WAITS} = 0", "free"),
        Exchange(f'/system script remove [find where name="{NAME}"]'),
        Exchange(
            f'{{{_FOLDER}; /system backup save dont-encrypt=yes name=($d . "{NAME}")}}',
            accept="(?i)backup saved",
            timeout_s=60.0,
        ),
        Exchange(f'/system script add name={NAME} policy={_POLICY} source="{spoken(_LOAD)}"'),
        # The timer first: where it is, our confirmation takes everything away, also the half of it
        # that a run left which was killed here.
        Exchange(f"{add} interval={seconds}s {how}"),
        Exchange(f"{add}-boot start-time=startup {how}"),
        # An armed guard that is not there is no guard: ask before anything changes.
        _says(f"{_WAITS} = 2", "armed"),
    )


# One line, so that a session that breaks leaves either the guard or the change, never a half.
CONFIRM = (
    _says(
        f'[:len [/system scheduler find where name="{NAME}"]] = 1',
        "kept",
        f'/system scheduler remove [find where name~"^{NAME}"]; ',
    ),
    Exchange(f'/system script remove [find where name="{NAME}"]'),
    Exchange(f'/file remove [find where name~"{NAME}"]'),
)

# The restart ends this session; where the guard had nothing to load, the line just comes back.
RESTORE = (Exchange(f":execute {{/system script run {NAME}}}; :delay 20s", timeout_s=40.0),)

# The backup holds every key of the router: it goes once nothing is there that would load it.
_REMAINS = f'script remove [find where name="{NAME}"]; /file remove [find where name~"{NAME}"]; '
TIDY = (_says(f"{_WAITS} = 0", "tidy", f"/system {_REMAINS}"),)

GUARD = Guard(
    kind="on_device_timer",
    arm=arm,
    confirm=CONFIRM,
    restore=RESTORE,
    waits_s=lambda seconds: seconds,
    settle_s=240,  # it starts twice: with the change, then with the backup
    reboots=True,
    tidy=TIDY,
)
