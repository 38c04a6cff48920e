"""Reads cnPilot: the two modules called CAMBIUM-MIB, of the E (and XV) and of the R series."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from inventory.observation import Metric, Observation
from inventory.vendors.mib import MibView, Oid, Value, dotted, oid, text
from inventory.vendors.standard import health, words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Column, Gauge, leading_number, told
from inventory.vendors.standard.wireless_tables import RadioTable, WlanTable

_CNPILOT = "1.3.6.1.4.1.17713.22.1"
_AP, _RADIO, _WLAN = f"{_CNPILOT}.1.1", f"{_CNPILOT}.2.1", f"{_CNPILOT}.4.1"
_SNR = oid(f"{_CNPILOT}.3.1.11")  # cambiumClientSNR
_R_SERIES = "1.3.6.1.4.1.41010.1.1"  # status


def _number(value: Value) -> float | None:
    """Return the number in a DisplayString: `36 (auto)`, `80MHz`."""
    found = re.search(r"-?\d+(\.\d+)?", text(value) or "")
    return float(found[0]) if found else None


def _names(view: MibView) -> Mapping[Oid, str]:
    """Return `radio1` for the first radio, as the device's own pages call it."""
    return {index: f"radio{index[-1] + 1}" for index in view.column(oid(f"{_RADIO}.6")) if index}


_AIR = Air(
    radios=RadioTable(
        names=_names,
        band=oid(f"{_RADIO}.3"),
        bands={"2.4GHz": "2.4", "5GHz": "5", "6GHz": "6", "2.4 GHz": "2.4", "5 GHz": "5"},
        clients=Column(oid(f"{_RADIO}.5")),
        channel=Column(oid(f"{_RADIO}.6"), _number),
        width=Column(oid(f"{_RADIO}.7"), _number),
        tx_power=Column(oid(f"{_RADIO}.8")),
        noise=Column(oid(f"{_RADIO}.16"), told(leading_number)),
    ),
    wlans=WlanTable(ssid=oid(f"{_WLAN}.2"), security=oid(f"{_WLAN}.5"), clients=oid(f"{_WLAN}.7")),
    gauges=(Gauge("clients", "all SSIDs", "", oid(f"{_AP}.14")),),  # cambiumAPTotalClients
)


def _refine(view: MibView, read: Observation) -> Observation:
    seen = _AIR.refine(view, read)
    return replace(seen, metrics=(*seen.metrics, *_heard(view)))


def _heard(view: MibView) -> Iterator[Metric]:
    """Yield how well the clients are heard: the least, the mean and the most; nothing of one."""
    levels = sorted(view.integers(_SNR).values())
    if levels:
        mean = round(sum(levels) / len(levels), 1)
        for of, level in (("min", levels[0]), ("avg", mean), ("max", levels[-1])):
            yield Metric("snr_db", f"clients {of}", float(level), "dB", dotted(_SNR))


CNPILOT_E_READING = reading(
    Profile(
        family="cnpilote",
        vendor="Cambium",
        recognise=words.recogniser(words.Sign(("1.3.6.1.4.1.17713.22",))),
        model=(words.first(f"{_AP}.10"), words.first(f"{_AP}.5")),  # …APHWType, …APModel
        serial=(words.first(f"{_AP}.4"),),
        firmware=(words.first(f"{_AP}.8"),),
        figures=(health.cpu(f"{_AP}.6"),),
        columns=(*_AIR.columns, _SNR),
        refine=_refine,
    )
)
CNPILOT_R_READING = reading(
    Profile(
        family="cnpilotr",
        vendor="Cambium",
        recognise=words.recogniser(
            words.Sign(("1.3.6.1.4.1.41010",)), words.Sign(words=r"(?i)cnPilot R\d{3}")
        ),
        model=(words.instance(f"{_R_SERIES}.1.0"), words.described(r"(?i)(cnPilot R\d{3}\w*)")),
        serial=(words.instance(f"{_R_SERIES}.6.0"),),
        firmware=(words.instance(f"{_R_SERIES}.5.0"),),  # firmwareVersion
    )
)
