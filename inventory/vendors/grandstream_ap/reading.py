"""Reads Grandstream access points: GRANDSTREAM-GWN-PRODUCTS-AP-MIB."""

from dataclasses import replace

from inventory.observation import Metric, Observation
from inventory.vendors.mib import MibView, dotted, oid
from inventory.vendors.reading import BY_ITS_OWN_WORD, BY_PRODUCT, NOT_OURS, under
from inventory.vendors.standard import words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Column
from inventory.vendors.standard.wireless_tables import AccessPointTable, RadioTable, WlanTable

_AP = "1.3.6.1.4.1.42397.1.1"  # gwnAp
_MODEL = oid(f"{_AP}.2.1.0")  # gwnDeviceModel
_NAME, _UPTIME = oid(f"{_AP}.2.2.0"), oid(f"{_AP}.2.6.0")  # gwnDeviceName, its TimeTicks up
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


def _refine(view: MibView, read: Observation) -> Observation:
    """Add what is on the air, and its own name and uptime where the system group tells none."""
    read = _AIR.refine(view, read)
    told, ticks = read.identity, view.integer(_UPTIME)
    identity = replace(told, sysname=told.sysname or view.text(_NAME))
    if told.uptime_s is not None or ticks is None:
        return replace(read, identity=identity)
    up_s = ticks / 100
    return replace(
        read,
        identity=replace(identity, uptime_s=up_s),
        metrics=(Metric("uptime_s", None, up_s, "s", dotted(_UPTIME)), *read.metrics),
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
            columns=(_NAME, _UPTIME, *_AIR.columns),
            refine=_refine,
        )
    ),
    probes=(_MODEL,),
)
