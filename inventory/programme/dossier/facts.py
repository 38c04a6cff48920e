"""What the guards of a dossier read: facts that people tell, and figures that the product counts.

A guard is a function from both, and the moment, to the French sentences that say what is missing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field

from inventory.programme.eligibility import Eligibility, Verdict
from inventory.sentences import Sentence, worded, wording

FINAL_ACCEPTANCE_WINDOW = timedelta(days=15)
"""The PV of final acceptance is drawn up within this time before the guarantee ends."""


class EligibilityFact(BaseModel):
    """What the rules answered last."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verdict: Verdict
    reason: str
    rule_set: str
    wording: dict[str, Any] | None = None
    """`inventory.sentences.wording` of the reason, where it was kept."""

    @classmethod
    def of(cls, eligibility: Eligibility) -> Self:
        """Return what a dossier keeps of an answer."""
        return cls(
            verdict=eligibility.verdict,
            reason=str(eligibility.reason),
            rule_set=eligibility.rule_set,
            wording=wording(eligibility.reason),
        )

    @property
    def said(self) -> str:
        """Return the reason, as a `Sentence` where its wording was kept."""
        return worded(self.reason, self.wording)

    def is_as(self, other: "EligibilityFact | None") -> bool:
        """Return whether another answer is the same, in whichever words it was kept."""
        return other is not None and (self.verdict, self.reason, self.rule_set) == (
            other.verdict,
            other.reason,
            other.rule_set,
        )


class Facts(BaseModel):
    """What people told about a dossier; None is "not told". Dates are days in Brussels."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    eligibility: EligibilityFact | None = None
    priority_score: float | None = None
    funding_source: str | None = Field(None, min_length=1)
    lot: str | None = Field(None, min_length=1)
    floor_plans_received_on: date | None = None
    visit_on: date | None = None
    open_prerequisites: int | None = Field(None, ge=0)
    organising_authority_signed_on: date | None = None
    programme_signed_on: date | None = None
    works_from: date | None = None
    works_until: date | None = None
    serials_expected: int | None = Field(None, ge=1)
    serials_scanned: int | None = Field(None, ge=0)
    access_points_placed: bool | None = None
    validation_survey_on: date | None = None
    machine_checks_passed: bool | None = None
    open_reserves: int | None = Field(None, ge=0)
    blocking_reserves: int | None = Field(None, ge=0)
    guarantee_ends_on: date | None = None
    final_acceptance_drawn_up_on: date | None = None
    loan_convention_signed_on: date | None = None


@dataclass(frozen=True, slots=True)
class Measured:
    """What the product counts itself at the moment of the move; nobody may tell it otherwise.

    A figure is None where nothing is there to count (no acceptance was run, no prerequisite was
    written down, no serial scanned): then it is what people tell.
    """

    devices: int = 0
    unverified_devices: tuple[str, ...] = ()
    open_reserves: int | None = None
    blocking_reserves: int | None = None
    open_prerequisites: int | None = None
    serials_expected: int | None = None
    serials_scanned: int | None = None
    access_points_unplaced: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """All that a guard may look at. `today` is the day in Brussels.

    `count` is asked for what the product counts when a guard looks at it: most do not.
    """

    facts: Facts
    count: Callable[[], Measured]
    today: date

    @property
    def measured(self) -> Measured:
        """Return what the product counts."""
        return self.count()


Guard = Callable[[Situation], Iterator[Sentence]]


def told(name: str, sentence: str) -> Guard:
    """Return a guard that asks for one fact, with the sentence that asks for it."""

    def guard(situation: Situation) -> Iterator[Sentence]:
        value = getattr(situation.facts, name)
        if value is None or value is False:  # a score of 0 is told
            yield Sentence(sentence)

    return guard


def not_ineligible(situation: Situation) -> Iterator[Sentence]:
    """Ask that the rules do not refuse the site."""
    eligibility = situation.facts.eligibility
    if eligibility and eligibility.verdict is Verdict.INELIGIBLE:
        yield Sentence("Le site n’est pas éligible\u00a0: %(reason)s", reason=eligibility.said)


def works_window(situation: Situation) -> Iterator[Sentence]:
    """Ask for a period of works that ends after it begins."""
    begins, ends = situation.facts.works_from, situation.facts.works_until
    if begins is None or ends is None:
        yield Sentence("La période des travaux n’est pas fixée (début et fin).")
    elif ends < begins:
        yield Sentence("La période des travaux finit avant de commencer.")


def no_open_prerequisite(situation: Situation) -> Iterator[Sentence]:
    """Ask that every work of the organising authority is done."""
    still_open = _open_prerequisites(situation)
    if still_open:
        yield Sentence.counted(
            "Un prérequis du pouvoir organisateur reste à lever.",
            "%(num)s prérequis du pouvoir organisateur restent à lever.",
            still_open,
        )


def some_open_prerequisite(situation: Situation) -> Iterator[Sentence]:
    """Ask for what one waits for."""
    if not _open_prerequisites(situation):
        yield Sentence("Aucun prérequis ouvert n’est indiqué.")


def _open_prerequisites(situation: Situation) -> int | None:
    counted = situation.measured.open_prerequisites
    return situation.facts.open_prerequisites if counted is None else counted


def every_serial_scanned(situation: Situation) -> Iterator[Sentence]:
    """Ask that what was ordered was scanned, device by device."""
    told, counted = situation.facts, situation.measured
    expected = (
        told.serials_expected if counted.serials_expected is None else counted.serials_expected
    )
    scanned = told.serials_scanned if counted.serials_scanned is None else counted.serials_scanned
    if expected is None or scanned is None:
        yield Sentence("Le nombre de numéros de série attendus et scannés n’est pas connu.")
    elif scanned < expected:
        yield Sentence.counted(
            "Un numéro de série sur %(expected)s reste à scanner.",
            "%(num)s numéros de série sur %(expected)s restent à scanner.",
            expected - scanned,
            expected=expected,
        )


def every_access_point_placed(situation: Situation) -> Iterator[Sentence]:
    """Ask that the access points hang, each at its place on the plan."""
    unplaced = situation.measured.access_points_unplaced
    if unplaced:
        yield Sentence.counted(
            "Une borne scannée n’a pas encore de place\u00a0: %(names)s.",
            "%(num)s bornes scannées n’ont pas encore de place\u00a0: %(names)s.",
            len(unplaced),
            names=unplaced,
        )
    elif unplaced is None and not situation.facts.access_points_placed:
        yield Sentence("Les bornes ne sont pas toutes montées et placées.")


def every_push_verified(situation: Situation) -> Iterator[Sentence]:
    """Ask that every device of the site was configured and read back."""
    unverified = situation.measured.unverified_devices
    if not situation.measured.devices:
        yield Sentence("Aucun équipement n’est connu pour ce site.")
    elif unverified:
        yield Sentence.counted(
            "Un équipement sur %(devices)s est sans configuration vérifiée par relecture\u00a0: "
            "%(names)s.",
            "%(num)s équipements sur %(devices)s sont sans configuration vérifiée par "
            "relecture\u00a0: %(names)s.",
            len(unverified),
            devices=situation.measured.devices,
            names=unverified,
        )


def some_reserve(situation: Situation) -> Iterator[Sentence]:
    """Ask for the punch-list items that the list holds."""
    counted = situation.measured.open_reserves
    if not (situation.facts.open_reserves if counted is None else counted):
        yield Sentence("Aucune réserve n’est indiquée.")


def no_blocking_reserve(situation: Situation) -> Iterator[Sentence]:
    """Ask that no reserve stops the acceptance."""
    counted = situation.measured.blocking_reserves
    blocking = situation.facts.blocking_reserves if counted is None else counted
    if blocking is None:
        yield Sentence("Le nombre de réserves bloquantes n’est pas connu.")
    elif blocking:
        yield Sentence.counted(
            "Une réserve bloquante reste à lever.",
            "%(num)s réserves bloquantes restent à lever.",
            blocking,
        )


def guarantee_running(situation: Situation) -> Iterator[Sentence]:
    """Ask for the end of the guarantee, which lies ahead."""
    ends = situation.facts.guarantee_ends_on
    if ends is None:
        yield Sentence("La fin du délai de garantie n’est pas fixée.")
    elif ends <= situation.today:
        yield Sentence("Le délai de garantie est déjà terminé (%(day)s).", day=ends)


def machine_checks_made(situation: Situation) -> Iterator[Sentence]:
    """Ask that the machines' checks were made; those that failed become reserves."""
    if situation.facts.machine_checks_passed is None:
        yield Sentence("Les contrôles automatiques n’ont pas été faits.")


def guarantee_ended(situation: Situation) -> Iterator[Sentence]:
    """Ask that the guarantee has ended and that the PV was not drawn up too early."""
    ends = situation.facts.guarantee_ends_on
    if ends is not None and situation.today < ends:
        yield Sentence("Le délai de garantie court jusqu’au %(day)s.", day=ends)
    if situation.facts.final_acceptance_drawn_up_on is None:
        yield Sentence("La date du PV de réception définitive n’est pas connue.")
    else:
        yield from final_acceptance_window(situation)


def final_acceptance_window(situation: Situation) -> Iterator[Sentence]:
    """Ask that the PV, also one of refusal, was not drawn up before its window, nor ahead of time.

    One whose day was not told is drawn up today.
    """
    ends, drawn_up = situation.facts.guarantee_ends_on, _drawn_up_on(situation)
    if ends is None:
        yield Sentence("La fin du délai de garantie n’est pas fixée.")
    if drawn_up > situation.today:
        yield Sentence("La date du PV de réception définitive (%(day)s) est à venir.", day=drawn_up)
    elif ends is not None and drawn_up < ends - FINAL_ACCEPTANCE_WINDOW:
        yield Sentence(
            "Le PV de réception définitive (%(drawn_up)s) a été dressé plus de %(days)s jours "
            "avant la fin de la garantie (%(ends)s).",
            drawn_up=drawn_up,
            days=FINAL_ACCEPTANCE_WINDOW.days,
            ends=ends,
        )


def final_acceptance_late(situation: Situation) -> bool:
    """Return whether the PV came after the guarantee ended: late, not refused."""
    ends = situation.facts.guarantee_ends_on
    return ends is not None and _drawn_up_on(situation) > ends


def _drawn_up_on(situation: Situation) -> date:
    return situation.facts.final_acceptance_drawn_up_on or situation.today
