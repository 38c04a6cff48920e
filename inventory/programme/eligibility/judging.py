"""What a rule set answers for one site: a verdict, with every reason for it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from inventory.programme.eligibility.rules import RuleSet
from inventory.programme.geography import Region, find_commune
from inventory.programme.spelling import plain
from inventory.sentences import N_, Sentence


class Verdict(StrEnum):
    """What a rule set answers. `undecided`: something that it needs is not told."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    UNDECIDED = "undecided"

    @property
    def label(self) -> str:
        """What people call it, in French."""
        return _VERDICT_FR[self]


_VERDICT_FR = {
    Verdict.ELIGIBLE: N_("Éligible"),
    Verdict.INELIGIBLE: N_("Non éligible"),
    Verdict.UNDECIDED: N_("À établir"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One type of education given at the site: `type_d_enseignement` and `niveau`, verbatim."""

    kind: str
    level: str | None


@dataclass(frozen=True, slots=True)
class Eligibility:
    """An answer. `reason` decided it, in French; `reasons` are all that was looked at."""

    verdict: Verdict
    reason: str
    rule_set: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reason:
    verdict: Verdict
    sentence: Sentence


def judge_site(
    rules: RuleSet,
    *,
    commune: str | None,
    basin: str | None,
    offers: Iterable[Offer],
    pupils: int | None = None,
) -> Eligibility:
    """Return whether a site may take part, with every reason.

    A site takes part as soon as one type of education given there does, where nothing else stands
    against it. `pupils` is what its validated cadastre declares; None where there is none.
    """
    reasons = [_region(rules, commune, basin), *_teaching(rules, tuple(offers))]
    if rules.minimum_pupils is not None and pupils is not None:
        reasons.append(_pupils(rules.minimum_pupils, pupils))
    against = _decisive(reasons)
    return Eligibility(
        against.verdict,
        against.sentence,
        rules.version,
        tuple(reason.sentence for reason in reasons),
    )


def region_of(commune: str | None, basin: str | None) -> Region | None:
    """Return the region of a commune; a basin called Bruxelles tells it where no commune does."""
    found = find_commune(commune)
    if found:
        return found.region
    return Region.BRUSSELS if plain(basin or "").startswith("bruxelles") else None


_REGION_FR = {
    Region.WALLONIA: N_("Région wallonne"),
    Region.BRUSSELS: N_("Région de Bruxelles-Capitale"),
    Region.FLANDERS: N_("Région flamande"),
}


def _decisive(reasons: list[_Reason]) -> _Reason:
    """Return the reason that decides: the place, else a number of pupils, else the teaching."""
    place, *others = reasons
    if place.verdict is not Verdict.ELIGIBLE:
        return place
    taught = [each for each in others if each.verdict is Verdict.ELIGIBLE]
    if len(others) > 1 and others[-1].sentence.template in _PUPILS:
        taught = taught[:-1] if others[-1].verdict is Verdict.ELIGIBLE else taught
        if others[-1].verdict is Verdict.INELIGIBLE:
            return others[-1]
    if taught:
        return taught[0]
    undecided = [each for each in others if each.verdict is Verdict.UNDECIDED]
    return undecided[0] if undecided else others[0]


def _region(rules: RuleSet, commune: str | None, basin: str | None) -> _Reason:
    region = region_of(commune, basin)
    if region is None:
        return _Reason(
            Verdict.UNDECIDED,
            Sentence("La commune n’est pas connue\u00a0: la Région reste à établir."),
        )
    if region in rules.regions:
        return _Reason(
            Verdict.ELIGIBLE,
            Sentence("Le site est situé en %(region)s.", region=Sentence(_REGION_FR[region])),
        )
    return _Reason(
        Verdict.INELIGIBLE,
        Sentence(
            "Le site est situé hors de Wallonie (%(region)s).", region=Sentence(_REGION_FR[region])
        ),
    )


_TEACHING = (
    (Verdict.ELIGIBLE, N_("Enseignement visé par le programme\u00a0: %(kinds)s.")),
    (
        Verdict.UNDECIDED,
        N_("Type d’enseignement que les règles ne connaissent pas\u00a0: %(kinds)s."),
    ),
    (Verdict.INELIGIBLE, N_("Enseignement non visé par le programme\u00a0: %(kinds)s.")),
)
_ENOUGH = N_("Le cadastre validé déclare %(pupils)s élèves (minimum\u00a0: %(minimum)s).")
_TOO_FEW = N_(
    "Le cadastre validé déclare %(pupils)s élèves\u00a0; il en faut au moins %(minimum)s."
)
_PUPILS = (_ENOUGH, _TOO_FEW)


def _teaching(rules: RuleSet, offers: tuple[Offer, ...]) -> list[_Reason]:
    if not offers:
        return [
            _Reason(
                Verdict.UNDECIDED,
                Sentence("Le signalétique n’indique aucun type d’enseignement pour ce site."),
            )
        ]
    verdicts = {offer: _judge_offer(rules, offer) for offer in offers}
    reasons = []
    for verdict, template in _TEACHING:
        kinds = sorted({offer.kind for offer in offers if verdicts[offer] is verdict})
        if kinds:
            reasons.append(_Reason(verdict, Sentence(template, kinds=", ".join(kinds))))
    return reasons


def _pupils(minimum: int, pupils: int) -> _Reason:
    enough = pupils >= minimum
    return _Reason(
        Verdict.ELIGIBLE if enough else Verdict.INELIGIBLE,
        Sentence(_ENOUGH if enough else _TOO_FEW, pupils=pupils, minimum=minimum),
    )


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
