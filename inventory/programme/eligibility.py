"""Who may take part: a versioned rule set as data, which answers with its reason.

Sources: the programme École numérique 2022-2026 is open to every site of compulsory education
(ordinary and special, CEFA) and of adult education situated in Wallonia. One published source
restricts adult education to the secondary level, another takes all of it; the rule set in force
takes all of it, and the narrower one stands beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from inventory.errors import NotFound
from inventory.programme.geography import Region, find_commune
from inventory.programme.spelling import plain


class Verdict(StrEnum):
    """What a rule set answers. `undecided`: something that it needs is not told."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """One version of the rules. Kinds and levels are the register's values, unaccented."""

    version: str
    in_force_from: date
    regions: frozenset[Region]
    kinds: frozenset[str]
    excluded_kinds: frozenset[str]
    levels_of_new_kinds: frozenset[str]
    """A type of education that the rules do not name is taken when it is of one of these levels."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One type of education given at the site: `type_d_enseignement` and `niveau`, verbatim."""

    kind: str
    level: str | None


@dataclass(frozen=True, slots=True)
class Eligibility:
    """An answer and its reason in French, for the person who asks why."""

    verdict: Verdict
    reason: str
    rule_set: str


_COMPULSORY = frozenset(
    {
        "maternel ordinaire",
        "maternel specialise",
        "primaire ordinaire",
        "primaire specialise",
        "secondaire ordinaire",
        "secondaire specialise",
        "secondaire cefa",
    }
)
_ADULT_SECONDARY = frozenset(
    {"promotion sociale secondaire", "enseignement secondaire pour adultes"}
)
_ADULT_HIGHER = frozenset({"promotion sociale superieur", "enseignement superieur pour adultes"})
_NOT_OF_THE_PROGRAMME = frozenset(
    {
        "artistique a horaire reduit",
        "haute ecole",
        "ecole superieure des arts",
        "universite",
    }
)

RULE_SETS = {
    rules.version: rules
    for rules in (
        RuleSet(
            version="2026-1",
            in_force_from=date(2026, 1, 1),
            regions=frozenset({Region.WALLONIA}),
            kinds=_COMPULSORY | _ADULT_SECONDARY | _ADULT_HIGHER,
            excluded_kinds=_NOT_OF_THE_PROGRAMME,
            levels_of_new_kinds=frozenset({"fondamental", "secondaire"}),
        ),
        RuleSet(
            version="2026-1-adultes-secondaire",
            in_force_from=date(2026, 1, 1),
            regions=frozenset({Region.WALLONIA}),
            kinds=_COMPULSORY | _ADULT_SECONDARY,
            excluded_kinds=_NOT_OF_THE_PROGRAMME | _ADULT_HIGHER,
            levels_of_new_kinds=frozenset({"fondamental", "secondaire"}),
        ),
    )
}
DEFAULT_RULE_SET = "2026-1"


def rule_set(version: str) -> RuleSet:
    """Return the rule set of a version; raises NotFound."""
    found = RULE_SETS.get(version)
    if found is None:
        raise NotFound(f"there is no rule set {version}", todo=f"one of {', '.join(RULE_SETS)}")
    return found


def judge_site(
    rules: RuleSet, *, commune: str | None, basin: str | None, offers: Iterable[Offer]
) -> Eligibility:
    """Return whether a site may take part, with the reason.

    A site takes part as soon as one type of education given there does.
    """

    def answer(verdict: Verdict, reason: str) -> Eligibility:
        return Eligibility(verdict, reason, rules.version)

    region = region_of(commune, basin)
    if region is None:
        return answer(Verdict.UNDECIDED, "La commune n’est pas connue : la Région reste à établir.")
    if region not in rules.regions:
        return answer(
            Verdict.INELIGIBLE, f"Le site est situé hors de Wallonie ({_REGION_FR[region]})."
        )
    given = tuple(offers)
    if not given:
        return answer(
            Verdict.UNDECIDED, "Le signalétique n’indique aucun type d’enseignement pour ce site."
        )
    verdicts = {offer: _judge_offer(rules, offer) for offer in given}
    for verdict, reason in (
        (Verdict.ELIGIBLE, "Enseignement visé par le programme : {}."),
        (Verdict.UNDECIDED, "Type d’enseignement que les règles ne connaissent pas : {}."),
    ):
        kinds = sorted({offer.kind for offer in given if verdicts[offer] is verdict})
        if kinds:
            return answer(verdict, reason.format(", ".join(kinds)))
    kinds = sorted({offer.kind for offer in given})
    return answer(
        Verdict.INELIGIBLE, f"Enseignement non visé par le programme : {', '.join(kinds)}."
    )


def region_of(commune: str | None, basin: str | None) -> Region | None:
    """Return the region of a commune; a basin called Bruxelles tells it where no commune does."""
    found = find_commune(commune)
    if found:
        return found.region
    return Region.BRUSSELS if plain(basin or "").startswith("bruxelles") else None


_REGION_FR = {
    Region.WALLONIA: "Région wallonne",
    Region.BRUSSELS: "Région de Bruxelles-Capitale",
    Region.FLANDERS: "Région flamande",
}


def _judge_offer(rules: RuleSet, offer: Offer) -> Verdict:
    kind = plain(offer.kind)
    if kind in rules.kinds:
        return Verdict.ELIGIBLE
    if kind in rules.excluded_kinds:
        return Verdict.INELIGIBLE
    if offer.level is None:
        return Verdict.UNDECIDED
    return (
        Verdict.ELIGIBLE if plain(offer.level) in rules.levels_of_new_kinds else Verdict.UNDECIDED
    )
