"""Reads FortiAP: FORTINET-FORTIAP-MIB."""

import re
from collections.abc import Callable
from dataclasses import replace

from inventory.observation import Observation
from inventory.vendors.mib import MibView, Oid, Value, decimal, oid
from inventory.vendors.reading import SYS_OBJECT_ID
from inventory.vendors.standard import health, words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Column, Gauge
from inventory.vendors.standard.wireless_tables import RadioTable, WlanTable

_FAP = "1.3.6.1.4.1.12356.120"
_RADIO = f"{_FAP}.4.1.1"  # fapRadioTable, index fapRadioId
_POWER, _CHANNEL = oid(f"{_RADIO}.10"), oid(f"{_RADIO}.14")  # fapRadioTxPowerOper, -ChannelOper
_VAP = f"{_FAP}.7.1.1"  # fapVapTable, index the radio and the WLAN
_PRODUCTS = oid(f"{_FAP}.10")
_FIRMWARE = oid(f"{_FAP}.1.1.0")  # fapVersion
_LINES = {"1": "", "2": "U", "3": "S", "4": "C"}  # FAP, FAP-U, FAP-S, FAP-C
_GENERATIONS = {"1": "E", "2": "F", "3": "G", "4": "K"}
_WIDTHS = {0: 20.0, 1: 40.0, 2: 80.0, 3: 160.0}  # fapRadioChannelWidth


def _model(view: MibView) -> str | None:
    """Return the model that sysObjectID spells, and the firmware's name where it does not.

    The last number is three digits of the model, the product line and the generation: 23113 is a
    FortiAP 231G, which price lists and the controller call FAP-231G: both words are given. A 9 at
    the third place stands for J (23JF), and the FAP-U of the first generation is called EV.
    """
    product = view.get(SYS_OBJECT_ID)
    digits = str(product[-1]) if isinstance(product, tuple) and product[:-1] == _PRODUCTS else ""
    if len(digits) == 5 and digits[3] in _LINES and digits[4] in _GENERATIONS:
        number = digits[:2] + ("J" if digits[2] == "9" else digits[2])
        line, generation = _LINES[digits[3]], _GENERATIONS[digits[4]]
        return _named(f"{line}{number}{generation}{'V' if line + generation == 'UE' else ''}")
    # FP231G-v7.4-build0771, PU231F-v7.0-build0084, FAP221C-v5.6-build0421
    built = re.match(r"(?:FAP-?|FP|P(?=[USC]))([A-Z]*\d+\w*)-v", view.text(_FIRMWARE) or "")
    return _named(built[1]) if built else None


def _named(model: str) -> str:
    return f"FortiAP {model} (FAP-{model})"


def _width(value: Value) -> float | None:
    return _WIDTHS.get(int(decimal(value) or 0))


def _radio(_: MibView) -> Callable[[Oid], str | None]:
    return lambda index: f"radio {index[0]}" if index else None


_AIR = Air(
    radios=RadioTable(
        # fapRadioType: 11a, b, g, ac on 2.4, ac, n on 2.4, n on 5, (n), ax on 2.4, on 5, (ax), on 6
        band=oid(f"{_RADIO}.6"),
        bands={
            "0": "5", "1": "2.4", "2": "2.4", "3": "2.4", "4": "5", "5": "2.4", "6": "5",
            "8": "2.4", "9": "5", "11": "6",
        },
        tx_power=Column(_POWER),
        width=Column(oid(f"{_RADIO}.12"), _width),
        channel=Column(_CHANNEL),
    ),
    wlans=WlanTable(
        ssid=oid(f"{_VAP}.4"),
        bssid=oid(f"{_VAP}.3"),
        state=oid(f"{_VAP}.6"),
        off=frozenset({0}),  # fapVapStatus down
        security=oid(f"{_VAP}.19"),
        clients=oid(f"{_VAP}.45"),
        radio=_radio,
    ),
    gauges=(Gauge("clients", "all SSIDs", "", oid(f"{_FAP}.3.43")),),  # fapStationCount
)  # fmt: skip


def _refine(view: MibView, read: Observation) -> Observation:
    """Add what is on the air; a radio that only listens has no transmit power.

    The agent answers 50 for one, the default of a power that would be set in per cent.
    """
    read = _AIR.refine(view, read)
    silent = {(*_POWER, *index) for index, number in view.integers(_CHANNEL).items() if number == 0}
    return replace(
        read,
        radios=tuple(
            radio if radio.channel else replace(radio, tx_power_dbm=None) for radio in read.radios
        ),
        metrics=tuple(metric for metric in read.metrics if oid(metric.oid) not in silent),
    )


READING = reading(
    Profile(
        family="fortiap",
        vendor="Fortinet",
        recognise=words.recogniser(words.Sign((f"{_FAP}.10",))),
        model=(words.Word(_model),),
        serial=(words.instance(f"{_FAP}.1.2.0"),),
        firmware=(words.instance(f"{_FAP}.1.1.0"),),
        figures=(
            health.cpu(f"{_FAP}.3.41"),
            health.memory(f"{_FAP}.3.42"),
            health.temperature(f"{_FAP}.3.44"),
        ),
        columns=_AIR.columns,
        refine=_refine,
    )
)
