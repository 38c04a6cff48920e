"""The demo's dossiers: each school walks from the register to « configurée », as its people would.

Every step goes through the product's own use case, with the role that may make it, its facts and
its documents. The last one is refused where a device's push was not read back.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from api.usecases.contractors import define_contractor
from api.usecases.dossier_state import EvidenceFile
from api.usecases.dossiers import MoveRefused, advance
from api.usecases.funding import define_funding
from api.usecases.lots import define_lot
from inventory import clock
from inventory.database import Database
from inventory.programme.dossier import EvidenceKind, Role, Status


@dataclass(frozen=True, slots=True)
class Walked:
    """How far one dossier came; `missing` holds the product's own sentences, in French."""

    site_id: int
    status: Status
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Step:
    to: Status
    role: Role
    evidence: tuple[EvidenceKind, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)


def walk(database: Database, site_id: int, serials: int) -> Walked:
    """Move one dossier as far as it goes and return where it stands."""
    with database.write("demo:programme_manager") as session:
        define_contractor(session, "Réseaux des Ardennes")
        define_lot(session, "Lot 2", contractor="Réseaux des Ardennes")
        define_funding(session, "PRR", name="Plan pour la reprise et la résilience")
    reached = Status.IDENTIFIED
    for step in _steps(serials):
        try:
            with database.write(f"demo:{step.role.value}") as session:
                advance(
                    session,
                    site_id,
                    step.to,
                    actor=f"demo:{step.role.value}",
                    role=step.role,
                    facts=step.facts,
                    evidence=[_document(site_id, kind) for kind in step.evidence],
                )
        except MoveRefused as refused:
            return Walked(site_id, reached, refused.missing)
        reached = step.to
    return Walked(site_id, reached)


def _steps(serials: int) -> Iterator[_Step]:
    today = clock.now().date()
    day = {days: (today + timedelta(days)).isoformat() for days in (-90, -60, -45, -30, -5)}
    kind = EvidenceKind
    yield _Step(Status.CADASTRE_PENDING, Role.CADASTRE_MANAGER)
    yield _Step(Status.CADASTRE_SUBMITTED, Role.SCHOOL_HEAD, (kind.CADASTRE_RESPONSE,))
    yield _Step(Status.CADASTRE_VALIDATED, Role.CADASTRE_MANAGER, (kind.CADASTRE_VALIDATION,))
    yield _Step(Status.ENROLMENT_REQUESTED, Role.ORGANISING_AUTHORITY, (kind.ENROLMENT_FORM,))
    yield _Step(
        Status.SCHEDULED,
        Role.PROGRAMME_MANAGER,
        (kind.NOTIFICATION,),
        {"priority_score": "72.5", "funding_source": "PRR", "lot": "Lot 2"},
    )
    yield _Step(Status.PRESTUDY, Role.CONTRACTOR, (), {"floor_plans_received_on": day[-90]})
    yield _Step(Status.SITE_SURVEY, Role.CONTRACTOR, (kind.PRESTUDY,), {"visit_on": day[-60]})
    yield _Step(
        Status.DESIGN_APPROVED,
        Role.PROGRAMME_MANAGER,
        (kind.VISIT_REPORT, kind.DESIGN_PLAN, kind.BILL_OF_QUANTITIES, kind.QUOTE),
        {"organising_authority_signed_on": day[-45], "programme_signed_on": day[-45]},
    )
    order = (kind.SPECIFICATIONS, kind.PURCHASE_ORDER)
    yield _Step(Status.ORDERED, Role.CONTRACT_OFFICER, order)
    yield _Step(
        Status.CABLING, Role.CONTRACTOR, (), {"works_from": day[-30], "works_until": day[-5]}
    )
    yield _Step(Status.CABLING, Role.CONTRACTOR, (kind.CABLING_TESTS,))
    yield _Step(
        Status.DELIVERED,
        Role.INSTALLER,
        (kind.DELIVERY_NOTE,),
        {"serials_expected": str(serials), "serials_scanned": str(serials)},
    )
    yield _Step(Status.INSTALLING, Role.INSTALLER)
    yield _Step(
        Status.CONFIGURED,
        Role.INSTALLER,
        (kind.INSTALLATION_PHOTOS, kind.AS_BUILT, kind.CONFIGURATION_REPORT),
        {"access_points_placed": "true"},
    )


def _document(site_id: int, kind: EvidenceKind) -> EvidenceFile:
    content = f"{kind.value} of site {site_id}, a document of the demo".encode()
    name = f"{kind.value}-{site_id}.pdf"
    return EvidenceFile(kind, name, hashlib.sha256(content).hexdigest(), len(content))
