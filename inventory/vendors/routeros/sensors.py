"""MIKROTIK-MIB's temperatures: mtxrGaugeTable of RouterOS 7, mtxrHealth of releases before it."""

from inventory.observation import Metric
from inventory.vendors.mib import MibView, oid
from inventory.vendors.standard import figures, health

_HEALTH = "1.3.6.1.4.1.14988.1.1.3"
_OLD = (  # mtxrHlTemperature, mtxrHlProcessorTemperature: tenths of a degree
    health.temperature(f"{_HEALTH}.10", scale=0.1),
    health.temperature(f"{_HEALTH}.11", scale=0.1),
)
_NAME, _VALUE, _UNIT = (oid(f"{_HEALTH}.100.1.{column}") for column in (2, 3, 4))
_CELSIUS = 1  # mtxrGaugeUnit
COLUMNS = (*(column for figure in _OLD for column in figure.columns), _NAME, _VALUE, _UNIT)


def temperatures(view: MibView) -> list[Metric]:
    """Return the temperatures of the gauges; those of mtxrHealth where there is no gauge."""
    units = view.integers(_UNIT)
    told = figures.column(
        view,
        _VALUE,
        "temperature_celsius",
        "°C",
        labels={
            index: name for index, name in view.texts(_NAME).items() if units.get(index) == _CELSIUS
        },
        keep=figures.celsius,
    )
    gauges = [metric for metric in told if metric.label]
    return gauges or [metric for figure in _OLD for metric in figure.metrics(view)]
