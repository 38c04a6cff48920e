"""Observations from recordings written out in a test, from the MIBs."""

from collectors.recorded import observe_recorded
from collectors.snmp.recording import parse_recording
from inventory.observation import Metric, Observation


def observed(text: str) -> Observation:
    """Return what a recording in snmpwalk's form tells; every line of it must be readable."""
    recording = parse_recording(text.encode())
    assert recording is not None
    assert recording.view().problems == ()
    return observe_recorded(recording)


def figures(observation: Observation, name: str) -> list[tuple[str | None, float]]:
    """Return (label, value) of the metrics of one name."""
    return [(metric.label, metric.value) for metric in _named(observation, name)]


def _named(observation: Observation, name: str) -> list[Metric]:
    return [metric for metric in observation.metrics if metric.name == name]
