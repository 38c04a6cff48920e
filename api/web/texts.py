"""The words that stand for states, roles and kinds on pages. French is the source language.

`N_` marks a text for the catalogues; the templates translate it where they show it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from api.usecases.plan_states import PLAN_WORDS
from api.usecases.search import Kind
from inventory.cabling import CableState
from inventory.findings.finding import Severity
from inventory.models import (
    DeviceRole,
    Health,
    JobState,
    Lifecycle,
    PlanState,
    PushState,
    UserRole,
)
from inventory.sentences import N_


@dataclass(frozen=True, slots=True)
class Label:
    """A state in words, and the tone of its badge; the tone never says it alone."""

    text: str
    tone: str = "neutral"  # good, busy, warn, bad or neutral


UNKNOWN = Label(N_("Non communiqué"))

SCHOOL, AUTHORITY, PROGRAMME = N_("L’école"), N_("Le pouvoir organisateur"), N_("Le programme")
CONTRACTOR, NOBODY = N_("L’installateur"), N_("Personne pour le moment")


@dataclass(frozen=True, slots=True)
class StatusText:
    """A dossier's status: its name, its phase, what comes next and who must act."""

    label: str
    phase: int | None
    next: str
    ball: str
    tone: str = "busy"


PHASES = (
    N_("Cadastre"),
    N_("Adhésion"),
    N_("Étude"),
    N_("Commande et travaux"),
    N_("Installation"),
    N_("Recette"),
    N_("En service"),
)

STATUSES: Mapping[str, StatusText] = {
    "identified": StatusText(
        N_("Identifiée"), 0, N_("Le cadastre est proposé à l’école."), PROGRAMME, "neutral"
    ),
    "ineligible": StatusText(
        N_("Non éligible"),
        None,
        N_("Rien n’est attendu\u00a0; le motif est noté."),
        NOBODY,
        "neutral",
    ),
    "cadastre_pending": StatusText(
        N_("Cadastre attendu"), 0, N_("L’école remplit le cadastre et le signe."), SCHOOL, "warn"
    ),
    "cadastre_submitted": StatusText(
        N_("Cadastre soumis"), 0, N_("Le cadastre est vérifié, puis validé."), PROGRAMME
    ),
    "cadastre_validated": StatusText(
        N_("Cadastre validé"),
        1,
        N_("Le pouvoir organisateur demande l’adhésion."),
        AUTHORITY,
        "warn",
    ),
    "enrolment_requested": StatusText(
        N_("Adhésion demandée"),
        1,
        N_("L’école reçoit une place dans la programmation."),
        PROGRAMME,
    ),
    "scheduled": StatusText(
        N_("Retenue et programmée"),
        2,
        N_("Les plans du bâtiment sont transmis et la pré-étude commence."),
        CONTRACTOR,
    ),
    "prestudy": StatusText(
        N_("Pré-étude"), 2, N_("Une visite technique est fixée avec l’école."), CONTRACTOR
    ),
    "site_survey": StatusText(
        N_("Visite technique"), 2, N_("Le rapport de visite est rendu."), CONTRACTOR
    ),
    "awaiting_prerequisites": StatusText(
        N_("En attente de prérequis"),
        2,
        N_("Les travaux préparatoires sont réalisés par le pouvoir organisateur."),
        AUTHORITY,
        "warn",
    ),
    "design_approved": StatusText(
        N_("Étude validée"), 3, N_("Le bon de commande est établi."), PROGRAMME
    ),
    "ordered": StatusText(
        N_("Commandée"), 3, N_("Le câblage et la livraison du matériel sont planifiés."), CONTRACTOR
    ),
    "cabling": StatusText(
        N_("Câblage"), 3, N_("Le câblage est posé et testé, le matériel est livré."), CONTRACTOR
    ),
    "delivered": StatusText(
        N_("Matériel livré"),
        3,
        N_("Le câblage est terminé, puis les bornes sont posées."),
        CONTRACTOR,
    ),
    "installing": StatusText(
        N_("Installation"), 4, N_("Les bornes et les commutateurs sont posés."), CONTRACTOR
    ),
    "configured": StatusText(
        N_("Configurée"), 5, N_("Les tests de recette ont lieu dans l’école."), CONTRACTOR
    ),
    "acceptance_testing": StatusText(
        N_("Tests de recette"),
        5,
        N_("Les mesures sont faites et le rapport est rendu."),
        CONTRACTOR,
    ),
    "reserves_open": StatusText(
        N_("Réserves"),
        5,
        N_("Les points relevés sont corrigés, puis contrôlés."),
        CONTRACTOR,
        "warn",
    ),
    "provisionally_accepted": StatusText(
        N_("Réception provisoire"), 5, N_("L’installation est remise à l’école."), PROGRAMME
    ),
    "in_service": StatusText(
        N_("En service"),
        6,
        N_("La garantie court\u00a0; la réception définitive suivra."),
        NOBODY,
        "good",
    ),
    "finally_accepted": StatusText(
        N_("Réception définitive"), 6, N_("La maintenance commence."), PROGRAMME, "good"
    ),
    "maintained": StatusText(
        N_("Maintenance"), 6, N_("Les audits suivent l’installation."), NOBODY, "good"
    ),
    "decommissioned": StatusText(
        N_("Démantelée"), None, N_("Rien n’est attendu."), NOBODY, "neutral"
    ),
    "declined": StatusText(
        N_("Désistement"), None, N_("L’école ne participe pas."), NOBODY, "neutral"
    ),
    "on_hold": StatusText(
        N_("En suspens"), None, N_("Le dossier reprendra là où il s’est arrêté."), PROGRAMME, "warn"
    ),
}

HEALTH: Mapping[str, Label] = {
    Health.OK: Label(N_("Fonctionne"), "good"),
    Health.DEGRADED: Label(N_("Dégradé"), "warn"),
    Health.DOWN: Label(N_("Ne répond pas"), "bad"),
    Health.SHADOWED: Label(N_("Injoignable par une autre panne"), "warn"),
    Health.UNKNOWN: Label(N_("Jamais relevé")),
}
CABLE_STATE: Mapping[str, Label] = {
    CableState.CONFIRMED: Label(N_("Vu des deux bouts"), "good"),
    CableState.DISPUTED: Label(N_("Les deux bouts se contredisent"), "warn"),
    CableState.ONE_SIDED: Label(N_("Vu d’un seul bout")),
    CableState.OLD: Label(N_("N’est plus vu"), "warn"),
}
SEVERITY: Mapping[str, Label] = {
    Severity.BLOCKING: Label(N_("Bloquant"), "bad"),
    Severity.MAJOR: Label(N_("Majeur"), "bad"),
    Severity.MINOR: Label(N_("Mineur"), "warn"),
    Severity.INFO: Label(N_("Information")),
}
DEVICE_ROLE: Mapping[str, str] = {
    DeviceRole.ACCESS_POINT: N_("Borne WiFi"),
    DeviceRole.SWITCH: N_("Commutateur"),
    DeviceRole.CONTROLLER: N_("Contrôleur WiFi"),
    DeviceRole.ROUTER: N_("Routeur"),
    DeviceRole.OTHER: N_("Autre équipement"),
}
LIFECYCLE: Mapping[str, str] = {
    Lifecycle.PLANNED: N_("Prévu"),
    Lifecycle.ORDERED: N_("Commandé"),
    Lifecycle.IN_STOCK: N_("En stock"),
    Lifecycle.INSTALLED: N_("Posé"),
    Lifecycle.ACTIVE: N_("En service"),
    Lifecycle.FAULTY: N_("En panne"),
    Lifecycle.RMA: N_("En réparation"),
    Lifecycle.RETIRED: N_("Retiré"),
}
PLAN_STATE: Mapping[str, Label] = {
    PlanState.FROZEN: Label(PLAN_WORDS[PlanState.FROZEN]),
    PlanState.RUNNING: Label(PLAN_WORDS[PlanState.RUNNING], "busy"),
    PlanState.PAUSED: Label(PLAN_WORDS[PlanState.PAUSED], "warn"),
    PlanState.HALTED: Label(PLAN_WORDS[PlanState.HALTED], "bad"),
    PlanState.DONE: Label(PLAN_WORDS[PlanState.DONE], "good"),
    PlanState.CANCELLED: Label(PLAN_WORDS[PlanState.CANCELLED], "warn"),
}
PUSH_STATE: Mapping[str, Label] = {
    PushState.PLANNED: Label(N_("Prévu")),
    PushState.UNCHANGED: Label(N_("Déjà conforme"), "good"),
    PushState.SENDING: Label(N_("Envoi en cours"), "busy"),
    PushState.IN_DOUBT: Label(N_("À vérifier"), "warn"),
    PushState.VERIFIED: Label(N_("Appliqué et relu"), "good"),
    PushState.ROLLED_BACK: Label(N_("Annulé, état précédent rétabli"), "warn"),
    PushState.SKIPPED: Label(N_("Passé"), "warn"),
    PushState.FAILED: Label(N_("Échec"), "bad"),
}
_NOT_CONFIRMED = Label(N_("Pas encore confirmé"), "busy")


def push_label(state: PushState, finished_at: datetime | None) -> Label:
    """Return what a push is called: one in doubt that has not ended is still being carried out."""
    if state is PushState.IN_DOUBT and finished_at is None:
        return _NOT_CONFIRMED
    return PUSH_STATE[state]


JOB_STATE: Mapping[str, Label] = {
    JobState.QUEUED: Label(N_("En attente"), "busy"),
    JobState.RUNNING: Label(N_("En cours"), "busy"),
    JobState.DONE: Label(N_("Terminé"), "good"),
    JobState.FAILED: Label(N_("Échec"), "bad"),
}
JOB_KIND: Mapping[str, str] = {
    "audit": N_("Audit"),
    "poll": N_("Relevé des équipements"),
    "health": N_("Santé des équipements"),
    "reminders": N_("Rédaction des rappels"),
    "mail": N_("Envoi du courrier"),
    "discover": N_("Recherche d’équipements"),
    "rollout": N_("Déploiement"),
    "rollback": N_("Préparation d’un retour"),
    "acceptance": N_("Recette"),
    "support": N_("Lecture des postes connectés"),
    "cadastre_opening": N_("Ouverture du cadastre"),
    "eligibility": N_("Application des règles"),
    "bulk_moves": N_("Passage de dossiers"),
    "programme_plan": N_("Calcul d’un plan"),
    "programme_apply": N_("Application d’un plan"),
    "programme_prices": N_("Prix des contraintes"),
}
JOB_PROGRESS = N_("%(done)s sur %(total)s")
JOB_STEP: Mapping[str, str] = {
    "devices read": N_("%(done)s équipements relevés sur %(total)s"),
    "devices judged": N_("%(done)s équipements contrôlés sur %(total)s"),
    "pushing": N_("%(done)s équipements traités sur %(total)s"),
    "reading back": N_("%(done)s équipements relus sur %(total)s"),
    "schools asked": N_("%(done)s écoles sollicitées sur %(total)s"),
    "schools judged": N_("%(done)s écoles jugées sur %(total)s"),
    "dossiers moved": N_("%(done)s dossiers traités sur %(total)s"),
    "addresses asked": N_("%(done)s adresses interrogées sur %(total)s"),
}
# How a failure is told to someone who is not an engineer; the device's own words stand below.
ERROR_KIND: Mapping[str, str] = {
    "Unreachable": N_("L’équipement n’a pas répondu."),
    "Refused": N_("L’équipement a refusé les identifiants\u00a0; il n’a pas été réessayé."),
    "Garbled": N_("L’équipement a répondu de façon incompréhensible."),
    "PushRejected": N_("L’équipement n’a pas accepté la configuration."),
    "Interrupted": N_(
        "Le programme a été interrompu pendant l’envoi\u00a0; l’équipement a été rétabli."
    ),
    "RolledBack": N_("Le changement a été retiré par un plan de retour."),
    "Cancelled": N_("Le plan a été annulé avant l’envoi."),
    "Unguarded": N_(
        "Le changement aurait pu couper l’accès à l’équipement\u00a0; il n’a pas été fait."
    ),
    "Conflict": N_(
        "L’équipement était occupé par une autre opération, ou il a changé entre-temps."
    ),
}
ELIGIBILITY_OUTCOME: Mapping[str, Label] = {
    "moved": Label(N_("Dossier déplacé"), "busy"),
    "noted": Label(N_("Réponse notée, dossier inchangé")),
    "refused": Label(N_("Refusé par le parcours du dossier"), "warn"),
    "same": Label(N_("Inchangé")),
}
USER_ROLE: Mapping[str, str] = {
    UserRole.PROGRAMME_MANAGER: N_("Gestion du programme"),
    UserRole.CADASTRE_MANAGER: N_("Gestion du cadastre"),
    UserRole.ADVISER: N_("Conseil École numérique"),
    UserRole.ORGANISING_AUTHORITY: N_("Pouvoir organisateur"),
    UserRole.SCHOOL_HEAD: N_("Direction"),
    UserRole.SCHOOL_IT_CONTACT: N_("Personne-ressource"),
    UserRole.CONTRACTOR: N_("Prestataire"),
    UserRole.INSTALLER: N_("Installation"),
    UserRole.SUPPORT_AGENT: N_("Support"),
    UserRole.CONTRACT_OFFICER: N_("Fonctionnaire dirigeant"),
    UserRole.NETWORK_ENGINEER: N_("Ingénierie réseau"),
    UserRole.SUPPLIER: N_("Fournisseur"),
}
SEARCH_KIND: Mapping[str, str] = {
    Kind.SITES: N_("Écoles"),
    Kind.DEVICES: N_("Appareils"),
    Kind.DOSSIERS: N_("Dossiers"),
    Kind.INCIDENTS: N_("Incidents"),
}
INCIDENT_OPEN = Label(N_("En cours"), "bad")
INCIDENT_CLOSED = Label(N_("Clos"), "neutral")
CONDITION: Mapping[str, str] = {
    "down": N_("Équipement qui ne répond pas"),
    "findings": N_("Constats ouverts"),
    "well": N_("Tout va bien"),
    "unequipped": N_("Pas encore équipée"),
}
HTTP_STATUS: Mapping[int, tuple[str, str]] = {
    400: (
        N_("Demande incomprise"),
        N_("L’adresse ou le formulaire contient une valeur qui ne convient pas."),
    ),
    401: (N_("Connexion nécessaire"), N_("Connectez-vous pour voir cette page.")),
    403: (
        N_("Accès refusé"),
        N_(
            "Votre rôle ne permet pas cette action, ou le formulaire n’est plus à jour. "
            "Revenez à la page précédente et rechargez-la."
        ),
    ),
    404: (
        N_("Page introuvable"),
        N_("Cette page n’existe pas, ou elle ne fait pas partie des écoles que vous suivez."),
    ),
    405: (N_("Action impossible"), N_("Cette adresse ne répond pas à cette action.")),
    409: (N_("Modifié entre-temps"), N_("Rechargez la page et recommencez.")),
    413: (N_("Envoi trop volumineux"), N_("Ce formulaire contient trop de données.")),
    429: (
        N_("Trop de tentatives"),
        N_("Par sécurité, les connexions sont suspendues quelques minutes."),
    ),
    503: (
        N_("Service momentanément indisponible"),
        N_("Réessayez dans quelques minutes."),
    ),
}
FAILURE = (
    N_("Une erreur s’est produite"),
    N_("L’incident est enregistré. Réessayez dans quelques minutes ou prévenez le support."),
)
