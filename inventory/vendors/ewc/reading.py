"""Reads Extreme wireless controllers: HIPATH-WIRELESS-HWC-MIB and HIPATH-WIRELESS-DOT11-EXTNS-MIB.

The radios of the access points are interfaces of the controller: their frequency and noise stand
under their ifIndex, what is measured of them under the access point's and the radio's number.
"""

from collections.abc import Iterator
from dataclasses import replace

from inventory.observation import Metric, Observation, Radio
from inventory.vendors.mib import MibView, Oid, dotted, oid
from inventory.vendors.standard import figures, health, words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Column, Gauge, told
from inventory.vendors.standard.wireless_tables import AccessPointTable, RadioTable, WlanTable

_HWC = "1.3.6.1.4.1.4329.15.3"
_AP = f"{_HWC}.5.1.2.1"  # apTable, index apIndex
_AP_NAME = oid(f"{_AP}.2")
_AP_CLIENTS = oid(f"{_HWC}.5.2.2.1.14")  # apStatsMuCounts, index apIndex
_PERFORMANCE = f"{_HWC}.5.2.5.1"  # apPerformanceReportbyRadio, index apIndex and radio
_BUSY, _RSS, _SNR, _RETRIES = (oid(f"{_PERFORMANCE}.{column}") for column in (5, 9, 13, 18))
_ENTERASYS_CPU = "1.3.6.1.4.1.5624.1.2.49.1.1.1.1.4"  # etsysResourceCpuLoad5min, tenths of %
_IF_NAME = oid("1.3.6.1.2.1.31.1.1.1.1")

_AIR = Air(
    radios=RadioTable(
        name=_IF_NAME,
        frequency=Column(oid(f"{_HWC}.5.2.4.1.1")),  # apRadioStatusChannel, in MHz
        noise=Column(oid(f"{_HWC}.1.4.3.1.32"), told()),  # dot11ExtRadioMaxNfCount
    ),
    wlans=WlanTable(
        ssid=oid(f"{_HWC}.3.4.4.1.4"),  # wlanName
        clients=oid(f"{_HWC}.3.4.5.1.2"),  # wlanStatsAssociatedClients
    ),
    access_points=AccessPointTable(
        name=_AP_NAME,
        serial=oid(f"{_AP}.4"),
        firmware=oid(f"{_AP}.7"),
        ip=oid(f"{_AP}.14"),
        model=oid(f"{_AP}.17"),
        status=oid(f"{_AP}.22"),
        states={"1": "up", "2": "down"},  # apState active, inactive
    ),
    gauges=(
        Gauge("ap_count", "connected", "", oid(f"{_HWC}.5.2.1")),  # apActiveCount
        Gauge("ap_count", "configured", "", oid(f"{_HWC}.5.1.1")),  # apCount
        Gauge("clients", "all SSIDs", "", oid(f"{_HWC}.6.1")),  # mobileUnitCount
    ),
)


def _refine(view: MibView, read: Observation) -> Observation:
    seen = _AIR.refine(view, read)
    clients = view.integers(_AP_CLIENTS)
    names = view.texts(_AP_NAME)
    access_points = tuple(
        replace(row, clients=clients.get(index))
        for index, row in zip(_ap_indexes(view), seen.access_points, strict=True)
    )
    busy = {_radio_name(names, index): value for index, value in view.integers(_BUSY).items()}
    return replace(
        seen,
        access_points=access_points,
        radios=tuple(_with_busy(radio, busy) for radio in seen.radios),
        metrics=(*seen.metrics, *_performance(view, names)),
    )


def _ap_indexes(view: MibView) -> list[Oid]:
    table = _AIR.access_points
    return sorted({i for root in (table.columns if table else ()) for i in view.column(root)})


def _radio_name(names: dict[Oid, str], index: Oid) -> str:
    return f"{names.get(index[:1], dotted(index[:1]))}_r{index[-1]}"


def _with_busy(radio: Radio, busy: dict[str, int]) -> Radio:
    """Return the radio with its utilisation: it is called `<access point>_r<number>_<mode>`."""
    name = radio.name or ""
    percent = busy.get(name, busy.get(name.rpartition("_")[0]))
    return radio if percent is None else replace(radio, utilisation_percent=float(percent))


def _performance(view: MibView, names: dict[Oid, str]) -> Iterator[Metric]:
    for index, number in view.integers(_AP_CLIENTS).items():
        label = names.get(index) or dotted(index)
        yield Metric("clients", label, float(number), "", dotted((*_AP_CLIENTS, *index)))
    labels = {index: _radio_name(names, index) for index in view.column(_BUSY)}
    for root, name, unit in (
        (_BUSY, "utilisation_percent", "%"),
        (_RSS, "rssi_dbm", "dBm"),
        (_SNR, "snr_db", "dB"),
        (_RETRIES, "errors", ""),  # apPerfRadioPktRetx
    ):
        yield from figures.column(view, root, name, unit, labels=labels)


READING = reading(
    Profile(
        family="ewc",
        vendor="Extreme Networks",
        recognise=words.recogniser(
            words.Sign(("1.3.6.1.4.1.4329.15.1.1", "1.3.6.1.4.1.1916.2.294")),
        ),
        model=(words.described(r"Wireless Controller - ([^,]+)"),),
        firmware=(words.described(r"System Version ([\w.]+)"),),
        figures=(health.cpu(_ENTERASYS_CPU, scale=0.1),),
        columns=(*_AIR.columns, _AP_CLIENTS, _BUSY, _RSS, _SNR, _RETRIES),
        refine=_refine,
    )
)
