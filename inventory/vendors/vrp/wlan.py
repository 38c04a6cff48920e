"""What a Huawei access controller tells of its access points: HUAWEI-WLAN-*-MIB."""

from dataclasses import replace

from inventory.observation import AccessPoint, Metric, Observation, Radio, Wlan
from inventory.vendors.mib import MibView, Oid, dotted, mac, oid
from inventory.vendors.standard.channels import frequency_mhz
from inventory.vendors.standard.wireless_columns import text_in_index

_WLAN = "1.3.6.1.4.1.2011.6.139"
# HUAWEI-WLAN-CONFIGURATION-MIB hwWlanCurJointApNum.
_AP_COUNT = oid(f"{_WLAN}.12.1.2.1.0")
# HUAWEI-WLAN-AP-MIB hwWlanApTable, index the AP's address.
_AP = oid(f"{_WLAN}.13.3.3.1")
_SERIAL, _TYPE, _NAME, _STATE, _SOFTWARE, _ADDRESS = 2, 3, 4, 6, 7, 13
_STATES = {
    1: "idle", 2: "autofind", 3: "typeNotMatch", 4: "fault", 5: "config", 6: "configFailed",
    7: "download", 8: "normal", 9: "committing", 10: "commitFailed", 11: "standby",
    12: "verMismatch", 13: "nameConflicted", 14: "invalid", 15: "countryCodeMismatch",
}  # fmt: skip
# HUAWEI-WLAN-AP-RADIO-MIB hwWlanRadioInfoTable, index (AP's address, radio): band, channel,
# channel's use (per cent), actual EIRP (dBm).
_RADIO = oid(f"{_WLAN}.16.1.2.1")
_FREQ_TYPE, _CHANNEL, _UTILISATION, _EIRP = 5, 7, 25, 45
_BANDS = {1: "2.4", 2: "5", 3: "6"}
# HUAWEI-WLAN-VAP-MIB hwWlanVapInfoTable, index (AP's address, radio, WLAN).
_VAP = oid(f"{_WLAN}.17.1.1.1")
_BSSID, _SSID, _AUTH_TYPE, _STATIONS, _VAP_STATUS = 5, 6, 8, 9, 10
_DOWN = 2
# hwWlanSsidStatisticTable, index the SSID: stations at 2.4, 5 and 6 GHz.
_SSID_TABLE = oid(f"{_WLAN}.17.1.2.1")
_SSID_STATIONS = {"2.4 GHz": 2, "5 GHz": 3, "6 GHz": 17}
COLUMNS = (
    _AP_COUNT[:-1],
    *((*_AP, column) for column in (_SERIAL, _TYPE, _NAME, _STATE, _SOFTWARE, _ADDRESS)),
    *((*_RADIO, column) for column in (_FREQ_TYPE, _CHANNEL, _UTILISATION, _EIRP)),
    *((*_VAP, column) for column in (_BSSID, _SSID, _AUTH_TYPE, _STATIONS, _VAP_STATUS)),
    *((*_SSID_TABLE, column) for column in _SSID_STATIONS.values()),
)


def add(view: MibView, read: Observation) -> Observation:
    """Return the observation with what a controller tells besides; a switch tells nothing."""
    if view.integer(_AP_COUNT) is None and not view.column((*_AP, _NAME)):
        return read
    names = view.texts((*_AP, _NAME))
    return replace(
        read,
        access_points=_access_points(view),
        radios=_radios(view, names),
        wlans=_wlans(view, names),
        metrics=(*read.metrics, *_counts(view), *_radio_figures(view, names)),
    )


def _access_points(view: MibView) -> tuple[AccessPoint, ...]:
    words = {c: view.texts((*_AP, c)) for c in (_SERIAL, _TYPE, _NAME, _SOFTWARE)}
    states, addresses = view.integers((*_AP, _STATE)), view.column((*_AP, _ADDRESS))
    clients = _clients_by_ap(view)
    found = []
    for index in sorted({*words[_NAME], *words[_SERIAL]}):
        address = addresses.get(index)
        found.append(
            AccessPoint(
                name=words[_NAME].get(index),
                mac=_mac(index),
                serial=words[_SERIAL].get(index),
                model=words[_TYPE].get(index),
                ip=_ipv4(address) if isinstance(address, bytes) else None,
                firmware=words[_SOFTWARE].get(index),
                status=_STATES.get(states[index]) if index in states else None,
                clients=clients.get(index),
            )
        )
    return tuple(found)


def _clients_by_ap(view: MibView) -> dict[Oid, int]:
    found: dict[Oid, int] = {}
    for index, stations in view.integers((*_VAP, _STATIONS)).items():
        found[index[:6]] = found.get(index[:6], 0) + stations
    return found


def _mac(index: Oid) -> str | None:
    return mac(bytes(index)) if len(index) == 6 and max(index) < 256 else None


def _ipv4(octets: bytes) -> str | None:
    return ".".join(map(str, octets)) if len(octets) == 4 and any(octets) else None


def _radio_name(index: Oid, names: dict[Oid, str]) -> str:
    return f"{names.get(index[:6]) or _mac(index[:6]) or '?'} radio {index[6]}"


def _radios(view: MibView, names: dict[Oid, str]) -> tuple[Radio, ...]:
    columns = {c: view.integers((*_RADIO, c)) for c in (_FREQ_TYPE, _CHANNEL, _UTILISATION, _EIRP)}
    indexes = sorted(
        index for index in {*columns[_FREQ_TYPE], *columns[_CHANNEL]} if len(index) > 6
    )
    found = []
    for number, index in enumerate(indexes, 1):
        band = _BANDS.get(columns[_FREQ_TYPE].get(index, 0))
        channel = columns[_CHANNEL].get(index) or None
        eirp = columns[_EIRP].get(index)
        utilisation = columns[_UTILISATION].get(index)
        found.append(
            Radio(
                index=number,
                name=_radio_name(index, names),
                band=band,
                channel=channel,
                frequency_mhz=frequency_mhz(band, channel),
                eirp_dbm=None if eirp is None else float(eirp),
                utilisation_percent=None if utilisation is None else float(utilisation),
            )
        )
    return tuple(found)


def _wlans(view: MibView, names: dict[Oid, str]) -> tuple[Wlan, ...]:
    bssids, stations = view.column((*_VAP, _BSSID)), view.integers((*_VAP, _STATIONS))
    statuses, kinds = view.integers((*_VAP, _VAP_STATUS)), view.integers((*_VAP, _AUTH_TYPE))
    return tuple(
        Wlan(
            ssid=ssid,
            bssid=mac(bssids.get(index)),
            radio=_radio_name(index, names),
            clients=stations.get(index),
            security=_security(kinds.get(index)),
        )
        for index, ssid in view.texts((*_VAP, _SSID)).items()
        if len(index) == 8 and statuses.get(index) != _DOWN
    )


def _security(kind: int | None) -> str | None:
    """Return our label of hwWlanVapAuthType."""
    if kind is None or kind == 0:
        return None
    for label, kinds in _SECURITY.items():
        if kind in kinds:
            return label
    return None


_SECURITY: dict[str, set[int]] = {
    "open": {1, 2, 4, 29},
    "wep": {3, 5, 6, 7, 8, 24, 25, 30, 47},
    "wpa-enterprise": {9, 26},
    "wpa-personal": {10, 11, 12, 31, 35, 36, 37, 38, 58, 59},
    "wpa2-enterprise": {13, 27},
    "wpa2-personal": {14, 15, 16, 32, 39, 40, 41, 42, 60, 61},
    "wpa/wpa2-enterprise": {22, 28},
    "wpa/wpa2-personal": {19, 20, 21, 33, 43, 44, 45, 46, 62, 63},
    "wpa3-enterprise": {48, 49},
    "wpa3-personal": {50, 51, 52, 53},
    "wpa2/wpa3-personal": {54, 55, 56, 57},
    "owe": {64, 65, 66, 67},
}


def _counts(view: MibView) -> list[Metric]:
    """Return the APs and the stations: of each SSID, of each SSID and band, and of all."""
    found = []
    count = view.integer(_AP_COUNT)
    if count is not None:
        found.append(Metric("ap_count", None, float(count), "", dotted(_AP_COUNT)))
    by_ssid: dict[str, int] = {}
    for band, column in _SSID_STATIONS.items():
        for index, stations in view.integers((*_SSID_TABLE, column)).items():
            ssid = text_in_index(index)
            if ssid is None:
                continue
            by_ssid[ssid] = by_ssid.get(ssid, 0) + stations
            source = dotted((*_SSID_TABLE, column, *index))
            found.append(Metric("clients", f"{ssid}, {band}", float(stations), "", source))
    table = dotted(_SSID_TABLE)
    found += [Metric("clients", ssid, float(n), "", table) for ssid, n in by_ssid.items()]
    if by_ssid:
        found.append(Metric("clients", None, float(sum(by_ssid.values())), "", table))
    return found


def _radio_figures(view: MibView, names: dict[Oid, str]) -> list[Metric]:
    found = []
    for column, name, unit in (
        (_CHANNEL, "channel", ""),
        (_UTILISATION, "utilisation_percent", "%"),
    ):
        for index, value in view.integers((*_RADIO, column)).items():
            if len(index) > 6 and (value or name != "channel"):
                label = _radio_name(index, names)
                source = dotted((*_RADIO, column, *index))
                found.append(Metric(name, label, float(value), unit, source))
    return found
