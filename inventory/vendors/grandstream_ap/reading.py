"""Reads Grandstream access points: GRANDSTREAM-GWN-PRODUCTS-AP-MIB."""

from dataclasses import replace

from inventory.vendors.mib import MibView, oid
from inventory.vendors.reading import BY_ITS_OWN_WORD, BY_PRODUCT, NOT_OURS, under
from inventory.vendors.standard import words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Column
from inventory.vendors.standard.wireless_tables import AccessPointTable, RadioTable, WlanTable

_AP = "1.3.6.1.4.1.42397.1.1"  # gwnAp
_MODEL = oid(f"{_AP}.2.1.0")  # gwnDeviceModel
_RADIO, _WLAN = f"{_AP}.3.1.1", f"{_AP}.3.2.1"


def _recognise(view: MibView) -> int:
    """Tell it by its MIB, for it answers net-snmp's sysObjectID. Routers (GWN7…) are not of it."""
    if (view.text(_MODEL) or "").startswith("GWN76"):
        return BY_ITS_OWN_WORD
    return BY_PRODUCT if under(view, _AP) else NOT_OURS


_AIR = Air(
    radios=RadioTable(
        name=oid(f"{_RADIO}.2"),
        channel=Column(oid(f"{_RADIO}.4")),
        tx_power=Column(oid(f"{_RADIO}.5")),
    ),
    wlans=WlanTable(
        ssid=oid(f"{_WLAN}.2"),
        bssid=oid(f"{_WLAN}.3"),
        stations=oid(f"{_AP}.3.3.1.4"),  # gwnClientESSID
        no_ssid=r"^GWN-MESH-",  # the link between access points
        whole=True,
    ),
    # gwnStatusTable: the access points that this one, as their master, pairs with
    access_points=AccessPointTable(
        mac=oid(f"{_AP}.2.7.1.1"),
        status=oid(f"{_AP}.2.7.1.2"),
        states={"online": "up", "offline": "down"},
    ),
)

READING = replace(
    reading(
        Profile(
            family="grandstream_ap",
            vendor="Grandstream",
            recognise=_recognise,
            model=(words.instance(f"{_AP}.2.1.0"),),
            serial=(),
            firmware=(words.instance(f"{_AP}.2.4.0"),),
            columns=_AIR.columns,
            refine=_AIR.refine,
        )
    ),
    probes=(_MODEL,),
)
