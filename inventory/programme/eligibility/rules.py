"""Rule sets as data: TOML files, of which some come with this release.

Sources: the programme École numérique 2022-2026 is open to every site of compulsory education
(ordinary and special, CEFA) and of adult education situated in Wallonia. One published source
restricts adult education to the secondary level, another takes all of it; the default takes all
of it, and the narrower one stands beside it.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from inventory.errors import InvalidInput, NotFound
from inventory.programme.geography import Region
from inventory.programme.spelling import plain
from inventory.sentences import Sentence

DEFAULT_RULE_SET = "2026-1"
"""What is in force where nobody kept a rule set."""

_Plain = Annotated[str, AfterValidator(plain)]


class RuleSet(BaseModel):
    """One version of the rules. Kinds and levels are the register's values, compared unaccented.

    A type of education that the rules do not name is taken when it is of one of
    `levels_of_new_kinds`. `minimum_pupils` is asked of a validated cadastre; None asks for none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,60}$")
    in_force_from: date
    source: str = Field(min_length=1, max_length=500)
    regions: frozenset[Region] = Field(min_length=1)
    kinds: frozenset[_Plain] = Field(min_length=1)
    excluded_kinds: frozenset[_Plain] = frozenset()
    levels_of_new_kinds: frozenset[_Plain] = frozenset()
    minimum_pupils: int | None = Field(None, ge=1)


def read_rule_set(text: str, *, where: str) -> RuleSet:
    """Return the rule set of a TOML text; raises InvalidInput, naming the field."""
    try:
        return RuleSet.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(
            Sentence("Le jeu de règles n’est pas du TOML\u00a0: %(error)s", error=str(error)),
            where=where,
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise InvalidInput(
            Sentence("%(path)s\u00a0: %(told)s", path=str(path), told=first["msg"]),
            where=where,
            todo=Sentence("corrigez-le\u00a0; rien n’a été changé"),
        ) from error


@cache
def shipped_rule_sets() -> Mapping[str, RuleSet]:
    """Return the rule sets that come with this release, by version."""
    folder = files("inventory.programme.eligibility") / "rule_sets"
    found = (
        read_rule_set(file.read_text(encoding="utf-8"), where=file.name)
        for file in sorted(folder.iterdir(), key=lambda each: each.name)
        if file.name.endswith(".toml")
    )
    return {rules.version: rules for rules in found}


def rule_set(version: str) -> RuleSet:
    """Return a rule set that comes with this release; raises NotFound."""
    found = shipped_rule_sets().get(version)
    if found is None:
        raise NotFound(
            Sentence("Le jeu de règles %(version)s n’existe pas", version=version[:60]),
            todo=Sentence("l’un de\u00a0: %(choices)s", choices=", ".join(shipped_rule_sets())),
        )
    return found
