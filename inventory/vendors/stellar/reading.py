"""Reads Stellar access points: the OAW-AP…-MIBs.

Each model has a module of its own, and they are alike but for one number of the OID: the model's,
which sysObjectID ends with.
"""

from functools import cache

from inventory.observation import Observation
from inventory.vendors.mib import MibView, Oid, oid
from inventory.vendors.reading import SYS_OBJECT_ID
from inventory.vendors.standard import words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Column
from inventory.vendors.standard.wireless_tables import RadioTable, WlanTable

_DEVICES = oid("1.3.6.1.4.1.6486.802.1.1.2.1.2")  # ALCATEL-NGOAW-DEVICES-MIB
_BASE_INFO, _RADIO_INFO, _WLAN_INFO, _CLIENT_INFO = 1, 2, 3, 4
_AP_MODEL, _AP_SERIAL = 5, 6


def _module(view: MibView) -> Oid:
    """Return where the model's own module begins."""
    product = view.get(SYS_OBJECT_ID)
    if isinstance(product, tuple) and product[: len(_DEVICES)] == _DEVICES:
        number = product[len(_DEVICES) : len(_DEVICES) + 1]
    else:
        number = next(iter(view.column(_DEVICES)), ())[:1]
    return (*_DEVICES, *number, 1)


def _word(column: int) -> words.Word:
    def read(view: MibView) -> str | None:
        # Scalars, which early releases answer without the instance's 0.
        scalar = (*_module(view), _BASE_INFO, column)
        return view.text((*scalar, 0)) or view.text(scalar)

    return words.Word(read)


@cache
def _air(module: Oid) -> Air:
    radio, wlan = (*module, _RADIO_INFO, 1, 1), (*module, _WLAN_INFO, 1, 1)
    return Air(
        radios=RadioTable(
            channel=Column((*radio, 4)),
            tx_power=Column((*radio, 5)),
            utilisation=Column((*radio, 6)),
        ),
        wlans=WlanTable(
            ssid=(*wlan, 2),  # apWlanEssid
            bssid=(*wlan, 3),
            stations=(*module, _CLIENT_INFO, 1, 1, 4),  # apClientWlanService
            no_ssid=r"^athmon\d*$",  # the monitoring interface
            whole=True,
        ),
    )


def _refine(view: MibView, read: Observation) -> Observation:
    return _air(_module(view)).refine(view, read)


READING = reading(
    Profile(
        family="stellar",
        vendor="Alcatel-Lucent Enterprise",
        recognise=words.recogniser(words.Sign(("1.3.6.1.4.1.6486.802",))),
        model=(_word(_AP_MODEL), words.described(r"^(OAW-\S+)")),
        serial=(_word(_AP_SERIAL),),
        firmware=(words.described(r"^OAW-\S+ ([\w.]+)"),),
        columns=(_DEVICES,),
        refine=_refine,
    )
)
