"""The words of the programme's plans: states, criteria and what is told of a site."""

from collections.abc import Mapping

from api.web.texts import Label
from inventory.models.planning import DraftState
from inventory.sentences import N_

STATE: Mapping[DraftState, Label] = {
    DraftState.SOLVING: Label(DraftState.SOLVING.label, "busy"),
    DraftState.DRAFT: Label(DraftState.DRAFT.label, "neutral"),
    DraftState.FAILED: Label(DraftState.FAILED.label, "bad"),
    DraftState.APPLIED: Label(DraftState.APPLIED.label, "good"),
    DraftState.DISCARDED: Label(DraftState.DISCARDED.label, "neutral"),
}
ROW_STATE: Mapping[str, str] = {
    "placed": N_("Programmées"),
    "unplaced": N_("Sans place"),
    "pinned": N_("Épinglées"),
    "excluded": N_("Écartées"),
}
CRITERION: Mapping[str, str] = {
    "connection": N_("Qualité de la connexion actuelle"),
    "pupils": N_("Nombre d’élèves"),
    "ise_class": N_("Classe d’indice socio-économique (1 à 20)"),
    "adviser_urgency": N_("Avis du conseiller (0 à 3)"),
}
_TOLD: Mapping[str, str] = {
    "none": N_("Aucune connexion"),
    "poor": N_("Connexion insuffisante"),
    "fair": N_("Connexion moyenne"),
    "good": N_("Bonne connexion"),
}


def told(value: object) -> str:
    """Return a told fact in words, to be translated; a number as it is."""
    return _TOLD.get(str(value), str(value))
