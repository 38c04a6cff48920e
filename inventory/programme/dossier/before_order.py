"""The edges of a dossier from the register to an approved design."""

from collections.abc import Iterable

from inventory.programme.dossier import facts as ask
from inventory.programme.dossier.edge import Edge, Path
from inventory.programme.dossier.facts import told
from inventory.programme.dossier.status import EvidenceKind, Role, Status

_DESIGN_EVIDENCE = (
    EvidenceKind.VISIT_REPORT,
    EvidenceKind.DESIGN_PLAN,
    EvidenceKind.BILL_OF_QUANTITIES,
    EvidenceKind.QUOTE,
)
_DESIGN_GUARDS = (
    told("organising_authority_signed_on", "La signature du pouvoir organisateur manque."),
    told("programme_signed_on", "La signature du programme manque."),
    ask.no_open_prerequisite,
)


def administrative() -> Iterable[Edge]:
    """Yield the edges from the register to a place in the programme."""
    rules = frozenset({Role.RULES, Role.PROGRAMME_MANAGER})
    asking = frozenset({Role.SCHOOL_HEAD, Role.CADASTRE_MANAGER, Role.RULES})
    yield Edge(
        Status.IDENTIFIED,
        Status.INELIGIBLE,
        "Déclarer non éligible",
        rules,
        reason_needed=True,
    )
    yield Edge(
        Status.IDENTIFIED,
        Status.CADASTRE_PENDING,
        "Demander le cadastre",
        asking,
        (ask.not_ineligible,),
    )
    yield Edge(
        Status.INELIGIBLE,
        Status.CADASTRE_PENDING,
        "Rouvrir : de nouveau éligible",
        rules,
        (ask.not_ineligible,),
        reason_needed=True,
    )
    yield Edge(
        Status.CADASTRE_PENDING,
        Status.CADASTRE_SUBMITTED,
        "Soumettre le cadastre",
        frozenset({Role.SCHOOL_HEAD}),
        evidence=(EvidenceKind.CADASTRE_RESPONSE,),
    )
    yield Edge(
        Status.CADASTRE_SUBMITTED,
        Status.CADASTRE_PENDING,
        "Renvoyer le cadastre avec remarques",
        frozenset({Role.CADASTRE_MANAGER}),
        reason_needed=True,
        voids=frozenset({EvidenceKind.CADASTRE_RESPONSE}),
    )
    yield Edge(
        Status.CADASTRE_SUBMITTED,
        Status.CADASTRE_VALIDATED,
        "Valider le cadastre",
        frozenset({Role.CADASTRE_MANAGER}),
        evidence=(EvidenceKind.CADASTRE_VALIDATION,),
    )
    yield Edge(
        Status.CADASTRE_VALIDATED,
        Status.INELIGIBLE,
        "Déclarer non éligible",
        rules | {Role.CADASTRE_MANAGER},
        reason_needed=True,
        voids=frozenset({EvidenceKind.CADASTRE_RESPONSE, EvidenceKind.CADASTRE_VALIDATION}),
    )
    yield Edge(
        Status.CADASTRE_VALIDATED,
        Status.ENROLMENT_REQUESTED,
        "Demander l’adhésion",
        frozenset({Role.ORGANISING_AUTHORITY}),
        (ask.not_ineligible,),
        (EvidenceKind.ENROLMENT_FORM,),
    )
    yield Edge(
        Status.ENROLMENT_REQUESTED,
        Status.SCHEDULED,
        "Retenir et programmer",
        frozenset({Role.PROGRAMME_MANAGER}),
        (
            told("priority_score", "Le score de priorité manque."),
            told("funding_source", "La source de financement manque."),
            told("lot", "Le lot n’est pas attribué."),
        ),
        (EvidenceKind.NOTIFICATION,),
        path=Path.CONNECTIVITY,
    )


def study() -> Iterable[Edge]:
    """Yield the edges of the study, to the design that both sides signed."""
    yield Edge(
        Status.SCHEDULED,
        Status.PRESTUDY,
        "Commencer la pré-étude",
        frozenset({Role.CONTRACTOR}),
        (told("floor_plans_received_on", "Les plans des étages ne sont pas reçus."),),
    )
    yield Edge(
        Status.PRESTUDY,
        Status.SITE_SURVEY,
        "Fixer la visite technique",
        frozenset({Role.CONTRACTOR, Role.ADVISER}),
        (told("visit_on", "La date de la visite n’est pas fixée."),),
        (EvidenceKind.PRESTUDY,),
    )
    signing = frozenset({Role.PROGRAMME_MANAGER, Role.ORGANISING_AUTHORITY})
    for origin in (Status.SITE_SURVEY, Status.AWAITING_PREREQUISITES):
        yield Edge(
            origin,
            Status.DESIGN_APPROVED,
            "Valider l’étude",
            signing,
            _DESIGN_GUARDS,
            _DESIGN_EVIDENCE,
        )
    for origin in (Status.SITE_SURVEY, Status.DESIGN_APPROVED):
        yield Edge(
            origin,
            Status.AWAITING_PREREQUISITES,
            "Attendre des prérequis",
            frozenset({Role.CONTRACTOR, Role.ADVISER, Role.PROGRAMME_MANAGER}),
            (ask.some_open_prerequisite,),
            (EvidenceKind.PREREQUISITE_LIST,),
        )
    yield Edge(
        Status.AWAITING_PREREQUISITES,
        Status.SITE_SURVEY,
        "Reprendre la visite technique",
        frozenset({Role.CONTRACTOR, Role.ADVISER, Role.PROGRAMME_MANAGER}),
        (ask.no_open_prerequisite,),
        voids=frozenset({EvidenceKind.PREREQUISITE_LIST}),
    )
    yield Edge(
        Status.DESIGN_APPROVED,
        Status.SITE_SURVEY,
        "Refuser l’étude",
        signing,
        reason_needed=True,
        voids=frozenset(_DESIGN_EVIDENCE),
        forgets=frozenset({"organising_authority_signed_on", "programme_signed_on"}),
    )
