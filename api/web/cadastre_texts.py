"""How answers, states and remarks of the cadastre are told on pages."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from api.usecases.cadastre_lists import NOT_STARTED
from api.web.language import Tongue
from api.web.texts import Label
from inventory.programme.cadastre.comparison import Change
from inventory.programme.cadastre.observing import Source
from inventory.programme.cadastre.questionnaire import (
    NUMBERS,
    CadastreField,
    FieldType,
    Question,
)
from inventory.programme.cadastre.states import ResponseState
from inventory.programme.cadastre.values import Problem
from inventory.sentences import N_

STATES: Mapping[str, Label] = {
    NOT_STARTED: Label(N_("Pas commencée"), "neutral"),
    ResponseState.DRAFT: Label(ResponseState.DRAFT.label, "busy"),
    ResponseState.SUBMITTED: Label(ResponseState.SUBMITTED.label, "warn"),
    ResponseState.SENT_BACK: Label(ResponseState.SENT_BACK.label, "bad"),
    ResponseState.VALIDATED: Label(ResponseState.VALIDATED.label, "good"),
}
CHANGES: Mapping[str, Label] = {
    Change.SAME: Label(N_("Inchangé")),
    Change.CHANGED: Label(N_("Changé"), "busy"),
    Change.NEWLY_TOLD: Label(N_("Nouvelle réponse"), "busy"),
    Change.NO_LONGER_TOLD: Label(N_("Plus de réponse"), "warn"),
    Change.NEW_FIELD: Label(N_("Nouvelle question")),
    Change.DROPPED: Label(N_("Question abandonnée")),
}
SOURCES: Mapping[str, str] = {
    Source.LAST_EDITION: N_("repris de l’édition précédente"),
    Source.INVENTORY: N_("relevé par l’inventaire"),
    Source.WORKBOOK: N_("repris d’un classeur"),
}
_YES, _NO = N_("Oui"), N_("Non")


def answer_text(tongue: Tongue, question: Question, value: Any) -> str:
    """Return a plain answer as a person reads it; empty where there is none."""
    if value is None:
        return ""
    if question.type in NUMBERS:
        unit = question.shown_unit
        number = tongue.number(float(Decimal(str(value))))
        return f"{number}\u00a0{unit.said(tongue.tag)}" if unit else number
    if question.type is FieldType.YES_NO:
        return tongue.say(_YES if value else _NO)
    if question.type is FieldType.DATE:
        return tongue.day(date.fromisoformat(value))
    if question.type is FieldType.CHOICE:
        return _label(tongue, question, value)
    return str(value)


def answer_lines(tongue: Tongue, field: CadastreField, value: Any) -> list[str]:
    """Return an answer as lines: the rows of a table, the options chosen, or one line; or none."""
    if value is None:
        return []
    if field.type is FieldType.TABLE:
        return [_row(tongue, field, row) for row in value]
    if field.type is FieldType.CHOICES:
        return [_label(tongue, field, each) for each in value]
    if field.type is FieldType.FILE:
        return [value["name"]]
    return [answer_text(tongue, field, value)]


def problem_text(tongue: Tongue, problem: Problem) -> str:
    """Return what a problem says, in the reader's language."""
    return problem.words.said(tongue.tag) if problem.words else tongue.say(problem.sentence)


def who(actor: str) -> str:
    """Return an actor as people call them: the login."""
    return actor.removeprefix("user:")


def _row(tongue: Tongue, field: CadastreField, row: Mapping[str, Any]) -> str:
    cells = (
        f"{column.label.said(tongue.tag)}\u00a0: {answer_text(tongue, column, row[column.id])}"
        for column in field.columns
        if column.id in row
    )
    return " · ".join(cells)


def _label(tongue: Tongue, question: Question, option_id: str) -> str:
    option = question.option(option_id)
    return option.label.said(tongue.tag) if option else option_id
