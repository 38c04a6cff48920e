"""Discovery: ask every address of a zone's ranges, read who answers, and know them again."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, col, select

from api.usecases.identification import identify
from api.usecases.progress import Counter, Progress, quiet
from api.usecases.readings import record_failure, record_observation
from api.usecases.targets import zone_snmp_target
from api.usecases.zones import find_zone, parse_network
from collectors.discover import Network, addresses, who_answers
from collectors.observe import observe_many
from collectors.outcome import Outcome
from collectors.target import SnmpTarget
from inventory import clock
from inventory.database import Database
from inventory.errors import DeviceError, InvalidInput
from inventory.events import record_event
from inventory.leases import lease
from inventory.models import Device, ManagementEndpoint, Protocol, Zone
from inventory.observation import Observation
from inventory.secrets import Vault
from inventory.settings import Settings

_LEASE_S = 3600.0
_SWEEP_RETRIES = 1

log = structlog.get_logger()

Reading = Outcome[SnmpTarget, Observation]


@dataclass(frozen=True)
class ZoneDiscovery:
    """What one zone's ranges hold: `found` addresses answered, `asked` minus those are silent.

    `new` and `known` are names of devices; `unread` says by address why it could not be read.
    """

    zone: str
    asked: int
    found: int
    new: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    unread: dict[str, str] = field(default_factory=dict)

    @property
    def silent(self) -> int:
        """How many addresses did not answer."""
        return self.asked - self.found


@dataclass(frozen=True)
class DiscoveryResult:
    """What a discovery found, by zone."""

    zones: tuple[ZoneDiscovery, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the counts in all, and the same by zone with the names."""
        counts = ("asked", "found", "silent")
        return {
            **{name: sum(getattr(zone, name) for zone in self.zones) for name in counts},
            "new": sum(len(zone.new) for zone in self.zones),
            "known": sum(len(zone.known) for zone in self.zones),
            "unread": sum(len(zone.unread) for zone in self.zones),
            "zones": [
                {
                    "zone": zone.zone,
                    **{name: getattr(zone, name) for name in counts},
                    "new": list(zone.new),
                    "known": list(zone.known),
                    "unread": zone.unread,
                }
                for zone in self.zones
            ],
        }


@dataclass(frozen=True)
class _Sweep:
    zone_id: int
    name: str
    targets: tuple[SnmpTarget, ...]


def discover(
    database: Database,
    vault: Vault,
    settings: Settings,
    *,
    networks: Sequence[str] = (),
    zone_name: str | None = None,
    actor: str,
    on_progress: Progress = quiet,
) -> DiscoveryResult:
    """Find the devices of `networks` (CIDR; none: the zone's own) and return what was found.

    Without a zone, all zones that have ranges are searched; ranges given without a zone go to the
    zones whose own ranges they touch. A device found is a row with its endpoints and its first
    observation. Raises InvalidInput for a range that is none or too large or belongs to no zone,
    NotFound for an unknown zone, Conflict while a zone is being searched by another.
    """
    with database.read() as session:
        sweeps = [
            _sweep(session, vault, settings, zone, ranges)
            for zone, ranges in _to_search(session, networks, zone_name)
        ]
    with ExitStack() as held:
        for sweep in sweeps:
            held.enter_context(
                lease(
                    database,
                    f"zone:{sweep.zone_id}",
                    holder=actor,
                    purpose="discovery",
                    ttl_s=_LEASE_S,
                )
            )
        readings = _read(sweeps, settings, on_progress)
        return DiscoveryResult(
            tuple(
                _keep(database, sweep, [r for r in readings if r.key.zone == sweep.name], actor)
                for sweep in sweeps
            )
        )


def _to_search(
    session: Session, networks: Sequence[str], zone_name: str | None
) -> list[tuple[Zone, list[Network]]]:
    given = [parse_network(text) for text in networks]
    if zone_name is not None:
        zone = find_zone(session, zone_name)
        ranges = given or _own(zone)
        if not ranges:
            raise InvalidInput(
                f"the zone {zone_name} has no ranges", todo="give a range, as 192.168.1.0/24"
            )
        return [(zone, ranges)]
    zones = session.exec(select(Zone).order_by(Zone.name)).all()
    if not zones:
        raise InvalidInput("there is no zone to search", todo="run: preau zone add")
    if not given:
        return [(zone, _own(zone)) for zone in zones if zone.networks]
    if len(zones) == 1:
        return [(zones[0], given)]
    searched = [
        (zone, touching)
        for zone in zones
        if (touching := [network for network in given if _touches(network, _own(zone))])
    ]
    for network in given:
        if not any(network in touching for _, touching in searched):
            raise InvalidInput(
                f"{network} lies in the ranges of no zone", todo="say which zone with --zone"
            )
    return searched


def _own(zone: Zone) -> list[Network]:
    return [parse_network(text) for text in zone.networks]


def _touches(network: Network, others: Sequence[Network]) -> bool:
    return any((isinstance(other, type(network)) and network.overlaps(other)) for other in others)


def _sweep(
    session: Session, vault: Vault, settings: Settings, zone: Zone, ranges: Sequence[Network]
) -> _Sweep:
    if zone.id is None:
        raise ValueError("the zone has no id yet; flush first")
    asked = zone_snmp_target(session, vault, settings, zone, host="")
    asked = replace(asked, retries=min(asked.retries, _SWEEP_RETRIES))
    return _Sweep(zone.id, zone.name, tuple(replace(asked, host=h) for h in addresses(ranges)))


def _read(sweeps: Sequence[_Sweep], settings: Settings, tell: Progress) -> list[Reading]:
    targets = [target for sweep in sweeps for target in sweep.targets]
    answering = who_answers(
        targets, on_done=Counter(tell, "addresses asked", len(targets)).one_more
    )
    answering = [replace(target, retries=settings.snmp_retries) for target in answering]
    read = Counter(tell, "devices read", len(answering))
    return observe_many(answering, settings=settings, on_done=read.one_more)


def _keep(
    database: Database, sweep: _Sweep, readings: Sequence[Reading], actor: str
) -> ZoneDiscovery:
    at = clock.now()
    new: list[str] = []
    known: list[str] = []
    unread: dict[str, str] = {}
    with database.write(actor) as session:
        zone = session.get_one(Zone, sweep.zone_id)
        found: list[tuple[Reading, Device]] = []
        # Everyone has a row before anyone's neighbours are looked up.
        for reading in readings:
            host = reading.key.host
            try:
                seen = reading.unwrap()
                with session.begin_nested():
                    device, is_new = identify(session, zone, host, seen)
            except (DeviceError, SQLAlchemyError) as error:
                unread[host] = _why(error)
                _keep_failure(session, zone, reading)
                continue
            # A device that answers at several addresses is one device, read once.
            if device.id not in {kept.id for _, kept in found}:
                found.append((reading, device))
                (new if is_new else known).append(device.name)
        for reading, device in found:
            try:
                with session.begin_nested():
                    record_observation(
                        session, device, reading.unwrap(), at=at, duration_s=reading.duration_s
                    )
            except SQLAlchemyError as error:
                unread[reading.key.host] = _why(error)
        _drop_left_addresses(session, zone, sweep, readings, [device for _, device in found])
        result = ZoneDiscovery(
            sweep.name, len(sweep.targets), len(readings), tuple(new), tuple(known), unread
        )
        record_event(
            session,
            "discovery.finished",
            f"Découverte de {sweep.name}\u00a0: {result.found} trouvés, dont {len(new)} nouveaux",
            site_id=zone.site_id,
            body={"asked": result.asked, "found": result.found, "new": len(new)},
        )
    return result


def _why(error: Exception) -> str:
    if isinstance(error, DeviceError):
        return str(error)
    log.error("discovery_row_refused", error=str(getattr(error, "orig", error)))
    return f"the product failed on it: {type(error).__name__}"


def _keep_failure(session: Session, zone: Zone, reading: Reading) -> None:
    if reading.error is None:
        return
    device = session.exec(
        select(Device)
        .join(ManagementEndpoint, col(ManagementEndpoint.device_id) == Device.id)
        .where(
            ManagementEndpoint.zone_id == zone.id,
            ManagementEndpoint.host == reading.key.host,
            ManagementEndpoint.protocol == Protocol.SNMP,
        )
    ).first()
    if device is not None:
        record_failure(session, device, reading.error)


def _drop_left_addresses(
    session: Session,
    zone: Zone,
    sweep: _Sweep,
    readings: Sequence[Reading],
    found: Sequence[Device],
) -> None:
    """Delete the endpoints of devices found elsewhere in the zone at addresses now silent."""
    answered = {reading.key.host for reading in readings}
    silent = {target.host for target in sweep.targets} - answered
    rows = session.exec(
        select(ManagementEndpoint).where(
            ManagementEndpoint.zone_id == zone.id,
            col(ManagementEndpoint.device_id).in_([device.id for device in found]),
        )
    ).all()
    for row in rows:
        if row.host in silent:
            session.delete(row)
