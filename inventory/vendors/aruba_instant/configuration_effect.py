"""Whether the networks of an Instant access point are on the air, and not in its text alone.

"Aruba Instant 8.x CLI Reference Guide", show ap bss-table: a row for each BSS of the access point
that answers, its BSSID and ESSID first; `phy` begins with the radio's letter.
"""

import re
from collections.abc import Iterator, Sequence

from inventory.vendors.aruba_instant.configuration_text import (
    AP_ENV,
    OURS,
    named_sections,
    sections_of,
    value_of,
)
from inventory.vendors.configuration import Effect, Settled

_BSSID = r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}"
_RF_BANDS = {"all": "ag", "5.0": "a", "2.4": "g"}


def in_effect(answer: str, intended: str) -> Settled:
    """Judge the table of BSSs: each network of ours that should be heard now is in it."""
    silent = [
        essid
        for essid in _expected(intended)
        if not re.search(rf"(?im)^{_BSSID}\s+{re.escape(essid)}\s", answer)
    ]
    if silent:
        return Settled(False, f"{', '.join(silent)} is not in the table of BSSs")
    return Settled(True)


def _expected(intended: str) -> Iterator[str]:
    sections = sections_of(intended)
    own = sections.get(AP_ENV, ())
    for name, header in named_sections(sections, "ssid-profile").items():
        lines = sections[header]
        essid = value_of(lines, "essid")
        if OURS.match(name) and essid and _is_heard(lines, own):
            yield essid


def _is_heard(lines: Sequence[str], own: Sequence[str]) -> bool:
    """Whether a network is heard whatever the hour and place: a radio of its bands is on."""
    if "disable" in lines or any(line.startswith(("time-range ", "zone ")) for line in lines):
        return False
    letters = _RF_BANDS.get(value_of(lines, "rf-band") or "all", "")
    return any(f"dot11{letter}-radio-disable" not in own for letter in letters)


EFFECT = Effect("show ap bss-table", in_effect, timeout_s=60.0)
