"""Judging a site by a profile: every check is given to its measure, then to people's word."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from inventory.errors import InvalidInput
from inventory.findings.finding import rules
from site_surveys.acceptance import devices, people, radio, wiring
from site_surveys.acceptance.evidence import Asked, Evidence, Word
from site_surveys.acceptance.outcome import Outcome, Result, State
from site_surveys.profile import AcceptanceProfile, Check

Measure = Callable[[Asked], Iterable[Result]]

MEASURES: dict[str, Measure] = {
    "primary_coverage": radio.primary_coverage,
    "secondary_coverage": radio.secondary_coverage,
    "snr": radio.snr,
    "co_channel": radio.co_channel,
    "map_error": radio.map_error,
    "survey_after_push": radio.survey_after_push,
    "ssids_heard": radio.ssids_heard,
    "rules": devices.by_rules,
    "other_rules": devices.by_other_rules,
    "ordered_present": devices.ordered_present,
    "reachable": devices.reachable,
    "firmware": devices.firmware,
    "configuration": devices.configuration,
    "link_speed": wiring.link_speed,
    "documented_port": wiring.documented_port,
    "poe": wiring.poe,
    "guest_isolation": people.guest_isolation,
    "document": people.document,
    "word": people.word,
}


def judge_site(profile: AcceptanceProfile, evidence: Evidence) -> tuple[Outcome, ...]:
    """Return what comes of every check of `profile`, in its order.

    Raises InvalidInput when the profile asks for a measure or a rule that there is not.
    """
    _refuse_unknown(profile)
    outcomes = []
    for check in profile.checks:
        results = MEASURES[check.measure](Asked(check, evidence, profile))
        word = evidence.words.get(check.id)
        outcomes.append(Outcome(check, tuple(_with_word(check, results, word))))
    return tuple(outcomes)


def _with_word(check: Check, results: Iterable[Result], word: Word | None) -> Iterator[Result]:
    """Yield the results; where a person may prove the check, their word decides what is open.

    A word proves what no machine could; it never outweighs what a machine measured.
    """
    for result in results:
        if result.state is State.NOT_PROVED and word is not None and "person" in check.proof:
            state = State.PASSED if word.passed else State.FAILED
            day = word.said_at.strftime("%d/%m/%Y")
            yield replace(result, state=state, found=f"{word.note} ({word.said_by}, le {day})")
        else:
            yield result


def _refuse_unknown(profile: AcceptanceProfile) -> None:
    for check in profile.checks:
        if check.measure not in MEASURES:
            raise InvalidInput(
                f"the profile's check {check.id} asks for a measure that there is not:"
                f" {check.measure}",
                todo=f"one of {', '.join(MEASURES)}",
            )
        unknown = sorted(set(check.rules) - set(rules()))
        if unknown:
            raise InvalidInput(
                f"the profile's check {check.id} asks for a rule that there is not: {unknown[0]}",
                todo="run: preau audit rules",
            )
        if check.needs is not None and check.needs not in devices.NEEDS:
            raise InvalidInput(
                f"the profile's check {check.id} needs something unknown: {check.needs}",
                todo=f"one of {', '.join(devices.NEEDS)}",
            )
