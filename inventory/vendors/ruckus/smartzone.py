"""Reads SmartZone: RUCKUS-SZ-SYSTEM-MIB, RUCKUS-SZ-WLAN-MIB and RUCKUS-CTRL-MIB."""

from inventory.vendors.mib import oid
from inventory.vendors.standard import words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Gauge
from inventory.vendors.standard.wireless_tables import AccessPointTable, WlanTable

_SYSTEM = "1.3.6.1.4.1.25053.1.4.1.1.1.15"  # ruckusSZSystemStats
_WLAN = "1.3.6.1.4.1.25053.1.4.2.1.1.1.2.1"  # ruckusSZWLANEntry
_AP = "1.3.6.1.4.1.25053.1.4.2.1.1.2.2.1"  # ruckusSZAPEntry, index the address
_NODE = "1.3.6.1.4.1.25053.1.8.1.1.1.1.1.1"  # ruckusCtrlSystemNodeEntry, index the serial

_AIR = Air(
    wlans=WlanTable(
        ssid=oid(f"{_WLAN}.1"),
        clients=oid(f"{_WLAN}.12"),
        security=oid(f"{_WLAN}.17"),  # ruckusSZWLANAuthType
    ),
    access_points=AccessPointTable(
        indexed_by_mac=True,
        name=oid(f"{_AP}.5"),
        firmware=oid(f"{_AP}.7"),
        model=oid(f"{_AP}.8"),
        serial=oid(f"{_AP}.9"),
        ip=oid(f"{_AP}.10"),
        clients=oid(f"{_AP}.15"),
        status=oid(f"{_AP}.16"),  # ruckusSZAPConnStatus, a DisplayString
        states={"Connect": "up", "Disconnect": "down"},
    ),
    gauges=(
        # ruckusCtrlSystemNodeNumApConnected, of each node of the cluster
        Gauge("ap_count", "connected", "", oid(f"{_NODE}.19")),
        Gauge("ap_count", "all", "", oid(f"{_SYSTEM}.1")),  # ruckusSZSystemStatsNumAP
        Gauge("clients", "all SSIDs", "", oid(f"{_SYSTEM}.2")),  # …NumSta
    ),
)

SMARTZONE_READING = reading(
    Profile(
        family="ruckuswireless_sz",
        vendor="Ruckus",
        # ruckusWirelessSmartCellGatewayProducts, ruckusWirelessSmartZoneProducts
        recognise=words.recogniser(
            words.Sign(("1.3.6.1.4.1.25053.3.1.10", "1.3.6.1.4.1.25053.3.1.11")),
        ),
        model=(words.first(f"{_NODE}.3"),),
        serial=(words.instance(f"{_SYSTEM}.13.0"), words.first(f"{_NODE}.5")),
        firmware=(words.first(f"{_NODE}.9"),),
        columns=_AIR.columns,
        refine=_AIR.refine,
    )
)
