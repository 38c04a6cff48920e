"""Last readings as a head teacher reads them: clients, channels and networks of each access point.

Pure: values in, values out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from api.usecases.site_detail import LastReading
from inventory.models import Device, DeviceRole
from inventory.observation import Observation, Radio


@dataclass(frozen=True, slots=True)
class RadioReading:
    """One radio in a few words. None is "not told"."""

    band: str | None
    channel: int | None
    width_mhz: int | None
    clients: int | None


@dataclass(frozen=True, slots=True)
class AccessPointReading:
    """What one access point said of its radio side."""

    device_id: int
    name: str
    at: datetime
    clients: int | None
    radios: tuple[RadioReading, ...]
    ssids: tuple[str, ...]


def access_point_readings(
    devices: Sequence[Device], readings: Mapping[int, LastReading]
) -> list[AccessPointReading]:
    """Return the radio side of every device that has one, in the order of `devices`."""
    found = []
    for device in devices:
        reading = readings.get(device.id or 0)
        if reading is None:
            continue
        observation = reading.observation
        if device.role is not DeviceRole.ACCESS_POINT and not observation.radios:
            continue
        found.append(
            AccessPointReading(
                device_id=reading.device_id,
                name=device.name,
                at=reading.at,
                clients=clients_of(observation),
                radios=tuple(_radio(radio) for radio in observation.radios),
                ssids=tuple(sorted({wlan.ssid for wlan in observation.wlans if wlan.ssid})),
            )
        )
    return found


def clients_of(observation: Observation) -> int | None:
    """Return how many clients a device serves, or None when it does not tell."""
    for counts in (
        [radio.clients for radio in observation.radios],
        [wlan.clients for wlan in observation.wlans],
        [point.clients for point in observation.access_points],
    ):
        told = [count for count in counts if count is not None]
        if told:
            return sum(told)
    return None


def _radio(radio: Radio) -> RadioReading:
    return RadioReading(radio.band, radio.channel, radio.width_mhz, radio.clients)
