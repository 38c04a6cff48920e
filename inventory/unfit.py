"""What does not fit in a value, by the kind of error that pydantic names.

Pydantic tells it in English; what is common is said here in our own words. The limits are told;
what was given is never told: it could be a password.
"""

from collections.abc import Mapping
from typing import Any

from inventory.sentences import N_, Sentence

_NAMED: Mapping[str, str] = {
    "missing": N_("Cette valeur manque"),
    "extra_forbidden": N_("Ce nom n’est pas connu"),
    "json_invalid": N_("Ce n’est pas du JSON"),
    "model_attributes_type": N_("Un objet est attendu"),
    "dict_type": N_("Un objet est attendu"),
    "list_type": N_("Une liste est attendue"),
    "string_type": N_("Un texte est attendu"),
    "int_type": N_("Un nombre entier est attendu"),
    "int_parsing": N_("Un nombre entier est attendu"),
    "int_from_float": N_("Un nombre entier est attendu"),
    "float_type": N_("Un nombre est attendu"),
    "float_parsing": N_("Un nombre est attendu"),
    "bool_type": N_("«\u00a0true\u00a0» ou «\u00a0false\u00a0» est attendu"),
    "bool_parsing": N_("«\u00a0true\u00a0» ou «\u00a0false\u00a0» est attendu"),
    "date_parsing": N_("Une date est attendue, comme 2027-01-31"),
    "date_from_datetime_parsing": N_("Une date est attendue, comme 2027-01-31"),
    "datetime_parsing": N_("Un moment est attendu, comme 2027-01-31T09:00:00Z"),
    "datetime_from_date_parsing": N_("Un moment est attendu, comme 2027-01-31T09:00:00Z"),
    "timezone_aware": N_("Ce moment doit dire son fuseau horaire"),
    "string_pattern_mismatch": N_("Ce texte n’a pas la forme attendue"),
    "value_error": N_("Cette valeur ne convient pas"),
}

# The sentence, and the name under which pydantic tells the limit.
_LIMITED: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": (N_("%(limit)s au moins est attendu"), "ge"),
    "less_than_equal": (N_("%(limit)s au plus est attendu"), "le"),
    "greater_than": (N_("Plus de %(limit)s est attendu"), "gt"),
    "string_too_long": (N_("%(limit)s caractères au plus"), "max_length"),
    "string_too_short": (N_("%(limit)s caractères au moins"), "min_length"),
    "too_long": (N_("%(limit)s éléments au plus"), "max_length"),
    "too_short": (N_("%(limit)s éléments au moins"), "min_length"),
    "enum": (N_("L’un de ceux-ci est attendu\u00a0: %(limit)s"), "expected"),
    "literal_error": (N_("L’un de ceux-ci est attendu\u00a0: %(limit)s"), "expected"),
}


def why_unfit(error: Mapping[str, Any]) -> Sentence:
    """Return what is wrong, of one of the `errors()` of a ValidationError."""
    template, limit = _LIMITED.get(error["type"], (None, ""))
    if template is not None:
        return Sentence(template, limit=error["ctx"][limit])
    return Sentence(_NAMED.get(error["type"], _NAMED["value_error"]))
