"""What is told with a step of a dossier: which facts there are, and who answers for each."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from inventory.errors import InvalidInput, NotAllowed
from inventory.programme.dossier import TOLD_BY, Facts, Role
from inventory.sentences import Sentence
from inventory.unfit import why_unfit


def refuse_facts_of_others(stored: Facts, told: Facts, role: Role) -> None:
    """Raise NotAllowed for a fact that another role answers for; said again it changes nothing."""
    for name, roles in TOLD_BY.items():
        if getattr(told, name) != getattr(stored, name) and role not in roles:
            raise NotAllowed(
                Sentence(
                    "Le fait %(name)s revient à\u00a0: %(people)s\u00a0; pas à\u00a0: %(role)s",
                    name=name,
                    people=tuple(Sentence(label) for label in sorted(r.label for r in roles)),
                    role=Sentence(role.label),
                ),
                todo=Sentence("rien n’a été changé"),
            )


def with_told(stored: Facts, given: Mapping[str, str]) -> Facts:
    """Return the facts with those told now, an empty one taken back; raises InvalidInput."""
    known = [name for name in Facts.model_fields if name != "eligibility"]
    for name in given:
        if name not in known:
            raise InvalidInput(
                Sentence("Le fait %(name)s n’existe pas", name=name),
                todo=Sentence("l’un de\u00a0: %(choices)s", choices=", ".join(known)),
            )
    values: dict[str, Any] = {name: value if value else None for name, value in given.items()}
    try:
        return Facts.model_validate({**stored.model_dump(), **values})
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidInput(
            Sentence(
                "Le fait %(name)s ne convient pas\u00a0: %(told)s",
                name=first["loc"][0],
                told=why_unfit(first),
            ),
            todo=Sentence("rien n’a été changé"),
        ) from error
