"""ENTITY-SENSOR-MIB (RFC 3433): temperatures."""

from inventory.observation import Metric
from inventory.vendors.mib import MibView, dotted, oid
from inventory.vendors.standard.entity import ENT_PHYSICAL
from inventory.vendors.standard.figures import celsius

_SENSOR = oid("1.3.6.1.2.1.99.1.1.1")
_TYPE, _SCALE, _PRECISION, _VALUE, _STATUS = 1, 2, 3, 4, 5
COLUMNS = tuple((*_SENSOR, column) for column in (_TYPE, _SCALE, _PRECISION, _VALUE, _STATUS))

_CELSIUS = 8
_OK = 1
_UNITS = 9  # EntitySensorDataScale: 9 is units, each step 10^3


def metrics(view: MibView) -> list[Metric]:
    """Return each temperature sensor that works, in degrees Celsius."""
    scales, precisions = view.integers((*_SENSOR, _SCALE)), view.integers((*_SENSOR, _PRECISION))
    values, states = view.integers((*_SENSOR, _VALUE)), view.integers((*_SENSOR, _STATUS))
    names, descriptions = view.texts((*ENT_PHYSICAL, 7)), view.texts((*ENT_PHYSICAL, 2))
    found = []
    for index, kind in view.integers((*_SENSOR, _TYPE)).items():
        if kind != _CELSIUS or index not in values or states.get(index, _OK) != _OK:
            continue
        exponent = 3 * (scales.get(index, _UNITS) - _UNITS) - precisions.get(index, 0)
        if abs(exponent) > 30:
            continue
        # Dividing gives the decimal that was meant: 423 / 10 is 42.3, 423 × 0.1 is not.
        value = values[index]
        degrees = value / 10**-exponent if exponent < 0 else float(value * 10**exponent)
        if celsius(degrees):
            label = names.get(index) or descriptions.get(index)
            source = dotted((*_SENSOR, _VALUE, *index))
            found.append(Metric("temperature_celsius", label, degrees, "°C", source))
    return found
