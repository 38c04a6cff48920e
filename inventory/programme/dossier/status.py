"""The names of the dossier: statuses, roles, documents, measures; French labels for people."""

from enum import StrEnum


class Status(StrEnum):
    """Where the installation of a site stands."""

    IDENTIFIED = "identified"
    INELIGIBLE = "ineligible"
    CADASTRE_PENDING = "cadastre_pending"
    CADASTRE_SUBMITTED = "cadastre_submitted"
    CADASTRE_VALIDATED = "cadastre_validated"
    ENROLMENT_REQUESTED = "enrolment_requested"
    SCHEDULED = "scheduled"
    PRESTUDY = "prestudy"
    SITE_SURVEY = "site_survey"
    AWAITING_PREREQUISITES = "awaiting_prerequisites"
    DESIGN_APPROVED = "design_approved"
    ORDERED = "ordered"
    CABLING = "cabling"
    DELIVERED = "delivered"
    INSTALLING = "installing"
    CONFIGURED = "configured"
    ACCEPTANCE_TESTING = "acceptance_testing"
    RESERVES_OPEN = "reserves_open"
    PROVISIONALLY_ACCEPTED = "provisionally_accepted"
    IN_SERVICE = "in_service"
    FINALLY_ACCEPTED = "finally_accepted"
    MAINTAINED = "maintained"
    DECOMMISSIONED = "decommissioned"
    DECLINED = "declined"
    ON_HOLD = "on_hold"

    @property
    def label(self) -> str:
        """What people call it, in French."""
        return _STATUS_FR[self]


_STATUS_FR = {
    Status.IDENTIFIED: "Identifiée",
    Status.INELIGIBLE: "Non éligible",
    Status.CADASTRE_PENDING: "Cadastre attendu",
    Status.CADASTRE_SUBMITTED: "Cadastre soumis",
    Status.CADASTRE_VALIDATED: "Cadastre validé",
    Status.ENROLMENT_REQUESTED: "Adhésion demandée",
    Status.SCHEDULED: "Retenue et programmée",
    Status.PRESTUDY: "Pré-étude",
    Status.SITE_SURVEY: "Visite technique",
    Status.AWAITING_PREREQUISITES: "En attente de prérequis",
    Status.DESIGN_APPROVED: "Étude validée",
    Status.ORDERED: "Commandée",
    Status.CABLING: "Câblage",
    Status.DELIVERED: "Matériel livré",
    Status.INSTALLING: "Installation",
    Status.CONFIGURED: "Configurée",
    Status.ACCEPTANCE_TESTING: "Tests de recette",
    Status.RESERVES_OPEN: "Réserves",
    Status.PROVISIONALLY_ACCEPTED: "Réception provisoire",
    Status.IN_SERVICE: "En service",
    Status.FINALLY_ACCEPTED: "Réception définitive",
    Status.MAINTAINED: "Maintenance",
    Status.DECOMMISSIONED: "Démantelée",
    Status.DECLINED: "Désistement",
    Status.ON_HOLD: "En suspens",
}

PRE_ORDER = frozenset(
    {
        Status.IDENTIFIED,
        Status.CADASTRE_PENDING,
        Status.CADASTRE_SUBMITTED,
        Status.CADASTRE_VALIDATED,
        Status.ENROLMENT_REQUESTED,
        Status.SCHEDULED,
        Status.PRESTUDY,
        Status.SITE_SURVEY,
        Status.AWAITING_PREREQUISITES,
        Status.DESIGN_APPROVED,
    }
)
"""Where a school may still withdraw."""

ACTIVE = frozenset(Status) - {
    Status.INELIGIBLE,
    Status.DECLINED,
    Status.DECOMMISSIONED,
    Status.ON_HOLD,
}
"""What may be put on hold."""


class Role(StrEnum):
    """Who moves a dossier: the programme's roles, and the rules themselves."""

    RULES = "rules"
    PROGRAMME_MANAGER = "programme_manager"
    CADASTRE_MANAGER = "cadastre_manager"
    ADVISER = "adviser"
    ORGANISING_AUTHORITY = "organising_authority"
    SCHOOL_HEAD = "school_head"
    SCHOOL_IT_CONTACT = "school_it_contact"
    CONTRACTOR = "contractor"
    INSTALLER = "installer"
    SUPPORT_AGENT = "support_agent"
    CONTRACT_OFFICER = "contract_officer"
    NETWORK_ENGINEER = "network_engineer"
    SUPPLIER = "supplier"

    @property
    def label(self) -> str:
        """What people call it, in French."""
        return _ROLE_FR[self]


_ROLE_FR = {
    Role.RULES: "les règles d’éligibilité",
    Role.PROGRAMME_MANAGER: "gestionnaire du programme",
    Role.CADASTRE_MANAGER: "gestionnaire du cadastre",
    Role.ADVISER: "conseiller École numérique",
    Role.ORGANISING_AUTHORITY: "pouvoir organisateur",
    Role.SCHOOL_HEAD: "direction",
    Role.SCHOOL_IT_CONTACT: "personne-ressource",
    Role.CONTRACTOR: "prestataire",
    Role.INSTALLER: "installateur",
    Role.SUPPORT_AGENT: "support",
    Role.CONTRACT_OFFICER: "fonctionnaire dirigeant",
    Role.NETWORK_ENGINEER: "ingénieur réseau",
    Role.SUPPLIER: "fournisseur",
}


class Measure(StrEnum):
    """What the dossier asks for."""

    CONNECTIVITY = "connectivity"
    EQUIPMENT = "equipment"


class Track(StrEnum):
    """How far the cabling is; delivery has no middle."""

    WAITING = "waiting"
    RUNNING = "running"
    CLOSED = "closed"


class EvidenceKind(StrEnum):
    """The documents that a dossier rests on."""

    CADASTRE_RESPONSE = "cadastre_response"
    CADASTRE_VALIDATION = "cadastre_validation"
    ENROLMENT_FORM = "enrolment_form"
    NOTIFICATION = "notification"
    PRESTUDY = "prestudy"
    VISIT_REPORT = "visit_report"
    PREREQUISITE_LIST = "prerequisite_list"
    DESIGN_PLAN = "design_plan"
    BILL_OF_QUANTITIES = "bill_of_quantities"
    QUOTE = "quote"
    SPECIFICATIONS = "specifications"
    PURCHASE_ORDER = "purchase_order"
    CABLING_TESTS = "cabling_tests"
    DELIVERY_NOTE = "delivery_note"
    INSTALLATION_PHOTOS = "installation_photos"
    AS_BUILT = "as_built"
    CONFIGURATION_REPORT = "configuration_report"
    ACCEPTANCE_REPORT = "acceptance_report"
    RESERVE_LIST = "reserve_list"
    PROVISIONAL_ACCEPTANCE = "provisional_acceptance"
    PROVISIONAL_REFUSAL = "provisional_refusal"
    HANDOVER = "handover"
    LOAN_CONVENTION = "loan_convention"
    FINAL_ACCEPTANCE = "final_acceptance"
    FINAL_REFUSAL = "final_refusal"
    DECOMMISSIONING = "decommissioning"

    @property
    def label(self) -> str:
        """What people call it, in French, with its article."""
        return _EVIDENCE_FR[self]


_EVIDENCE_FR = {
    EvidenceKind.CADASTRE_RESPONSE: "la réponse au cadastre",
    EvidenceKind.CADASTRE_VALIDATION: "la validation du cadastre",
    EvidenceKind.ENROLMENT_FORM: "le formulaire d’adhésion",
    EvidenceKind.NOTIFICATION: "la notification au pouvoir organisateur",
    EvidenceKind.PRESTUDY: "la pré-étude prédictive",
    EvidenceKind.VISIT_REPORT: "le rapport de visite",
    EvidenceKind.PREREQUISITE_LIST: "la liste des prérequis",
    EvidenceKind.DESIGN_PLAN: "le plan d’implantation",
    EvidenceKind.BILL_OF_QUANTITIES: "le métré",
    EvidenceKind.QUOTE: "le devis",
    EvidenceKind.SPECIFICATIONS: "le cahier des charges",
    EvidenceKind.PURCHASE_ORDER: "le bon de commande",
    EvidenceKind.CABLING_TESTS: "les tests de câblage",
    EvidenceKind.DELIVERY_NOTE: "le bon de livraison",
    EvidenceKind.INSTALLATION_PHOTOS: "les photos de l’installation",
    EvidenceKind.AS_BUILT: "le plan « as-built »",
    EvidenceKind.CONFIGURATION_REPORT: "le rapport de configuration",
    EvidenceKind.ACCEPTANCE_REPORT: "le rapport de recette",
    EvidenceKind.RESERVE_LIST: "la liste de réserves",
    EvidenceKind.PROVISIONAL_ACCEPTANCE: "le PV de réception provisoire",
    EvidenceKind.PROVISIONAL_REFUSAL: "le PV de refus de la réception provisoire",
    EvidenceKind.HANDOVER: "le PV de remise",
    EvidenceKind.LOAN_CONVENTION: "la convention de prêt signée",
    EvidenceKind.FINAL_ACCEPTANCE: "le PV de réception définitive",
    EvidenceKind.FINAL_REFUSAL: "le PV de refus de la réception définitive",
    EvidenceKind.DECOMMISSIONING: "le PV de démantèlement",
}
