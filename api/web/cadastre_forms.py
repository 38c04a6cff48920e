"""A section of the questionnaire as a form: names of its inputs, and what was typed into them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData

from api.usecases.cadastre_filling import FieldWrite
from api.usecases.cadastre_responses import ResponseForm
from inventory.programme.cadastre.judging import needed, shown
from inventory.programme.cadastre.questionnaire import CadastreField, FieldType, Section
from inventory.programme.cadastre.values import Kind, Problem

_SPARE_ROWS = 2


@dataclass(frozen=True, slots=True)
class FormField:
    """A field as the page draws it.

    `typed` is what stands in the input: the answer, or what was typed and could not be read.
    `rows` are the rows of a table with empty ones to add to; `problems` stand beside it.
    """

    field: CadastreField
    typed: Any
    rows: tuple[Mapping[str, Any], ...]
    shown: bool
    needed: bool
    problems: tuple[Problem, ...]
    cell_problems: Mapping[str, tuple[Problem, ...]]

    @property
    def wrong(self) -> bool:
        """Whether something stands against the answer that was given."""
        return any(not each.warns and each.kind is not Kind.MISSING for each in self.all_problems)

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """The problems of the field and of its cells."""
        return (*self.problems, *(p for each in self.cell_problems.values() for p in each))


def writes_of(section: Section, sent: FormData, base: int) -> list[FieldWrite]:
    """Return the answers that a section's form holds, as they were typed."""
    return [
        FieldWrite(field.id, _raw(field, sent), base)
        for field in section.fields
        if field.type is not FieldType.FILE
    ]


def form_fields(
    form: ResponseForm,
    section: Section,
    *,
    typed: Mapping[str, Any] | None = None,
    unread: tuple[Problem, ...] = (),
) -> list[FormField]:
    """Return a section's fields; what was `typed` and could not be read stands as it was typed."""
    not_kept = {problem.field_id for problem in unread}
    return [
        _form_field(
            form,
            field,
            (typed or {}).get(field.id) if field.id in not_kept else form.answers.get(field.id),
            [
                p
                for p in (unread if field.id in not_kept else form.problems)
                if p.field_id == field.id
            ],
        )
        for field in section.fields
    ]


def _form_field(
    form: ResponseForm, field: CadastreField, typed: Any, problems: list[Problem]
) -> FormField:
    rows: tuple[Mapping[str, Any], ...] = ()
    if field.type is FieldType.TABLE:
        filled = list(typed or [])
        spare = min(field.max_rows - len(filled), _SPARE_ROWS)
        rows = (*filled, *({} for _ in range(spare)))
    cells: dict[str, tuple[Problem, ...]] = {}
    for problem in problems:
        if problem.path != field.id:
            cells[problem.path] = (*cells.get(problem.path, ()), problem)
    return FormField(
        field=field,
        typed=typed,
        rows=rows,
        shown=shown(field, form.answers),
        needed=needed(field, form.answers),
        problems=tuple(problem for problem in problems if problem.path == field.id),
        cell_problems=cells,
    )


def _raw(field: CadastreField, sent: FormData) -> Any:
    name = f"f.{field.id}"
    if field.type is FieldType.CHOICES:
        return [str(each) for each in sent.getlist(name)]
    if field.type is not FieldType.TABLE:
        return _text(sent.get(name))
    return [
        {column.id: _text(sent.get(f"{name}.{row}.{column.id}")) for column in field.columns}
        for row in range(field.max_rows)
    ]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
