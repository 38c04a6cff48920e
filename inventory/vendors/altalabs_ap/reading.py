"""Reads Alta Labs access points: ALTA-WIRELESS-MIB and ALTA-SYSTEM-MIB."""

from collections.abc import Callable
from dataclasses import replace

from inventory.observation import Metric, Observation
from inventory.vendors.mib import MibView, Oid, dotted, oid
from inventory.vendors.standard import health, words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Column
from inventory.vendors.standard.wireless_tables import RadioTable, WlanTable

_ALTA = "1.3.6.1.4.1.61802"
_RADIO, _VAP = f"{_ALTA}.1.1.1.1", f"{_ALTA}.1.1.2.1"  # both indexed by ifIndex
_VAP_BAND, _VAP_CLIENTS = oid(f"{_VAP}.6"), oid(f"{_VAP}.9")
_RADIO_NAME, _RADIO_BAND = oid(f"{_RADIO}.2"), oid(f"{_RADIO}.3")
_BANDS = {"2": "2.4", "5": "5", "6": "6"}


def _radio_of(view: MibView) -> Callable[[Oid], str | None]:
    """Return what tells a virtual access point's radio: the only one of its band, if any."""
    names = view.texts(_RADIO_NAME)
    by_band: dict[str, list[str]] = {}
    for index, band in view.texts(_RADIO_BAND).items():
        by_band.setdefault(band, []).append(names.get(index, ""))
    bands = view.texts(_VAP_BAND)

    def radio(index: Oid) -> str | None:
        found = by_band.get(bands.get(index, ""), [])
        return found[0] or None if len(found) == 1 else None

    return radio


_AIR = Air(
    radios=RadioTable(
        name=_RADIO_NAME,
        band=_RADIO_BAND,
        bands=_BANDS,
        channel=Column(oid(f"{_RADIO}.4")),
        utilisation=Column(oid(f"{_RADIO}.5")),
    ),
    wlans=WlanTable(
        ssid=oid(f"{_VAP}.4"),
        bssid=oid(f"{_VAP}.3"),
        state=oid(f"{_VAP}.8"),
        off=frozenset({2}),  # wlanVapState down
        clients=_VAP_CLIENTS,
        radio=_radio_of,
        more_columns=(_VAP_BAND,),
    ),
)


def _refine(view: MibView, read: Observation) -> Observation:
    seen = _AIR.refine(view, read)
    bands, sums = view.texts(_VAP_BAND), dict[str, tuple[int, Oid]]()
    for index, number in view.integers(_VAP_CLIENTS).items():
        band = _BANDS.get(bands.get(index, ""))
        if band:
            before, first = sums.get(band, (0, index))
            sums[band] = before + number, first
    clients = [
        Metric("clients", f"{band} GHz", float(number), "", dotted((*_VAP_CLIENTS, *first)))
        for band, (number, first) in sums.items()
    ]
    return replace(seen, metrics=(*seen.metrics, *clients))


READING = reading(
    Profile(
        family="altalabs_ap",
        vendor="Alta Labs",
        # It answers net-snmp's own sysObjectID.
        recognise=words.recogniser(words.Sign(words=r"^Alta AP", sureness=90)),
        model=(words.described(r"^Alta (\S+)"),),
        serial=(),
        firmware=(words.described(r"^Alta \S+ (.+)"),),
        figures=(health.temperature(f"{_ALTA}.2.1.1.2"),),  # sysTempDegC
        columns=_AIR.columns,
        refine=_refine,
    )
)
