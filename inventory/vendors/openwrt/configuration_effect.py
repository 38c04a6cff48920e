"""Whether netifd runs what stands in UCI's files, and nothing of ours that stands there no more.

`ubus call network.wireless status` (netifd of OpenWrt 23.05): by radio its state, and of each
interface its section, its `ifname` once hostapd runs it, and the options that were loaded.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inventory.vendors.configuration import Effect, Settled
from inventory.vendors.openwrt.configuration_facts import crontab_key
from inventory.vendors.openwrt.configuration_uci import CRONTAB_PACKAGE, parse
from inventory.vendors.records import Record

OURS = "preau_"
_LOADED = ("ssid", "key", "encryption")  # the files may say another one than what runs


def in_effect(answer: str, intended: str) -> Settled:
    """Judge the status: our radios carry our WLANs as they are intended, and no others of ours."""
    try:
        status = json.loads(answer)
    except (ValueError, RecursionError):
        status = None
    if not isinstance(status, dict):
        return Settled(False, "the status of the radios is not JSON")
    problem = next(_problems(status, parse(intended)), None)
    return Settled(problem is None, problem)


def _problems(status: Mapping[str, Any], records: Sequence[Record]) -> Iterator[str]:
    off = {r.key for r in records if r.kind == "wifi-device" and r.options.get("disabled") == "1"}
    timed = [record.key for record in records if record.package == CRONTAB_PACKAGE]
    ours = [r for r in records if r.kind == "wifi-iface" and r.key.startswith(OURS)]
    for record in ours:
        name = str(record.options["device"])
        radio = status.get(name, {})
        # `wifi down` leaves netifd's autostart false: outside its hours a radio is rightly silent.
        silent = radio.get("autostart") is False and any(
            key.startswith(crontab_key(name)) for key in timed
        )
        if name not in off and (radio.get("retry_setup_failed") or not silent):
            yield from _not_carried(record, name, radio)
    wanted = {record.key for record in ours}
    for name, radio in status.items():
        for each in radio.get("interfaces", []):
            if each["section"].startswith(OURS) and each["section"] not in wanted:
                yield f"{each['section']} is still on {name}"


def _not_carried(record: Record, name: str, radio: Mapping[str, Any]) -> Iterator[str]:
    """Yield why a radio does not carry one of our WLANs."""
    if radio.get("retry_setup_failed"):
        yield f"{name} could not be set up"
    if radio.get("pending") or not radio.get("up"):
        yield f"{name} is not up"
    # netifd names the interface of a section once hostapd runs it.
    present = {each["section"]: each for each in radio.get("interfaces", []) if "ifname" in each}
    if record.key not in present:
        yield f"{record.key} is not on {name}"
        return
    loaded = present[record.key].get("config", {})
    for option in _LOADED:
        if option in loaded and loaded[option] != record.options.get(option, loaded[option]):
            yield f"{record.key} runs with another {option} on {name}"


EFFECT = Effect("ubus call network.wireless status", in_effect, timeout_s=90.0)
