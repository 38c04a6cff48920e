"""What the pages of accounts, of the audit log and of retention say."""

from collections.abc import Mapping

from inventory.models import GrantScope
from inventory.sentences import N_

SCOPE: Mapping[str, str] = {
    GrantScope.ALL: N_("Toute la Wallonie"),
    GrantScope.PROVINCE: N_("Province"),
    GrantScope.EDUCATION_NETWORK: N_("Réseau d’enseignement"),
    GrantScope.ORGANISING_AUTHORITY: N_("Pouvoir organisateur"),
    GrantScope.SITE: N_("École"),
    GrantScope.LOT: N_("Lot"),
}
ACTION: Mapping[str, str] = {
    "create": N_("Création"),
    "update": N_("Modification"),
    "delete": N_("Suppression"),
    "read": N_("Consultation de données de personnes"),
    "export": N_("Export"),
    "login": N_("Connexion"),
    "login_failed": N_("Connexion refusée"),
    "logout": N_("Déconnexion"),
}
WRONG_PASSWORD = N_("Le mot de passe actuel n’est pas correct.")
TOO_OFTEN = N_("Trop de tentatives\u00a0: par sécurité, réessayez dans un quart d’heure.")
NOT_TWICE = N_("Les deux nouveaux mots de passe ne sont pas les mêmes.")
TOO_SHORT = N_("Un mot de passe a au moins 12 caractères\u00a0: plusieurs mots en font un bon.")
BAD_TOKEN = N_("Le jeton n’est pas créé\u00a0: donnez-lui un nom, et une durée de 1 à 730 jours.")
BAD_SCOPE = N_("Ce périmètre n’existe pas\u00a0: vérifiez le nom ou le numéro.")
NOT_YOURS = N_("Vous ne pouvez pas donner ce rôle sur ce périmètre.")
BAD_LOGIN = N_("Cet identifiant est déjà pris, ou il manque l’identifiant ou le nom.")
