"""What people call each term, in French."""

from collections.abc import Mapping

from inventory.sentences import N_

LABELS: Mapping[str, str] = {
    "prerequisite": N_("Lever un prérequis"),
    "reserve": N_("Lever une réserve"),
    "cadastre_fill": N_("Remplir et soumettre le cadastre"),
    "cadastre_judge": N_("Valider le cadastre ou le renvoyer avec remarques"),
    "enrolment": N_("Demander l’adhésion"),
    "scheduling": N_("Programmer l’école"),
    "floor_plans": N_("Transmettre les plans et commencer la pré-étude"),
    "prestudy": N_("Rendre la pré-étude et fixer la visite"),
    "site_survey": N_("Faire la visite technique et rendre l’étude"),
    "prerequisites": N_("Lever les prérequis"),
    "order": N_("Établir le bon de commande"),
    "delivery": N_("Livrer le matériel"),
    "cabling": N_("Poser et tester le câblage"),
    "installation": N_("Poser les bornes et les configurer"),
    "acceptance": N_("Faire les tests de recette"),
    "reserves": N_("Corriger les réserves"),
    "handover": N_("Remettre l’installation à l’école"),
    "maintenance": N_("Passer en maintenance"),
}


def label_of(term_id: str) -> str:
    """Return what people call a term; its id where an edition of one's own added it."""
    return LABELS.get(term_id, term_id)
