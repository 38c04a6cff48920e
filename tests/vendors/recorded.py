"""Observations from recordings written out in a test, from the MIBs."""

from collectors.recognise import observe_view
from collectors.snmp.recording import parse_recording
from inventory.observation import Metric, Observation


def observed(text: str) -> Observation:
    """Return what a recording in snmpwalk's form tells; every line of it must be readable."""
    view = parse_recording(text.encode())
    assert view is not None
    assert view.problems == ()
    return observe_view(view)


def figures(observation: Observation, name: str) -> list[tuple[str | None, float]]:
    """Return (label, value) of the metrics of one name."""
    return [(metric.label, metric.value) for metric in _named(observation, name)]


def _named(observation: Observation, name: str) -> list[Metric]:
    return [metric for metric in observation.metrics if metric.name == name]
