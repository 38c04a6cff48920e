"""A recording of a device read into an Observation; needs no network, settings or database."""

from pathlib import Path

from collectors.recognise import recognise, recognition_names
from collectors.snmp.recording import Recording, read_recording
from inventory.observation import Observation
from inventory.vendors.plausible import plausible


def observe_recording(path: Path) -> Observation:
    """Return what a recording tells; raises InvalidInput when no line of it can be read."""
    return observe_recorded(read_recording(path))


def observe_recorded(recording: Recording) -> Observation:
    """Return what a recording tells, asked as a device is: for what its family's reading needs."""
    told = recording.view(recognition_names())
    reading = recognise(told).reading
    return plausible(reading.observe(recording.view(reading.columns_of(told))))
