"""What is asked of a school, what is wrong with its answers, and how far it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from inventory.programme.cadastre.conditions import Answers
from inventory.programme.cadastre.questionnaire import CadastreField, Questionnaire, Section
from inventory.programme.cadastre.values import Kind, Problem, read_value
from inventory.sentences import Sentence

MISSING = Sentence("Cette question demande une réponse.")


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many of the questions that need an answer have one."""

    answered: int
    needed: int

    @property
    def percent(self) -> int:
        """How far it is; 100 only when nothing is missing."""
        return 100 if self.answered >= self.needed else self.answered * 100 // self.needed


def shown(field: CadastreField, answers: Answers) -> bool:
    """Return whether the field is asked, given the other answers."""
    return field.show_if is None or field.show_if.holds(answers)


def needed(field: CadastreField, answers: Answers) -> bool:
    """Return whether the field is asked and needs an answer."""
    wanted = field.required or (field.required_if is not None and field.required_if.holds(answers))
    return wanted and shown(field, answers)


def asked(questionnaire: Questionnaire, answers: Answers) -> Answers:
    """Return the answers to what is asked: what is sent. Others are kept, and not sent."""
    return {
        field.id: answers[field.id]
        for field in questionnaire.all_fields()
        if answers.get(field.id) is not None and shown(field, answers)
    }


def judge(questionnaire: Questionnaire, answers: Answers) -> tuple[Problem, ...]:
    """Return all that is wrong or missing, warnings too, in the questionnaire's order."""
    found: list[Problem] = []
    for field in questionnaire.all_fields():
        if not shown(field, answers):
            continue
        value = answers.get(field.id)
        if value is None and needed(field, answers):
            found.append(Problem(field.id, Kind.MISSING, MISSING))
        found += read_value(field, value).problems
        found += _unlikely(questionnaire, field, answers)
    return tuple(found)


def completeness(
    questionnaire: Questionnaire, answers: Answers, section: Section | None = None
) -> Completeness:
    """Return how far the answers are, in the whole questionnaire or in one section."""
    fields = section.fields if section is not None else tuple(questionnaire.all_fields())
    wanted = [field for field in fields if needed(field, answers)]
    return Completeness(
        answered=sum(1 for field in wanted if answers.get(field.id) is not None),
        needed=len(wanted),
    )


def _unlikely(
    questionnaire: Questionnaire, field: CadastreField, answers: Answers
) -> Iterator[Problem]:
    for ratio in questionnaire.ratios:
        if ratio.numerator != field.id:
            continue
        above, below = answers.get(ratio.numerator), answers.get(ratio.denominator)
        if above is None or not below or Decimal(str(below)) == 0:
            continue
        low, high = ratio.plausible
        if not low <= Decimal(str(above)) / Decimal(str(below)) <= high:
            yield Problem(
                field.id,
                Kind.IMPLAUSIBLE,
                Sentence("Ces deux nombres paraissent inhabituels l’un avec l’autre."),
                warns=True,
                words=ratio.message,
            )
