"""Which radio of a Linux access point serves which band, and what its radio options should be.

A radio that is served already keeps its band; of the others, one that knows a single band comes
first. Source: hostapd 2.10, `hostapd.conf`: country_code, ieee80211d, ieee80211h, hw_mode, channel
(0: automatic), acs_exclude_dfs, ht_capab, vht_oper_chwidth, vht_oper_centr_freq_seg0_idx.
"""

from collections.abc import Mapping, Sequence

from inventory.intent import Band, DeviceIntent, RadioPlan
from inventory.intent.wireless import FIVE_GHZ_BLOCKS
from inventory.vendors.hostapd_linux.configuration_text import FACTS
from inventory.vendors.records import Record

CONTROL = "/run/hostapd"
_MODES = {Band.GHZ_2_4: "g", Band.GHZ_5: "a", Band.GHZ_6: "a"}
# Where neither the plan nor the device names a channel.
_FIRST_CHANNEL = {Band.GHZ_2_4: "1", Band.GHZ_5: "36", Band.GHZ_6: "1"}
# The options of a file that are the radio's, not its first network's.
_RADIO_WORDS = """
    driver ctrl_interface ctrl_interface_group country_code country3 ieee80211d ieee80211h
    hw_mode channel chanlist freqlist op_class beacon_int dtim_period rts_threshold
    fragm_threshold preamble supported_rates basic_rates noscan ieee80211n ht_capab require_ht
    obss_interval ieee80211ac vht_capab require_vht vht_oper_chwidth
    vht_oper_centr_freq_seg0_idx vht_oper_centr_freq_seg1_idx ieee80211ax he_oper_chwidth
    he_oper_centr_freq_seg0_idx he_oper_centr_freq_seg1_idx he_su_beamformer he_su_beamformee
    he_mu_beamformer he_bss_color he_default_pe_duration acs_exclude_dfs acs_num_scans
    local_pwr_constraint spectrum_mgmt_required logger_syslog logger_syslog_level
    logger_stdout logger_stdout_level wmm_enabled
"""
RADIO_OPTIONS = frozenset(_RADIO_WORDS.split())


def bands_of(intent: DeviceIntent, records: Sequence[Record]) -> dict[str, Band]:
    """Return the band of each radio that has one, by the radio's interface."""
    able = {
        record.key: [Band(word) for word in str(record.options["bands"]).split()]
        for record in records
        if (record.package, record.kind) == (FACTS, "radio")
    }
    found = {
        record.package: band
        for record in records
        if record.kind == "interface" and (band := _served(record)) is not None
    }
    wanted = {band for wlan in intent.wlans for band in wlan.bands}
    wanted |= {plan.band for plan in intent.radios}
    for band in sorted(wanted - set(found.values())):
        free = [name for name, bands in able.items() if name not in found and band in bands]
        if free:
            found[min(free, key=lambda name: (len(able[name]), name))] = band
    return found


def _served(interface: Record) -> Band | None:
    mode = interface.options.get("hw_mode")
    if mode == "g":
        return Band.GHZ_2_4
    op_class = str(interface.options.get("op_class", ""))
    if op_class.isdecimal() and 131 <= int(op_class) <= 137:  # 6 GHz (802.11-2020, annex E)
        return Band.GHZ_6
    return Band.GHZ_5 if mode == "a" else None


def radio_options(
    intent: DeviceIntent,
    plan: RadioPlan | None,
    band: Band,
    running: Mapping[str, object],
    notes: list[str],
) -> dict[str, str]:
    """Return the options of a radio that we own, from its plan and from what it has now."""
    options = {"driver": "nl80211", "ctrl_interface": CONTROL, "hw_mode": _MODES[band]}
    if intent.country:
        options |= {"country_code": intent.country, "ieee80211d": "1"}
        if band is Band.GHZ_5:
            options["ieee80211h"] = "1"
    options |= {"wmm_enabled": "1", "ieee80211n": "1"}
    if band is Band.GHZ_5:
        options["ieee80211ac"] = "1"
    if band is Band.GHZ_6:
        options |= {"op_class": "131", "ieee80211ax": "1"}
    channel = str(running.get("channel") or _FIRST_CHANNEL[band])
    if plan is not None and plan.channel is not None:
        channel = str(plan.channel)
    options["channel"] = channel
    if plan is not None and plan.width_mhz is not None:
        options |= _width(band, int(channel), plan.width_mhz, notes)
    if plan is not None and plan.dfs is not None:
        options["acs_exclude_dfs"] = "0" if plan.dfs else "1"
    return options


def _width(band: Band, channel: int, width_mhz: int, notes: list[str]) -> dict[str, str]:
    if band is Band.GHZ_6:
        classes = {20: "131", 40: "132", 80: "133", 160: "134"}
        return {"op_class": classes[width_mhz]}
    if band is Band.GHZ_2_4:
        above = channel <= 7
        return {"ht_capab": ("[HT40+]" if above else "[HT40-]") if width_mhz == 40 else "[HT20]"}
    block = next((b for b in FIVE_GHZ_BLOCKS[width_mhz] if channel in b), None)
    if block is None:
        notes.append(f"{width_mhz} MHz demande un canal fixe à {band} GHz : largeur laissée")
        return {}
    pair = next(b for b in (*FIVE_GHZ_BLOCKS[40], (channel,)) if channel in b)
    options = {"ht_capab": "[HT20]", "vht_oper_chwidth": "0"}
    if width_mhz >= 40:
        options["ht_capab"] = "[HT40+]" if channel == pair[0] else "[HT40-]"
    if width_mhz >= 80:
        options["vht_oper_chwidth"] = "1" if width_mhz == 80 else "2"
        options["vht_oper_centr_freq_seg0_idx"] = str((block[0] + block[-1]) // 2)
    return options
