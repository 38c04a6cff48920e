"""AIRESPACE-WIRELESS-MIB and CISCO-LWAPP-…-MIB: what AireOS and Catalyst 9800 tell alike."""

from collections.abc import Mapping
from dataclasses import replace

from inventory.observation import Metric, Observation, Wlan
from inventory.vendors.mib import MibView, Oid, Value, decimal, dotted, oid
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Column, Gauge, mac_in_index
from inventory.vendors.standard.wireless_tables import AccessPointTable, RadioTable

_AIRESPACE = "1.3.6.1.4.1.14179"
_ESS = f"{_AIRESPACE}.2.1.1.1"  # bsnDot11EssTable, index the WLAN's number
_AP = f"{_AIRESPACE}.2.2.1.1"  # bsnAPTable, index the base radio address
_RADIO = f"{_AIRESPACE}.2.2.2.1"  # bsnAPIfTable, index the same and the slot
_LOAD = f"{_AIRESPACE}.2.2.13.1"  # bsnAPIfLoadParametersTable, the same index
_ESS_SSID, _ESS_CLIENTS = oid(f"{_ESS}.2"), oid(f"{_ESS}.38")
_LWAPP_SSID = oid("1.3.6.1.4.1.9.9.512.1.1.1.1.4")  # CISCO-LWAPP-WLAN-MIB cLWlanSsid
_AP_NAME = oid(f"{_AP}.3")
_LWAPP_AP_NAME = oid("1.3.6.1.4.1.9.9.513.1.1.1.1.5")  # CISCO-LWAPP-AP-MIB cLApName
# cLApDot11IfTable, index as bsnAPIfTable: cLApDot11IfType, and the band of a radio of several.
_LWAPP_IF_TYPE, _LWAPP_XOR_BAND = (oid(f"1.3.6.1.4.1.9.9.513.1.2.1.1.{c}") for c in (2, 27))
_LWAPP_WIDTH = oid("1.3.6.1.4.1.9.9.513.1.2.1.1.23")  # cLAp11ChannelBandwidth, five(1) and on
_WIDTHS = {1: 5.0, 2: 10.0, 3: 20.0, 4: 40.0, 5: 80.0, 6: 160.0, 7: 160.0}  # 7 is 80+80
_IF_TYPES = {1: "2.4", 2: "5", 6: "6"}  # dot11bg, dot11a, dot11 6 GHz; others are of several bands
_XOR_BANDS = {1: "2.4", 2: "5", 3: "6"}
_MAC_PARTS = 6


def _radio_names(view: MibView) -> Mapping[Oid, str]:
    owners = {**view.texts(_LWAPP_AP_NAME), **view.texts(_AP_NAME)}
    # A Catalyst 9800 may answer more rows of the LWAPP table than of bsnAPIfTable.
    rows = {*view.column(oid(f"{_RADIO}.4")), *view.column(_LWAPP_WIDTH)}
    return {
        index: f"{owners.get(index[:_MAC_PARTS]) or mac_in_index(index)} slot {index[-1]}"
        for index in rows
        if index
    }


def _lwapp_bands(view: MibView) -> Mapping[Oid, str]:
    """Return the bands that CISCO-LWAPP-AP-MIB tells: 6 GHz too, which bsnAPIfType does not."""
    chosen = view.integers(_LWAPP_XOR_BAND)
    found = {
        index: _IF_TYPES.get(kind) or _XOR_BANDS.get(chosen.get(index, 0))
        for index, kind in view.integers(_LWAPP_IF_TYPE).items()
    }
    return {index: band for index, band in found.items() if band}


def _width(value: Value) -> float | None:
    return _WIDTHS.get(int(decimal(value) or 0))


_AIR = Air(
    radios=RadioTable(
        names=_radio_names,
        band=oid(f"{_RADIO}.2"),  # bsnAPIfType dot11b, dot11a; newer numbers are not documented
        bands={"1": "2.4", "2": "5"},
        bands_of=_lwapp_bands,
        known_bands_only=True,
        channel=Column(oid(f"{_RADIO}.4")),  # bsnAPIfPhyChannelNumber
        width=Column(_LWAPP_WIDTH, _width),
        clients=Column(oid(f"{_RADIO}.15")),  # bsnApIfNoOfUsers
        utilisation=Column(oid(f"{_LOAD}.3")),  # bsnAPIfLoadChannelUtilization
        more_columns=(_AP_NAME, _LWAPP_AP_NAME, _LWAPP_IF_TYPE, _LWAPP_XOR_BAND),
    ),
    access_points=AccessPointTable(
        name=_AP_NAME,
        indexed_by_mac=True,
        status=oid(f"{_AP}.6"),  # bsnAPOperationStatus
        states={"1": "up", "2": "down", "3": "upgrading firmware"},
        firmware=oid(f"{_AP}.8"),
        model=oid(f"{_AP}.16"),
        serial=oid(f"{_AP}.17"),
        ip=oid(f"{_AP}.19"),
    ),
    gauges=(
        Gauge(
            "ap_count", "connected", "", oid("1.3.6.1.4.1.9.9.618.1.8.4")
        ),  # clsSysApConnectCount
        # cLApGlobalAPConnectCount, on Catalyst 9800
        Gauge("ap_count", "connected", "", oid("1.3.6.1.4.1.9.9.513.1.3.35")),
    ),
)
COLUMNS = (*_AIR.columns, _ESS_SSID, _ESS_CLIENTS, _LWAPP_SSID)


def refine(view: MibView, read: Observation) -> Observation:
    """Return the observation with the controller's access points, radios and WLANs.

    The transmit power is a level (1 is the most), no figure in dBm: it stays None.
    """
    seen = _AIR.refine(view, read)
    clients: dict[str | None, int] = {}
    for index, number in view.integers(oid(f"{_RADIO}.15")).items():
        owner = mac_in_index(index)
        clients[owner] = clients.get(owner, 0) + number
    return replace(
        seen,
        wlans=tuple(_wlans(view)),
        access_points=tuple(
            replace(row, clients=clients.get(row.mac)) for row in seen.access_points
        ),
        metrics=(*seen.metrics, *_clients(view)),
    )


def _ssids(view: MibView) -> Mapping[Oid, str]:
    """Return the SSIDs by the WLAN's number; a Catalyst 9800 tells them in the LWAPP MIB alone."""
    return view.texts(_ESS_SSID) or view.texts(_LWAPP_SSID)


def _wlans(view: MibView) -> list[Wlan]:
    clients = view.integers(_ESS_CLIENTS)
    return [Wlan(ssid, clients=clients.get(index)) for index, ssid in _ssids(view).items()]


def _clients(view: MibView) -> list[Metric]:
    """Return the clients of each WLAN (two may share an SSID), and of all of them."""
    ssids, clients = _ssids(view), view.integers(_ESS_CLIENTS)
    found = [
        Metric(
            "clients",
            f"SSID {ssids.get(index, dotted(index))}",
            float(number),
            "",
            dotted((*_ESS_CLIENTS, *index)),
        )
        for index, number in clients.items()
    ]
    if clients:
        total = float(sum(clients.values()))
        found.append(Metric("clients", "all SSIDs", total, "", dotted(_ESS_CLIENTS)))
    return found
