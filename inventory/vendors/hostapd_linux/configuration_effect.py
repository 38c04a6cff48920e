"""Whether hostapd serves what stands in its files, and nothing that stands there no more.

hostapd_cli(1) of hostapd 2.10, `status`: `state`, then `bss[N]` and `ssid[N]` of each network.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from inventory.vendors.configuration import Effect, Settled
from inventory.vendors.hostapd_linux.configuration_facts import CONTROL
from inventory.vendors.hostapd_linux.configuration_text import FOLDER, files_of, is_ours, parse
from inventory.vendors.records import Record

_ASK = f'echo "#$name"; hostapd_cli -p {CONTROL} -i "$name" status 2>&1'
# Each file, then each radio that is served though it has no file any more.
_STATUS = (
    f'for file in {FOLDER}/*.conf; do [ -s "$file" ] || continue; name=${{file##*/}}; '
    f"name=${{name%.conf}}; {_ASK}; done; for net in /sys/class/net/*; do name=${{net##*/}}; "
    f'[ -e "$net/phy80211" ] && [ ! -s "{FOLDER}/$name.conf" ] && '
    f'systemctl is-active -q "hostapd@$name" >/dev/null 2>&1 && {{ {_ASK}; }}; done; true'
)
_ESCAPED = re.compile(rb'\\(x[0-9a-f]{2}|["\\enrt])')
_SIGNS = {b"e": b"\x1b", b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def in_effect(answer: str, intended: str) -> Settled:
    """Judge `hostapd_cli status` of each radio: it serves our networks, and none without a file.

    A network that was taken away, or has another name now, is on the air until hostapd restarts.
    """
    told = dict(_served(part) for part in re.split(r"(?m)^#(?=\S)", answer)[1:])
    files: dict[str, dict[str, Record]] = {}
    for record in files_of(parse(intended)):
        files.setdefault(record.package, {})[record.key] = record
    for radio, networks in files.items():
        served = told.get(radio, _Served("not served"))
        for name, record in networks.items():
            if not is_ours(record):
                continue
            if served.state != "ENABLED":
                return Settled(False, f"{radio} is {served.state.lower()}")
            if name not in served.networks:
                return Settled(False, f"{name} is not on {radio}")
            if served.networks[name] not in {None, record.options.get("ssid")}:
                return Settled(False, f"{name} has another SSID on {radio}")
    for radio, served in told.items():
        left = [name for name in served.networks if name not in files.get(radio, {})]
        if left:
            return Settled(False, f"{left[0]} is still on {radio}")
    return Settled(True)


@dataclass(frozen=True, slots=True)
class _Served:
    """What one hostapd says: its state, and the SSID of each interface, None where not told."""

    state: str
    networks: Mapping[str, str | None] = field(default_factory=dict)


def _served(part: str) -> tuple[str, _Served]:
    radio, _, text = part.partition("\n")
    status = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    networks = {
        value: _ssid(status.get(f"ssid[{found[1]}]"))
        for name, value in status.items()
        if (found := re.fullmatch(r"bss\[(\d+)\]", name))
    }
    return radio.strip(), _Served(status.get("state", "not served"), networks)


def _ssid(told: str | None) -> str | None:
    """Return an SSID that hostapd wrote by its printf_encode (common.c, hostapd 2.10)."""
    if told is None:
        return None
    octets = _ESCAPED.sub(
        lambda m: bytes([int(m[1][1:], 16)]) if len(m[1]) == 3 else _SIGNS.get(m[1], m[1]),
        told.encode(),
    )
    return octets.decode("utf-8", errors="replace")


EFFECT = Effect(_STATUS, in_effect, timeout_s=90.0)
