"""A recording of a device read into an Observation; needs no network, settings or database."""

from pathlib import Path

from collectors.recognise import observe_view
from collectors.snmp.recording import read_recording
from inventory.observation import Observation


def observe_recording(path: Path) -> Observation:
    """Return what a recording tells; raises InvalidInput when no line of it can be read."""
    return observe_view(read_recording(path))
