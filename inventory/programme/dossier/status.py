"""The names of the dossier: statuses, roles, documents, measures; French labels for people."""

from enum import StrEnum

from inventory.sentences import N_


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
    Status.IDENTIFIED: N_("Identifiée"),
    Status.INELIGIBLE: N_("Non éligible"),
    Status.CADASTRE_PENDING: N_("Cadastre attendu"),
    Status.CADASTRE_SUBMITTED: N_("Cadastre soumis"),
    Status.CADASTRE_VALIDATED: N_("Cadastre validé"),
    Status.ENROLMENT_REQUESTED: N_("Adhésion demandée"),
    Status.SCHEDULED: N_("Retenue et programmée"),
    Status.PRESTUDY: N_("Pré-étude"),
    Status.SITE_SURVEY: N_("Visite technique"),
    Status.AWAITING_PREREQUISITES: N_("En attente de prérequis"),
    Status.DESIGN_APPROVED: N_("Étude validée"),
    Status.ORDERED: N_("Commandée"),
    Status.CABLING: N_("Câblage"),
    Status.DELIVERED: N_("Matériel livré"),
    Status.INSTALLING: N_("Installation"),
    Status.CONFIGURED: N_("Configurée"),
    Status.ACCEPTANCE_TESTING: N_("Tests de recette"),
    Status.RESERVES_OPEN: N_("Réserves"),
    Status.PROVISIONALLY_ACCEPTED: N_("Réception provisoire"),
    Status.IN_SERVICE: N_("En service"),
    Status.FINALLY_ACCEPTED: N_("Réception définitive"),
    Status.MAINTAINED: N_("Maintenance"),
    Status.DECOMMISSIONED: N_("Démantelée"),
    Status.DECLINED: N_("Désistement"),
    Status.ON_HOLD: N_("En suspens"),
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
    Role.RULES: N_("les règles d’éligibilité"),
    Role.PROGRAMME_MANAGER: N_("gestionnaire du programme"),
    Role.CADASTRE_MANAGER: N_("gestionnaire du cadastre"),
    Role.ADVISER: N_("conseiller École numérique"),
    Role.ORGANISING_AUTHORITY: N_("pouvoir organisateur"),
    Role.SCHOOL_HEAD: N_("direction"),
    Role.SCHOOL_IT_CONTACT: N_("personne-ressource"),
    Role.CONTRACTOR: N_("prestataire"),
    Role.INSTALLER: N_("installateur"),
    Role.SUPPORT_AGENT: N_("support"),
    Role.CONTRACT_OFFICER: N_("fonctionnaire dirigeant"),
    Role.NETWORK_ENGINEER: N_("ingénieur réseau"),
    Role.SUPPLIER: N_("fournisseur"),
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
    AUDIT_REPORT = "audit_report"
    DECOMMISSIONING = "decommissioning"

    @property
    def label(self) -> str:
        """What people call it, in French, with its article."""
        return _EVIDENCE_FR[self]


_EVIDENCE_FR = {
    EvidenceKind.CADASTRE_RESPONSE: N_("la réponse au cadastre"),
    EvidenceKind.CADASTRE_VALIDATION: N_("la validation du cadastre"),
    EvidenceKind.ENROLMENT_FORM: N_("le formulaire d’adhésion"),
    EvidenceKind.NOTIFICATION: N_("la notification au pouvoir organisateur"),
    EvidenceKind.PRESTUDY: N_("la pré-étude prédictive"),
    EvidenceKind.VISIT_REPORT: N_("le rapport de visite"),
    EvidenceKind.PREREQUISITE_LIST: N_("la liste des prérequis"),
    EvidenceKind.DESIGN_PLAN: N_("le plan d’implantation"),
    EvidenceKind.BILL_OF_QUANTITIES: N_("le métré"),
    EvidenceKind.QUOTE: N_("le devis"),
    EvidenceKind.SPECIFICATIONS: N_("le cahier des charges"),
    EvidenceKind.PURCHASE_ORDER: N_("le bon de commande"),
    EvidenceKind.CABLING_TESTS: N_("les tests de câblage"),
    EvidenceKind.DELIVERY_NOTE: N_("le bon de livraison"),
    EvidenceKind.INSTALLATION_PHOTOS: N_("les photos de l’installation"),
    EvidenceKind.AS_BUILT: N_("le plan « as-built »"),
    EvidenceKind.CONFIGURATION_REPORT: N_("le rapport de configuration"),
    EvidenceKind.ACCEPTANCE_REPORT: N_("le rapport de recette"),
    EvidenceKind.RESERVE_LIST: N_("la liste de réserves"),
    EvidenceKind.PROVISIONAL_ACCEPTANCE: N_("le PV de réception provisoire"),
    EvidenceKind.PROVISIONAL_REFUSAL: N_("le PV de refus de la réception provisoire"),
    EvidenceKind.HANDOVER: N_("le PV de remise"),
    EvidenceKind.LOAN_CONVENTION: N_("la convention de prêt signée"),
    EvidenceKind.FINAL_ACCEPTANCE: N_("le PV de réception définitive"),
    EvidenceKind.FINAL_REFUSAL: N_("le PV de refus de la réception définitive"),
    EvidenceKind.AUDIT_REPORT: N_("le rapport d’audit"),
    EvidenceKind.DECOMMISSIONING: N_("le PV de démantèlement"),
}
