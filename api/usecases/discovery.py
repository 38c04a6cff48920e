"""Discovery: ask every address of a zone's ranges, read who answers, and know them again."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from sqlmodel import Session, col, select

from api.usecases.found import Answer, Finder, Kept, Reading
from api.usecases.progress import Counter, Progress, quiet
from api.usecases.targets import zone_snmp_target
from api.usecases.zones import find_zone, parse_network
from collectors.discover import Network, addresses, who_answers
from collectors.observe import observe_many
from collectors.target import SnmpTarget
from inventory import clock
from inventory.database import Database
from inventory.errors import InvalidInput
from inventory.events import record_event
from inventory.leases import lease
from inventory.models import Device, ManagementEndpoint, Zone
from inventory.secrets import Vault
from inventory.sentences import Sentence
from inventory.settings import Settings

LEASE_S = 3600.0
_SWEEP_RETRIES = 1


@dataclass(frozen=True)
class ZoneDiscovery:
    """What one zone holds: `found` addresses answered, `asked` minus those are silent.

    `new`, `known`, `proposed` and `refused` are names; `unread` says by address why it could not be
    read. A crawl leaves `stations` end devices aside.
    """

    zone: str
    asked: int
    found: int
    new: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    proposed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    unread: dict[str, str] = field(default_factory=dict)
    stations: int = 0

    @classmethod
    def of(
        cls, zone: str, asked: int, found: int, kept: Kept, *, stations: int = 0
    ) -> "ZoneDiscovery":
        """Return the result of a zone whose finds became what `kept` says."""
        return cls(
            zone,
            asked,
            found,
            tuple(kept.new),
            tuple(kept.known),
            tuple(kept.proposed),
            tuple(kept.refused),
            kept.unread,
            stations,
        )

    @property
    def silent(self) -> int:
        """How many addresses did not answer."""
        return self.asked - self.found


_COUNTS = ("asked", "found", "silent", "stations")
_LISTS = ("new", "known", "proposed", "refused", "unread")


@dataclass(frozen=True)
class DiscoveryResult:
    """What a discovery found, by zone."""

    zones: tuple[ZoneDiscovery, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the counts in all, and the same by zone with the names."""
        return {
            **{name: sum(getattr(zone, name) for zone in self.zones) for name in _COUNTS},
            **{name: sum(len(getattr(zone, name)) for zone in self.zones) for name in _LISTS},
            "zones": [
                {
                    "zone": zone.zone,
                    **{name: getattr(zone, name) for name in _COUNTS},
                    **{name: list(getattr(zone, name)) for name in _LISTS[:-1]},
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
    zones whose own ranges they touch. What is found becomes a device with its endpoints and its
    first observation, or a proposal, as the rules say. Raises InvalidInput for a range that is none
    or too large or belongs to no zone, NotFound for an unknown zone, Conflict while a zone is being
    searched by another.
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
                    ttl_s=LEASE_S,
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
    with database.write(actor) as session:
        zone = session.get_one(Zone, sweep.zone_id)
        finder = Finder(session, zone, clock.now(), actor)
        devices = finder.answers(map(Answer, readings))
        _drop_left_addresses(session, zone, sweep, readings, devices)
        result = ZoneDiscovery.of(sweep.name, len(sweep.targets), len(readings), finder.kept)
        record_end(session, zone, result)
    return result


def record_end(session: Session, zone: Zone, result: ZoneDiscovery) -> None:
    """Add the event that a discovery of this zone ended so."""
    record_event(
        session,
        "discovery.finished",
        Sentence(
            "Découverte de %(zone)s\u00a0: %(found)s trouvés, dont %(new)s nouveaux",
            zone=result.zone,
            found=result.found,
            new=len(result.new),
        ),
        site_id=zone.site_id,
        body={
            "asked": result.asked,
            "found": result.found,
            "new": len(result.new),
            "proposed": len(result.proposed),
        },
    )


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
