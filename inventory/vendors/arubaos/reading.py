"""Reads ArubaOS controllers: WLSX-SWITCH-MIB, WLSX-SYSTEMEXT-MIB and WLSX-WLAN-MIB."""

from collections.abc import Callable, Mapping

from inventory.vendors.mib import MibView, Oid, oid
from inventory.vendors.standard import health, words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Column, Gauge, mac_in_index, scaled
from inventory.vendors.standard.wireless_tables import AccessPointTable, RadioTable, WlanTable

_SWITCH = "1.3.6.1.4.1.14823.2.2.1.1"  # WLSX-SWITCH-MIB
_SYSTEM = "1.3.6.1.4.1.14823.2.2.1.2.1"  # WLSX-SYSTEMEXT-MIB
_WLAN = "1.3.6.1.4.1.14823.2.2.1.5.2.1"  # WLSX-WLAN-MIB wlsxWlanAccessPointInfoGroup
_AP, _RADIO, _BSSID = f"{_WLAN}.4.1", f"{_WLAN}.5.1", f"{_WLAN}.7.1"
_RADIO_AP_NAME = oid(f"{_RADIO}.16")  # wlanAPRadioAPName
_AP_NAME = oid(f"{_AP}.3")  # wlanAPName
_MAC_PARTS = 6


def _radio_names(view: MibView) -> Mapping[Oid, str]:
    """Return the radios' names, after their access point; the index is its address and a number."""
    by_radio, by_ap = view.texts(_RADIO_AP_NAME), view.texts(_AP_NAME)
    names = {}
    for index in view.column(oid(f"{_RADIO}.3")):
        owner = by_radio.get(index) or by_ap.get(index[:_MAC_PARTS]) or mac_in_index(index)
        names[index] = f"{owner} radio {index[-1]}"
    return names


def _radio_of_bssid(view: MibView) -> Callable[[Oid], str | None]:
    names = _radio_names(view)
    return lambda index: names.get(index[: _MAC_PARTS + 1])


_AIR = Air(
    radios=RadioTable(
        names=_radio_names,
        band=oid(f"{_RADIO}.2"),  # wlanAPRadioType, ArubaPhyType: dot11a, b, g, ax6ghz
        bands={"1": "5", "2": "2.4", "3": "2.4", "6": "6"},
        channel=Column(oid(f"{_RADIO}.3")),
        # wlanAPRadioTransmitPower10x; before it wlanAPRadioTransmitPower, "transmitted as txpwr*2"
        tx_power=Column(
            oid(f"{_RADIO}.17"), scaled(0.1), otherwise=Column(oid(f"{_RADIO}.4"), scaled(0.5))
        ),
        utilisation=Column(oid(f"{_RADIO}.6")),
        clients=Column(oid(f"{_RADIO}.7")),
        more_columns=(_RADIO_AP_NAME,),
    ),
    # wlsxWlanAPBssidTable, index the access point's address, the radio's number and the BSSID.
    wlans=WlanTable(
        ssid=oid(f"{_BSSID}.2"),
        clients=oid(f"{_BSSID}.12"),
        bssid_in_index=lambda index: mac_in_index(index[_MAC_PARTS + 1 :]),
        radio=_radio_of_bssid,
    ),
    access_points=AccessPointTable(
        name=_AP_NAME,
        indexed_by_mac=True,
        ip=oid(f"{_AP}.2"),
        serial=oid(f"{_AP}.6"),
        model=oid(f"{_AP}.13"),
        status=oid(f"{_AP}.19"),
        states={"1": "up", "2": "down"},  # ArubaAPStatus
        firmware=oid(f"{_AP}.34"),
    ),
    gauges=(
        Gauge("ap_count", None, "", oid(f"{_SWITCH}.3.1")),  # wlsxSwitchTotalNumAccessPoints
        Gauge("clients", "all SSIDs", "", oid(f"{_SWITCH}.3.2")),  # …NumStationsAssociated
    ),
)

READING = reading(
    Profile(
        family="arubaos",
        vendor="HPE Aruba Networking",
        # ARUBA-MIB: switchProducts .1.1; apProducts (.1.2) are Aruba Instant. Those of other makers
        # that sold it have their own numbers (DELL-WLAN-MIB: 674.10895.5001 and on).
        recognise=words.recogniser(
            words.Sign(("1.3.6.1.4.1.14823.1.1",)),
            words.Sign(("1.3.6.1.4.1.6486.800.1.1.2.2.2",)),
            words.Sign(
                words=r"\bArubaOS\b(?!-)|^AOS-W \(",
                without=r"MODEL: (AP-|OAW-AP|\d{3}\w{0,2}\b)",
                not_roots=("1.3.6.1.4.1.14823.1.2",),
                sureness=85,
            ),
        ),
        model=(words.described(r"\(MODEL: ([^)]+)\)"), words.chassis("model")),
        serial=(words.instance(f"{_SWITCH}.1.12.0"),),  # wlsxSwitchLicenseSerialNumber
        firmware=(words.described(r"\bVersion ([^\s,]+)"), words.chassis("software")),
        figures=(
            health.cpu(f"{_SYSTEM}.13.1.3", labels=oid(f"{_SYSTEM}.13.1.2")),
            health.MemoryShare(  # sysXMemorySize, -Used, -Free (KB)
                total=oid(f"{_SWITCH}.1.11.1.2"),
                used=oid(f"{_SWITCH}.1.11.1.3"),
                free=oid(f"{_SWITCH}.1.11.1.4"),
            ),
        ),
        columns=_AIR.columns,
        refine=_AIR.refine,
    )
)
