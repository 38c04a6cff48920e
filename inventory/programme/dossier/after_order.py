"""The edges of a dossier from the order to its end.

Two edges bear the same name at both ends: closing the cabling track (the first move to `cabling`
opens it, the second closes it, from wherever the delivery then is) and a refused final acceptance.
"""

from collections.abc import Iterable

from inventory.programme.dossier import facts as ask
from inventory.programme.dossier.edge import Edge, Path, Step
from inventory.programme.dossier.facts import told
from inventory.programme.dossier.status import EvidenceKind, Role, Status

_ACCEPTANCE_VOIDED = frozenset(
    {EvidenceKind.ACCEPTANCE_REPORT, EvidenceKind.PROVISIONAL_ACCEPTANCE}
)
_FIELD = frozenset({Role.CONTRACTOR, Role.INSTALLER})


def works() -> Iterable[Edge]:
    """Yield the edges from the order to the configured installation."""
    officer = frozenset({Role.CONTRACT_OFFICER})
    ordering = (EvidenceKind.SPECIFICATIONS, EvidenceKind.PURCHASE_ORDER)
    yield Edge(
        Status.DESIGN_APPROVED,
        Status.ORDERED,
        "Commander",
        officer,
        (ask.no_open_prerequisite,),
        ordering,
    )
    yield Edge(
        Status.ENROLMENT_REQUESTED,
        Status.ORDERED,
        "Commander l’équipement",
        officer,
        (told("funding_source", "La source de financement manque."),),
        ordering,
        path=Path.EQUIPMENT_ONLY,
    )
    for origin in (Status.ORDERED, Status.DELIVERED):
        yield Edge(
            origin,
            Status.CABLING,
            "Commencer le câblage",
            frozenset({Role.CONTRACTOR}),
            (ask.works_window,),
            path=Path.CONNECTIVITY,
            step=Step.OPEN_CABLING,
        )
    for origin in (Status.CABLING, Status.DELIVERED):
        yield Edge(
            origin,
            Status.CABLING,
            "Clôturer le câblage",
            frozenset({Role.CONTRACTOR}),
            evidence=(EvidenceKind.CABLING_TESTS,),
            path=Path.CONNECTIVITY,
            step=Step.CLOSE_CABLING,
        )
    for origin in (Status.ORDERED, Status.CABLING):
        yield Edge(
            origin,
            Status.DELIVERED,
            "Enregistrer la livraison",
            _FIELD | {Role.ADVISER},
            (ask.every_serial_scanned,),
            (EvidenceKind.DELIVERY_NOTE,),
            step=Step.CLOSE_DELIVERY,
        )
    for origin in (Status.CABLING, Status.DELIVERED):
        yield Edge(
            origin,
            Status.INSTALLING,
            "Commencer l’installation",
            _FIELD,
            path=Path.CONNECTIVITY,
            step=Step.LEAVE_TRACKS,
        )
    yield Edge(
        Status.INSTALLING,
        Status.CONFIGURED,
        "Déclarer configurée",
        _FIELD | {Role.NETWORK_ENGINEER},
        (
            ask.every_access_point_placed,
            ask.every_push_verified,
        ),
        (
            EvidenceKind.INSTALLATION_PHOTOS,
            EvidenceKind.AS_BUILT,
            EvidenceKind.CONFIGURATION_REPORT,
        ),
    )


def acceptance() -> Iterable[Edge]:
    """Yield the edges from the tests to the installation in service."""
    officer = frozenset({Role.CONTRACT_OFFICER})
    testers = frozenset({Role.CONTRACTOR, Role.NETWORK_ENGINEER, Role.CONTRACT_OFFICER})
    yield Edge(
        Status.CONFIGURED,
        Status.ACCEPTANCE_TESTING,
        "Commencer les tests de recette",
        testers,
        (
            told("validation_survey_on", "Le relevé de validation n’a pas eu lieu."),
            ask.machine_checks_made,
        ),
    )
    yield Edge(
        Status.ACCEPTANCE_TESTING,
        Status.RESERVES_OPEN,
        "Ouvrir des réserves",
        testers,
        (ask.some_reserve,),
        (EvidenceKind.RESERVE_LIST,),
    )
    yield Edge(
        Status.RESERVES_OPEN,
        Status.ACCEPTANCE_TESTING,
        "Reprendre les tests",
        testers,
        voids=frozenset({EvidenceKind.RESERVE_LIST}),
        forgets=frozenset({"open_reserves", "blocking_reserves"}),
    )
    for origin in (Status.ACCEPTANCE_TESTING, Status.RESERVES_OPEN):
        yield Edge(
            origin,
            Status.PROVISIONALLY_ACCEPTED,
            "Prononcer la réception provisoire",
            officer,
            (ask.no_blocking_reserve,),
            (EvidenceKind.ACCEPTANCE_REPORT, EvidenceKind.PROVISIONAL_ACCEPTANCE),
        )
    yield Edge(
        Status.PROVISIONALLY_ACCEPTED,
        Status.RESERVES_OPEN,
        "Refuser la réception provisoire",
        officer,
        evidence=(EvidenceKind.PROVISIONAL_REFUSAL,),
        reason_needed=True,
        voids=_ACCEPTANCE_VOIDED | {EvidenceKind.PROVISIONAL_REFUSAL},
        forgets=frozenset({"blocking_reserves"}),
    )
    yield Edge(
        Status.PROVISIONALLY_ACCEPTED,
        Status.IN_SERVICE,
        "Mettre en service",
        frozenset({Role.CONTRACT_OFFICER, Role.PROGRAMME_MANAGER}),
        (ask.guarantee_running,),
        (EvidenceKind.HANDOVER,),
    )
    yield Edge(
        Status.DELIVERED,
        Status.IN_SERVICE,
        "Mettre l’équipement en service",
        frozenset({Role.PROGRAMME_MANAGER, Role.ADVISER, Role.CONTRACT_OFFICER}),
        (told("loan_convention_signed_on", "La convention de prêt n’est pas signée."),),
        (EvidenceKind.LOAN_CONVENTION,),
        path=Path.EQUIPMENT_ONLY,
    )


def life() -> Iterable[Edge]:
    """Yield the edges of the guarantee, the maintenance and the end."""
    officer = frozenset({Role.CONTRACT_OFFICER})
    yield Edge(
        Status.IN_SERVICE,
        Status.FINALLY_ACCEPTED,
        "Prononcer la réception définitive",
        officer,
        (ask.guarantee_ended,),
        (EvidenceKind.FINAL_ACCEPTANCE,),
        path=Path.CONNECTIVITY,
        dated=True,
    )
    yield Edge(
        Status.IN_SERVICE,
        Status.IN_SERVICE,
        "Refuser la réception définitive",
        officer,
        (ask.final_acceptance_window,),
        evidence=(EvidenceKind.FINAL_REFUSAL,),
        reason_needed=True,
        path=Path.CONNECTIVITY,
        voids=frozenset({EvidenceKind.FINAL_REFUSAL, EvidenceKind.FINAL_ACCEPTANCE}),
        forgets=frozenset({"final_acceptance_drawn_up_on"}),
        dated=True,
    )
    yield Edge(
        Status.FINALLY_ACCEPTED,
        Status.MAINTAINED,
        "Passer en maintenance",
        frozenset({Role.PROGRAMME_MANAGER, Role.CONTRACT_OFFICER}),
        evidence=(EvidenceKind.AUDIT_REPORT,),
    )
    for origin, path in (
        (Status.MAINTAINED, Path.ANY),
        (Status.IN_SERVICE, Path.EQUIPMENT_ONLY),
    ):
        yield Edge(
            origin,
            Status.DECOMMISSIONED,
            "Démanteler",
            frozenset({Role.PROGRAMME_MANAGER}),
            evidence=(EvidenceKind.DECOMMISSIONING,),
            reason_needed=True,
            path=path,
        )
