"""What came of a check, and of all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from site_surveys.profile import Check


class State(StrEnum):
    """What came of a check on one subject, the gravest first."""

    FAILED = "failed"
    NOT_PROVED = "not_proved"
    WAIVED = "waived"
    PASSED = "passed"
    NOT_APPLICABLE = "not_applicable"


class Verdict(StrEnum):
    """What came of a run: a check that nothing proves never lets it pass."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_PROVED = "not_proved"


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a check on one subject: a device, a room, '' for the whole site.

    `found` is the value or the sentence that it rests on, in French, for the report.
    """

    state: State
    found: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A check with its results, one for each subject."""

    check: Check
    results: tuple[Result, ...]

    @property
    def state(self) -> State:
        """The gravest state of its results."""
        present = {result.state for result in self.results}
        return next((state for state in State if state in present), State.NOT_APPLICABLE)

    def of(self, state: State) -> tuple[Result, ...]:
        """Return the results in one state."""
        return tuple(result for result in self.results if result.state is state)


def verdict(outcomes: Iterable[Outcome]) -> Verdict:
    """Return what all outcomes say together."""
    states = {outcome.state for outcome in outcomes}
    if State.FAILED in states:
        return Verdict.FAILED
    return Verdict.NOT_PROVED if State.NOT_PROVED in states else Verdict.PASSED
