"""The words of lots, contractors and funding sources: what stands in their change records."""

from collections.abc import Mapping

from inventory.sentences import N_, Sentence

COLUMN: Mapping[str, str] = {
    "name": N_("Nom"),
    "code": N_("Code"),
    "contractor_id": N_("Adjudicataire"),
    "company_number": N_("Numéro d’entreprise"),
    "sites_per_year": N_("Écoles par an"),
    "ceiling": N_("Plafond"),
    "starts_on": N_("Du"),
    "ends_on": N_("Au"),
}
CHANGED = Sentence("Quelqu’un a modifié ceci entre-temps\u00a0: relisez, puis recommencez.")
NO_NUMBER = Sentence("Écrivez un nombre d’écoles par an, de 0 à 100000.")
NO_AMOUNT = Sentence("Écrivez un montant en euros, comme 2500000,00.")
NO_DAY = Sentence("Écrivez la date comme 15/01/2027.")
