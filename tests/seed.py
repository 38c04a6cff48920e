"""A few schools with devices, readings, a push, findings and a dossier, as rows.

For the tests of the pages and the API, which must not depend on the lab.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlmodel import Session

from inventory import clock
from inventory.database import Database
from inventory.models import (
    DeployPlan,
    Device,
    DeviceRole,
    Dossier,
    DossierTransition,
    Event,
    FindingRow,
    Health,
    Implantation,
    Incident,
    Interface,
    Link,
    ObservationRecord,
    OrganisingAuthority,
    PlanState,
    Push,
    PushState,
    PushStep,
    School,
    Site,
    SiteImplantation,
    TeachingOffer,
)
from inventory.observation import Identity, Observation, Radio, Wlan, to_json
from inventory.programme.dossier import Measure
from inventory.programme.spelling import plain

SCHOOLS = (
    (95001, 9501, "École communale Les Tilleuls", "Namur", "Namur", "Subventionné communal"),
    (95002, 9502, "Institut Saint-Roch", "Liège", "Liège", "Libre confessionnel"),
    (95003, 9503, "Athénée royal du Lac", "Charleroi", "Hainaut", "WBE"),
)
DIFF = """--- en place
+++ voulu
@@ -12,3 +12,7 @@
 config wifi-iface 'eleves'
-\toption ssid 'ancien'
+\toption ssid 'ELEVES'
+\toption encryption 'sae-mixed'
+\toption key '‹secret:wlan-eleves›'
"""


@dataclass(frozen=True)
class Seeded:
    """The ids of what was made, in the order of SCHOOLS."""

    site_ids: tuple[int, ...]
    authority_ids: tuple[int, ...]
    device_ids: tuple[int, ...]


def seed(database: Database) -> Seeded:
    """Make the three schools: the first in service and watched, the others on their way."""
    with database.write("seed") as session:
        sites, authorities = zip(
            *(_school(session, number) for number in range(len(SCHOOLS))), strict=True
        )
        _dossier(session, sites[0], ["identified", "cadastre_pending", "ordered", "in_service"])
        _dossier(session, sites[1], ["identified", "cadastre_pending"])
        devices = _devices(session, sites[0])
        _push(session, devices)
        session.add(
            Event(
                at=clock.now() - timedelta(minutes=4),
                kind="audit.done",
                site_id=sites[0],
                message="Audit terminé : 2 constats ouverts.",
            )
        )
    return Seeded(sites, authorities, tuple(devices))


def _school(session: Session, number: int) -> tuple[int, int]:
    school_fase, fase, name, commune, province, network = SCHOOLS[number]
    authority = OrganisingAuthority(fase=700 + number, name=f"Pouvoir organisateur de {commune}")
    session.add(authority)
    session.flush()
    school = School(
        fase=school_fase,
        name=name,
        education_network=network,
        organising_authority_id=authority.id,
        commune=commune,
    )
    session.add(school)
    session.flush()
    assert school.id is not None
    implantation = Implantation(school_id=school.id, fase=fase, province=province, commune=commune)
    site = Site(
        name=name,
        search_key=plain(f"{name} {commune} {school_fase} {fase}"),
        address="Rue de l’École 1",
        postal_code="5000",
        locality=commune,
        commune=commune,
        province=province,
    )
    session.add(implantation)
    session.add(site)
    session.flush()
    assert site.id is not None
    assert implantation.id is not None
    assert authority.id is not None
    session.add(SiteImplantation(site_id=site.id, implantation_id=implantation.id))
    session.add(TeachingOffer(implantation_id=implantation.id, kind="Primaire ordinaire"))
    return site.id, authority.id


def _dossier(session: Session, site_id: int, statuses: list[str]) -> None:
    dossier = Dossier(
        site_id=site_id,
        status=statuses[-1],
        measures=[Measure.CONNECTIVITY.value],
        version=len(statuses),
        updated_at=clock.now(),
    )
    session.add(dossier)
    session.flush()
    assert dossier.id is not None
    for place, (before, after) in enumerate(pairwise(statuses)):
        session.add(
            DossierTransition(
                dossier_id=dossier.id,
                at=clock.now() - timedelta(days=90 - 30 * place),
                actor="user:alice",
                role="programme_manager",
                from_status=before,
                to_status=after,
            )
        )
        session.flush()


def _devices(session: Session, site_id: int) -> list[int]:
    made = []
    for number in range(1, 11):
        switch = number <= 2
        down = number == 10
        device = Device(
            site_id=site_id,
            role=DeviceRole.SWITCH if switch else DeviceRole.ACCESS_POINT,
            name=f"sw{number}" if switch else f"ap{number - 2}",
            family="aruba_cx" if switch else "openwrt",
            vendor="Aruba" if switch else "OpenWrt",
            model="6100 12G PoE" if switch else "GL-MT6000",
            serial=f"LAB-{site_id}-{number}",
            firmware="PL.10.13.1000" if switch else "23.05.5",
            health=Health.DOWN if down else Health.OK,
            last_seen_at=clock.now() - timedelta(minutes=5 if not down else 2000),
            last_error_kind="Unreachable" if down else None,
            last_error="127.20.0.18:10161: no answer" if down else None,
        )
        session.add(device)
        session.flush()
        assert device.id is not None
        made.append(device.id)
        if not down:
            _observation(session, device, number)
    _finding(session, site_id, made[-1], severity="major", message="La borne ne répond plus.")
    _finding(session, site_id, made[2], severity="minor", message="Le canal a changé.")
    return made


def _observation(session: Session, device: Device, number: int) -> None:
    wireless = device.role is DeviceRole.ACCESS_POINT
    radios = (
        Radio(index=0, name="radio0", band="2.4", channel=6, width_mhz=20, clients=number),
        Radio(index=1, name="radio1", band="5", channel=36 + 4 * number, width_mhz=40, clients=3),
    )
    observation = Observation(
        identity=Identity(family=device.family, vendor=device.vendor, model=device.model),
        radios=radios if wireless else (),
        wlans=(Wlan(ssid="ELEVES"), Wlan(ssid="ADMIN")) if wireless else (),
    )
    assert device.id is not None
    session.add(
        ObservationRecord(
            device_id=device.id,
            at=clock.now() - timedelta(minutes=5),
            duration_s=0.2,
            body=to_json(observation),
        )
    )


def _finding(
    session: Session, site_id: int, device_id: int, *, severity: str, message: str
) -> None:
    session.add(
        FindingRow(
            rule_id=f"test.{severity}",
            subject=f"device:{device_id}",
            site_id=site_id,
            device_id=device_id,
            severity=severity,
            message=message,
            first_seen_at=clock.now() - timedelta(days=2),
            last_seen_at=clock.now(),
        )
    )


def _push(session: Session, device_ids: list[int]) -> None:
    plan = DeployPlan(
        created_at=clock.now() - timedelta(hours=3),
        created_by="user:alice",
        selection={},
        state=PlanState.DONE,
    )
    session.add(plan)
    session.flush()
    assert plan.id is not None
    for place, device_id in enumerate(device_ids):
        failed = place == len(device_ids) - 1
        push = Push(
            plan_id=plan.id,
            device_id=device_id,
            diff=DIFF,
            state=PushState.FAILED if failed else PushState.VERIFIED,
            finished_at=clock.now() - timedelta(hours=3),
            error_kind="PushRejected" if failed else None,
            error="127.20.0.18:10022: uci: Invalid argument" if failed else None,
        )
        session.add(push)
        session.flush()
        assert push.id is not None
        session.add(PushStep(push_id=push.id, at=clock.now(), step="read back", note="equal"))


def seed_network(database: Database, seeded: Seeded) -> None:
    """Cable the first school's devices, and let its second switch be down with all behind it.

    One cable is disputed by its ends, one is seen by one end only, one device has none.
    """
    at = clock.now() - timedelta(minutes=7)
    sw1, sw2, *points = seeded.device_ids
    ways = [(sw2, "1/1/24", sw1, "1/1/24")]
    ways += [(each, "eth0", sw1, f"1/1/{n}") for n, each in enumerate(points[:4], 1)]
    ways += [(each, "eth0", sw2, f"1/1/{n}") for n, each in enumerate(points[4:7], 1)]
    with database.write("seed") as session:
        session.add(Interface(device_id=sw1, name="1/1/7"))
        for place, (lower, port, upper, upper_port) in enumerate(ways):
            session.add(_link(lower, port, upper, "1/1/7" if place == 2 else upper_port, at))
            session.add(Interface(device_id=upper, name=upper_port))
            if place != 3:
                session.add(_link(upper, upper_port, lower, port, at))
        session.get_one(Device, sw2).health = Health.DOWN
        for each in points[4:7]:
            session.get_one(Device, each).health = Health.SHADOWED
        session.add(
            Incident(
                site_id=seeded.site_ids[0],
                device_id=sw2,
                shadowed_ids=points[4:7],
                opened_at=at,
            )
        )


def _link(device_id: int, port: str, remote_id: int, remote_port: str, at: datetime) -> Link:
    return Link(
        device_id=device_id,
        local_interface=port,
        protocol="lldp",
        remote_key=f"{remote_id} {remote_port}",
        remote_device_id=remote_id,
        remote_port=remote_port,
        first_seen_at=at,
        last_seen_at=at,
    )
