"""The guard of hostapd on Linux: a timer on the machine that puts the saved files back.

What runs at the next boot is a unit of systemd (systemd.unit(5), systemd.special(7)): it comes
before the network and before every hostapd, and only while a guard is armed.
"""

from inventory.vendors.configuration import Guard
from inventory.vendors.hostapd_linux.configuration_text import FOLDER as HOSTAPD
from inventory.vendors.hostapd_linux.configuration_text import UNITS
from inventory.vendors.on_device_timer import FOLDER, TimerGuard

_VLANS = f"{UNITS}/preau-vlan-*.service"
_WANTS = f"{UNITS}/sysinit.target.wants"
_BOOT_UNIT = f"""[Unit]
Description=The configuration before the last push, where nobody confirmed that one
DefaultDependencies=no
RequiresMountsFor=/etc
After=systemd-remount-fs.service
Before=network-pre.target sysinit.target
ConditionPathExists={FOLDER}/armed

[Service]
Type=oneshot
ExecStart=/bin/sh {FOLDER}/boot

[Install]
WantedBy=sysinit.target"""

# A reload of all units takes systemd seconds: it is asked for once, and only after VLANs changed.
_ENABLE = "systemctl --no-reload enable -q"
_DISABLE = "systemctl --no-reload disable -q --now"
RELOAD = (
    "systemctl daemon-reload",
    (
        f'for unit in {_VLANS}; do [ ! -e "$unit" ] || {{ name=${{unit##*/}}; '
        f'{_ENABLE} "$name" && systemctl start "$name"; }}; done'
    ),
)


def serve(interface: str) -> str:
    """Return the command that restarts hostapd on one interface, or stops it without its file."""
    unit = f"hostapd@{interface}.service"
    return (
        f"if [ -s {HOSTAPD}/{interface}.conf ]; then {_ENABLE} {unit}; systemctl restart {unit}; "
        f"else {_DISABLE} {unit}; fi"
    )


# The networks first: a bridge that is missing yet hostapd makes itself, and its VLAN joins it.
_SERVE_ALL = (
    f'for file in {FOLDER}/saved/hostapd/*.conf {HOSTAPD}/*.conf; do [ -e "$file" ] || continue; '
    'name=${file##*/}; name=${name%.conf}; [ -e "/sys/class/net/$name" ] || continue; '
    f'case " $seen " in *" $name "*) continue ;; esac; seen="$seen $name"; '
    f'if [ -s "{HOSTAPD}/$name.conf" ]; then {_ENABLE} "hostapd@$name"; '
    'systemctl reset-failed "hostapd@$name" 2>/dev/null; systemctl restart "hostapd@$name"; '
    f'else {_DISABLE} "hostapd@$name"; fi; done'
)

_SAVE_VLANS = (
    f"mkdir -p {FOLDER}/saved/vlans && for unit in {_VLANS}; do "
    f'[ ! -e "$unit" ] || cp -p "$unit" {FOLDER}/saved/vlans/; done'
)
# What the push made and was not there before is stopped before its file goes.
_STOP_NEW = (
    f"for file in {HOSTAPD}/*.conf; do name=${{file##*/}}; "
    f'[ -e "{FOLDER}/saved/hostapd/$name" ] || [ ! -e "$file" ] || '
    f'{_DISABLE} "hostapd@${{name%.conf}}"; done'
)
_DROP_NEW_VLANS = (
    f'for unit in {_VLANS}; do [ -e "{FOLDER}/saved/vlans/${{unit##*/}}" ] || '
    f'[ ! -e "$unit" ] || {{ {_DISABLE} "${{unit##*/}}"; rm -f "$unit"; }}; done'
)
_PUT_VLANS = (
    f'for unit in {FOLDER}/saved/vlans/*; do [ ! -e "$unit" ] || cp -p "$unit" {UNITS}/; done'
)
_PUT_FILES = (
    f"rm -rf {HOSTAPD}.preau && cp -Rp {FOLDER}/saved/hostapd {HOSTAPD}.preau && "
    f"rm -rf {HOSTAPD} && mv {HOSTAPD}.preau {HOSTAPD}"
)

GUARD: Guard = TimerGuard(
    save=(f"mkdir -p {HOSTAPD} && cp -Rp {HOSTAPD} {FOLDER}/saved/hostapd", _SAVE_VLANS),
    restore=(_STOP_NEW, _DROP_NEW_VLANS, _PUT_VLANS, _PUT_FILES),
    reload=(_SERVE_ALL, *RELOAD),
    boot_hook=f"{UNITS}/preau-guard.service",
    boot_file=_BOOT_UNIT,
    # What `systemctl enable` does (systemd.unit(5), "[Install]"); it counts at the next boot only.
    enable=(f"mkdir -p {_WANTS} && ln -sf ../preau-guard.service {_WANTS}/",),
    disable=(f"rm -f {_WANTS}/preau-guard.service",),
    settle_s=90,
).guard()
