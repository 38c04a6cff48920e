"""What a laptop heard on its cable, kept in a zone: read what can be, propose the rest."""

from collections.abc import Iterable

from api.usecases.discovery import LEASE_S, DiscoveryResult, ZoneDiscovery, record_end
from api.usecases.found import Answer, Finder
from api.usecases.progress import Counter, Progress, quiet
from api.usecases.targets import zone_snmp_target
from api.usecases.zones import find_zone, parse_network
from collectors.discover import who_answers
from collectors.listening import OnTheWire
from collectors.observe import observe_many
from collectors.sightings import Bounds
from inventory import clock
from inventory.database import Database
from inventory.leases import lease
from inventory.models import ProposalSource, Zone
from inventory.proposals import Place, found_neighbour
from inventory.secrets import Vault
from inventory.settings import Settings


def keep_heard(
    database: Database,
    vault: Vault,
    settings: Settings,
    heard: OnTheWire,
    *,
    zone_name: str,
    actor: str,
    on_progress: Progress = quiet,
) -> DiscoveryResult:
    """Return what became of what was heard, in this zone.

    Every address that was heard inside the zone's ranges is asked over SNMP. What announced itself
    and does not answer is proposed; of hosts that only spoke ARP, mostly people's, nothing is kept.
    Raises NotFound for an unknown zone, Conflict while it is being searched by another.
    """
    with database.read() as session:
        zone = find_zone(session, zone_name)
        assert zone.id is not None
        zone_id, name = zone.id, zone.name
        bounds = Bounds(tuple(parse_network(text) for text in zone.networks))
        targets = [
            zone_snmp_target(session, vault, settings, zone, host=host)
            for host in _hosts(heard)
            if bounds.hold(host)
        ]
    with lease(database, f"zone:{zone_id}", holder=actor, purpose="discovery", ttl_s=LEASE_S):
        asked = Counter(on_progress, "addresses asked", len(targets))
        answering = who_answers(targets, on_done=asked.one_more)
        read = Counter(on_progress, "devices read", len(answering))
        readings = observe_many(answering, settings=settings, on_done=read.one_more)
        with database.write(actor) as session:
            zone = session.get_one(Zone, zone_id)
            finder = Finder(session, zone, clock.now(), actor)
            finder.answers(Answer(each, source=ProposalSource.WIRE) for each in readings)
            _propose(finder, heard)
            result = ZoneDiscovery.of(name, len(targets), len(readings), finder.kept)
            record_end(session, zone, result)
    return DiscoveryResult((result,))


def _hosts(heard: OnTheWire) -> Iterable[str]:
    announced = (host for each in heard.plugged_into() for host in each.addresses)
    return dict.fromkeys((*announced, *(host.ip for host in heard.hosts)))


def _propose(finder: Finder, heard: OnTheWire) -> None:
    for each in heard.plugged_into():
        told = each.heard()
        if not told.is_infrastructure:
            continue
        hosts = ", ".join(told.addresses)
        found = found_neighbour(
            Place(ProposalSource.WIRE, protocol=each.protocol),
            told.neighbour,
            hosts=told.addresses,
            capabilities=told.capabilities,
            why=f"it answers nothing at {hosts}" if hosts else "no address of it is known",
        )
        if found is not None:
            finder.consider(found)
