"""A response beside the edition before and beside what collectors see, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from api.usecases.cadastre_editions import edition_before
from api.usecases.cadastre_observed import observed_at
from api.usecases.cadastre_responses import ResponseForm, last_answers
from inventory.models import CadastreEdition
from inventory.programme.cadastre.comparison import Compared, Filled, compare
from inventory.programme.cadastre.observing import SideBySide, side_by_side
from inventory.programme.cadastre.questionnaire import CadastreField


@dataclass(frozen=True, slots=True)
class Beside:
    """One field of a response, with the edition before where it was answered, and what is seen."""

    field: CadastreField
    declared: Any
    compared: Compared | None
    seen: SideBySide | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A response beside the last one; `before` is None where the site did not answer then."""

    before: CadastreEdition | None
    lines: tuple[Beside, ...]

    @property
    def by_field(self) -> Mapping[str, Beside]:
        """The lines by field id."""
        return {line.field.id: line for line in self.lines}


def beside(session: Session, form: ResponseForm) -> Comparison:
    """Return every field of a response beside the edition before and beside the inventory.

    Fields that are no longer asked come last, as they were answered.
    """
    site_id = form.site.id or 0
    last = last_answers(session, form.edition, site_id)
    seen = {
        line.field.id: line
        for line in side_by_side(form.questionnaire, form.answers, observed_at(session, site_id))
    }
    if last is None:
        fields = tuple(form.questionnaire.all_fields())
        lines = tuple(Beside(f, form.answers.get(f.id), None, seen.get(f.id)) for f in fields)
        return Comparison(None, lines)
    compared = compare(last, Filled(form.questionnaire, form.answers))
    return Comparison(
        edition_before(session, form.edition),
        tuple(Beside(c.field, c.after, c, seen.get(c.field.id)) for c in compared),
    )
