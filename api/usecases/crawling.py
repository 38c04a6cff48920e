"""Discovery from seeds: read a core switch and follow who hears whom, inside one zone."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlmodel import Session, select

from api.usecases.discovery import LEASE_S, DiscoveryResult, ZoneDiscovery, record_end
from api.usecases.found import Answer, Finder
from api.usecases.progress import Progress, quiet
from api.usecases.targets import zone_snmp_target
from api.usecases.zones import find_zone, parse_network
from collectors.crawl import Crawl, crawl
from collectors.discover import Network
from collectors.sightings import DEEPEST, MOST_ADDRESSES, Bounds, Seen, Unread
from collectors.target import SnmpTarget
from inventory import clock
from inventory.database import Database
from inventory.errors import InvalidInput
from inventory.leases import lease
from inventory.models import Zone
from inventory.secrets import Vault
from inventory.settings import Settings


@dataclass(frozen=True)
class CrawlResult(DiscoveryResult):
    """What a crawl found; `outside` says in words what it heard of and left alone.

    `cut_short`: the limits on depth or number kept it from asking more.
    """

    outside: tuple[str, ...] = ()
    cut_short: bool = False

    def to_json(self) -> dict[str, Any]:
        """Return the counts and names, and what was left alone."""
        return {
            **super().to_json(),
            "outside": list(self.outside),
            "cut_short": self.cut_short,
        }


@dataclass(frozen=True)
class _Start:
    zone_id: int
    zone: str
    seeds: tuple[SnmpTarget, ...]
    bounds: Bounds


def discover_from(
    database: Database,
    vault: Vault,
    settings: Settings,
    *,
    seeds: Sequence[str],
    networks: Sequence[str] = (),
    zone_name: str | None = None,
    depth: int = DEEPEST,
    limit: int = MOST_ADDRESSES,
    actor: str,
    on_progress: Progress = quiet,
) -> CrawlResult:
    """Find the devices cabled to `seeds` (addresses of one zone) and return what was found.

    Only addresses in `networks` (CIDR; none: the zone's own) are spoken to, at most `limit` of them
    and `depth` cables away. What was heard and could not be read is proposed, and says why. Raises
    InvalidInput for a seed or range that is none or outside the zone, NotFound for an unknown zone,
    Conflict while the zone is being searched by another.
    """
    with database.read() as session:
        start = _start(
            session,
            vault,
            settings,
            seeds=seeds,
            networks=networks,
            zone_name=zone_name,
            depth=depth,
            limit=limit,
        )
        others = _other_zones(session, start.zone_id)
    with lease(database, f"zone:{start.zone_id}", holder=actor, purpose="discovery", ttl_s=LEASE_S):
        found = crawl(start.seeds, start.bounds, settings=settings, on_step=on_progress)
        return _keep(database, start, found, others, actor)


def _start(
    session: Session,
    vault: Vault,
    settings: Settings,
    *,
    seeds: Sequence[str],
    networks: Sequence[str],
    zone_name: str | None,
    depth: int,
    limit: int,
) -> _Start:
    hosts = [_address(text) for text in seeds]
    zone = find_zone(session, zone_name) if zone_name else _zone_of(session, hosts)
    ranges = tuple(parse_network(text) for text in networks or zone.networks)
    if not ranges:
        raise InvalidInput(
            f"the zone {zone.name} has no ranges, and a crawl stays inside them",
            todo="give a range, as 192.168.1.0/24",
        )
    if depth < 0 or limit < 1:
        raise InvalidInput("a crawl asks at least one address", todo="raise --depth or --limit")
    bounds = Bounds(ranges, depth, limit)
    for host in hosts:
        if not bounds.hold(host):
            raise InvalidInput(
                f"{host} is outside the ranges of the zone {zone.name}",
                todo="give its range, or add it to the zone: preau zone add",
            )
    assert zone.id is not None
    target = zone_snmp_target(session, vault, settings, zone, host="")
    return _Start(zone.id, zone.name, tuple(replace(target, host=host) for host in hosts), bounds)


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError as error:
        raise InvalidInput(
            f"{text} is no address", todo="give an IP address of a core switch, as 192.168.1.1"
        ) from error


def _zone_of(session: Session, hosts: Sequence[str]) -> Zone:
    """Return the one zone whose ranges hold all of `hosts`."""
    zones = [
        zone
        for zone in session.exec(select(Zone).order_by(Zone.name))
        if all(Bounds(_ranges(zone)).hold(host) for host in hosts)
    ]
    if len(zones) == 1:
        return zones[0]
    if not zones:
        raise InvalidInput(
            f"{', '.join(hosts)}: in the ranges of no zone", todo="say which zone with --zone"
        )
    raise InvalidInput(
        f"{', '.join(hosts)}: in the ranges of the zones {', '.join(z.name for z in zones)}",
        todo="say which with --zone",
    )


def _ranges(zone: Zone) -> tuple[Network, ...]:
    return tuple(parse_network(text) for text in zone.networks)


def _other_zones(session: Session, zone_id: int) -> dict[str, Bounds]:
    rows = session.exec(select(Zone).where(Zone.id != zone_id).order_by(Zone.name))
    return {zone.name: Bounds(_ranges(zone)) for zone in rows}


def _keep(
    database: Database,
    start: _Start,
    found: Crawl,
    others: dict[str, Bounds],
    actor: str,
) -> CrawlResult:
    with database.write(actor) as session:
        zone = session.get_one(Zone, start.zone_id)
        finder = Finder(session, zone, clock.now(), actor)
        finder.answers(Answer(each.outcome, each.way) for each in found.reached)
        finder.seen(found.seen)
        result = ZoneDiscovery.of(
            zone.name, found.asked, found.answered, finder.kept, stations=found.stations
        )
        record_end(session, zone, result)
    return CrawlResult(
        (result,),
        outside=tuple(_outside(each, others) for each in found.seen if each.why is Unread.OUTSIDE),
        cut_short=any(each.why is Unread.NOT_ASKED for each in found.seen),
    )


def _outside(seen: Seen, others: dict[str, Bounds]) -> str:
    """Return the sentence on a device that is left alone, with the zones it may belong to."""
    neighbour = seen.sighting.heard.neighbour
    zones = [
        name for name, bounds in others.items() if any(bounds.hold(host) for host in seen.hosts)
    ]
    belongs = f" (in the ranges of {', '.join(zones)})" if zones else ""
    name = neighbour.system_name or neighbour.chassis_id or "a device"
    return f"{name}: {seen.sentence()}{belongs}"
