"""Reads SmartZone: RUCKUS-SZ-SYSTEM-MIB, RUCKUS-SZ-WLAN-MIB and RUCKUS-CTRL-MIB.

The SmartCell Gateway, its forerunner, serves RUCKUS-SCG-SYSTEM-MIB and RUCKUS-SCG-WLAN-MIB: the
same tables in the subtree before.
"""

from inventory.observation import Observation
from inventory.vendors.mib import MibView, oid
from inventory.vendors.standard import words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Gauge
from inventory.vendors.standard.wireless_tables import AccessPointTable, WlanTable

_SMARTCELL = "1.3.6.1.4.1.25053.1.3"  # ruckusSCG…
_SMARTZONE = "1.3.6.1.4.1.25053.1.4"  # ruckusSZ…
_NODE = "1.3.6.1.4.1.25053.1.8.1.1.1.1.1.1"  # ruckusCtrlSystemNodeEntry, index the serial
_SYSTEM = "1.1.1.15"  # …SystemStats
_AP = "2.1.1.2.2.1"  # …APEntry, index the address
_AP_NAME = f"{_AP}.5"


def _air(modules: str) -> Air:
    """Return what the modules of a generation tell of the air."""
    system = f"{modules}.{_SYSTEM}"
    wlan = f"{modules}.2.1.1.1.2.1"  # …WLANEntry
    ap = f"{modules}.{_AP}"
    return Air(
        wlans=WlanTable(
            ssid=oid(f"{wlan}.1"),
            clients=oid(f"{wlan}.12"),
            security=oid(f"{wlan}.17"),  # …WLANAuthType
        ),
        access_points=AccessPointTable(
            indexed_by_mac=True,
            name=oid(f"{modules}.{_AP_NAME}"),
            firmware=oid(f"{ap}.7"),
            model=oid(f"{ap}.8"),
            serial=oid(f"{ap}.9"),
            ip=oid(f"{ap}.10"),
            clients=oid(f"{ap}.15"),
            status=oid(f"{ap}.16"),  # …APConnStatus, a DisplayString
            states={"Connect": "up", "Disconnect": "down"},
        ),
        gauges=(
            # ruckusCtrlSystemNodeNumApConnected, of each node of the cluster
            Gauge("ap_count", "connected", "", oid(f"{_NODE}.19")),
            Gauge("ap_count", "all", "", oid(f"{system}.1")),  # …SystemStatsNumAP
            Gauge("clients", "all SSIDs", "", oid(f"{system}.2")),  # …SystemStatsNumSta
        ),
    )


_AIR = _air(_SMARTZONE)
_SMARTCELL_AIR = _air(_SMARTCELL)


def _refine(view: MibView, read: Observation) -> Observation:
    told, told_before = (
        any(view.column(oid(f"{modules}.{column}")) for column in (f"{_SYSTEM}.1", _AP_NAME))
        for modules in (_SMARTZONE, _SMARTCELL)
    )
    return (_SMARTCELL_AIR if told_before and not told else _AIR).refine(view, read)


SMARTZONE_READING = reading(
    Profile(
        family="ruckuswireless_sz",
        vendor="Ruckus",
        # ruckusWirelessSmartCellGatewayProducts, ruckusWirelessSmartZoneProducts
        recognise=words.recogniser(
            words.Sign(("1.3.6.1.4.1.25053.3.1.10", "1.3.6.1.4.1.25053.3.1.11")),
        ),
        model=(words.first(f"{_NODE}.3"),),
        serial=(
            words.instance(f"{_SMARTZONE}.{_SYSTEM}.13.0"),
            words.instance(f"{_SMARTCELL}.{_SYSTEM}.13.0"),
            words.first(f"{_NODE}.5"),
        ),
        firmware=(words.first(f"{_NODE}.9"),),
        columns=(*_AIR.columns, *_SMARTCELL_AIR.columns),
        refine=_refine,
    )
)
