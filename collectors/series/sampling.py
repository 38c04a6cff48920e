"""What one reading of a device is worth keeping as figures over time. Pure.

Of a device's several CPUs, memories and sensors the highest is kept: an average would hide the one
that is in trouble.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from collectors.series.kinds import SubjectKind
from collectors.series.rates import Counters
from collectors.series.samples import Sample, Subject
from inventory.models import DeviceRole
from inventory.observation import Interface, Observation
from inventory.reconcile import interfaces_told

_HIGHEST = ("cpu_percent", "memory_percent", "temperature_celsius")
_ETHERNET = 6  # IANAifType ethernetCsmacd
# What Linux-based access points call interfaces that are no socket of theirs.
_NO_SOCKET = re.compile(r"^(br|bond|lo|veth|vlan|phy|wlan|wifi|ath|ra|radio|apcli|mesh)|[.@:]")


def unreachable_sample(device_id: int, at: datetime) -> Sample:
    """Return what is kept of a device that did not answer: that it did not."""
    return Sample(Subject(SubjectKind.DEVICE, device_id), at, {"reachable": 0})


def answered_sample(device_id: int, at: datetime) -> Sample:
    """Return what is kept of a device that answered, but nothing that can be used."""
    return Sample(Subject(SubjectKind.DEVICE, device_id), at, {"reachable": 1})


def samples_of(
    observation: Observation,
    device_id: int,
    role: DeviceRole,
    at: datetime,
    *,
    rtt_s: float | None = None,
) -> list[Sample]:
    """Return the samples of one reading: of the device, its radios, SSIDs and watched ports."""
    device = _device(observation, role)
    if rtt_s is not None:
        device["rtt_ms"] = 1000 * rtt_s
    return [
        Sample(Subject(SubjectKind.DEVICE, device_id), at, device),
        *_radios(observation, device_id, at),
        *_wlans(observation, device_id, at),
        *_ports(observation, device_id, role, at),
    ]


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


def serves_clients(observation: Observation, role: DeviceRole) -> bool:
    """Return whether clients of this device count for its site; a switch's would count twice."""
    return role is DeviceRole.ACCESS_POINT or bool(observation.radios)


def _device(observation: Observation, role: DeviceRole) -> dict[str, float]:
    values: dict[str, float] = {"reachable": 1}
    for name in _HIGHEST:
        told = [metric.value for metric in observation.metrics if metric.name == name]
        if told:
            values[name] = max(told)
    clients = clients_of(observation) if serves_clients(observation, role) else None
    if clients is not None:
        values["clients"] = clients
    if observation.poe is not None and observation.poe.used_w is not None:
        values["poe_w"] = observation.poe.used_w
    return values


def _radios(observation: Observation, device_id: int, at: datetime) -> Iterator[Sample]:
    for radio in observation.radios:
        values = _told(
            clients=radio.clients,
            utilisation_percent=radio.utilisation_percent,
            noise_floor_dbm=radio.noise_floor_dbm,
            tx_power_dbm=radio.tx_power_dbm,
        )
        if values:
            key = radio.name or f"radio {radio.index}"
            yield Sample(Subject(SubjectKind.RADIO, device_id, key), at, values)


def _wlans(observation: Observation, device_id: int, at: datetime) -> Iterator[Sample]:
    by_ssid: dict[str, int] = {}
    for wlan in observation.wlans:
        if wlan.clients is not None and wlan.ssid:
            by_ssid[wlan.ssid] = by_ssid.get(wlan.ssid, 0) + wlan.clients
    for ssid, clients in by_ssid.items():
        yield Sample(Subject(SubjectKind.WLAN, device_id, ssid), at, {"clients": clients})


def _ports(
    observation: Observation, device_id: int, role: DeviceRole, at: datetime
) -> Iterator[Sample]:
    watched = watched_ports(observation, role)
    poe = {port.interface: port for port in observation.poe.ports} if observation.poe else {}
    by_index = {port.index: port for port in observation.interfaces}
    for name, columns in interfaces_told(observation).items():
        port = by_index[columns["if_index"]]
        power = poe.get(port.index)
        yield Sample(
            Subject(SubjectKind.INTERFACE, device_id, name),
            at,
            _told(poe_w=power.power_w if power else None),
            Counters(
                at=at,
                uptime_s=observation.identity.uptime_s,
                speed_bps=port.speed_bps,
                octet_bits=port.octet_bits,
                in_octets=port.counters.get("in_octets"),
                out_octets=port.counters.get("out_octets"),
                in_errors=port.counters.get("in_errors"),
                out_errors=port.counters.get("out_errors"),
            ),
            start=port.index in watched,
        )


def watched_ports(observation: Observation, role: DeviceRole) -> set[int]:
    """Return the ifIndexes of the ports that are worth a history.

    Those behind which infrastructure is heard, those that power something, and the sockets of what
    is no switch. The ports of a switch where pupils' devices stand are nobody's matter.
    """
    heard = {each.local_interface for each in observation.neighbours if each.local_interface}
    watched = {port.index for port in observation.interfaces if port.name in heard}
    if observation.poe is not None:
        delivering = (port.interface for port in observation.poe.ports if port.delivering)
        watched |= {index for index in delivering if index is not None}
    if role is not DeviceRole.SWITCH:
        watched |= {port.index for port in observation.interfaces if _is_socket(port)}
    return watched


def _is_socket(port: Interface) -> bool:
    told = port.type == _ETHERNET and port.oper == "up" and bool(port.speed_bps)
    return told and not _NO_SOCKET.search(port.name or "")


def _told(**values: float | None) -> dict[str, float]:
    return {name: value for name, value in values.items() if value is not None}
