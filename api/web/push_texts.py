"""French words for the steps of a push's journal, for the site's page; see deploy/attempt.py."""

from collections.abc import Mapping

from inventory.sentences import N_

PUSH_STEP: Mapping[str, str] = {
    "read": N_("Lecture de la configuration"),
    "arm_guard": N_("Garde armée sur l’équipement"),
    "send": N_("Envoi"),
    "apply": N_("Application"),
    "read_back": N_("Relecture par une nouvelle session"),
    "confirm": N_("Confirmation, garde levée"),
    "save": N_("Enregistrement"),
    "roll_back": N_("Retour à la configuration précédente"),
    "roll_back_waits": N_("Retour pas encore prouvé, nouvel essai"),
    "power_cycle": N_("Coupure de son alimentation par le commutateur"),
    "read_again": N_("Relecture après une interruption"),
    "stand_down": N_("Ancienne configuration relue, garde levée"),
    "guard_had_acted": N_("L’équipement était déjà revenu à sa configuration précédente"),
}
