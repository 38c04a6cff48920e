"""Any answers go into a workbook and come back as they were; a response's life has one order."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from api.usecases.cadastre_import import _answers, read_workbook
from api.usecases.cadastre_responses import ResponseForm
from api.usecases.cadastre_workbook import write_workbook
from inventory.files.cells import neutral, original
from inventory.models import CadastreEdition, Site
from inventory.programme.cadastre.documents import canonical
from inventory.programme.cadastre.judging import Completeness, asked, completeness, judge
from inventory.programme.cadastre.questionnaire import (
    CadastreField,
    FieldType,
    Question,
    shipped_questionnaires,
)
from inventory.programme.cadastre.states import Act, ResponseState, after
from inventory.programme.cadastre.values import read_value
from inventory.sentences import Sentence

NOW = shipped_questionnaires()["2026-1"]
FIELDS = [field for field in NOW.all_fields() if field.type is not FieldType.FILE]


_PLAIN: Mapping[FieldType, st.SearchStrategy[Any]] = {
    FieldType.INTEGER: st.integers(-(10**20), 10**20),
    FieldType.DECIMAL: st.decimals(-(10**9), 10**9, places=3),
    FieldType.RATE: st.decimals(-(10**9), 10**9, places=1),
    FieldType.MONEY: st.decimals(-(10**9), 10**9, places=2),
    FieldType.YES_NO: st.booleans(),
    FieldType.DATE: st.dates(),
}


def _raw(question: Question) -> st.SearchStrategy[Any]:
    if question.type in _PLAIN:
        return _PLAIN[question.type]
    ids = [option.id for option in question.options]
    if question.type is FieldType.CHOICE:
        return st.sampled_from(ids)
    return st.lists(st.sampled_from(ids)) if ids else st.text(max_size=question.max_length)


def _field(field: CadastreField) -> st.SearchStrategy[Any]:
    if field.type is not FieldType.TABLE:
        return _raw(field)
    row = st.fixed_dictionaries({}, optional={c.id: _raw(c) for c in field.columns})
    return st.lists(row, max_size=min(4, field.max_rows))


def _canonical(field: CadastreField, raw: Any) -> Any:
    read = read_value(field, raw)
    return read.value if read.keepable else None


ANSWERS = st.fixed_dictionaries({}, optional={f.id: _field(f) for f in FIELDS}).map(
    lambda raw: {
        field.id: value
        for field in FIELDS
        if (value := _canonical(field, raw.get(field.id))) is not None
    }
)


def _form(answers: Mapping[str, Any]) -> ResponseForm:
    edition = CadastreEdition(
        code="INCOR26",
        title="T",
        opens_on=date(2026, 1, 1),
        closes_on=date(2026, 2, 1),
        questionnaire_version="2026-1",
    )
    site = Site(id=7, name="=cmd|' /C calc'!A0", search_key="x")
    return ResponseForm(edition, NOW, site, None, answers, {}, {}, (), Completeness(0, 0), (), ())


@settings(max_examples=25)
@example({"pupils": 18257940171902216}, "fr")
@given(ANSWERS, st.sampled_from(["fr", "de"]))
def test_answers_go_into_a_workbook_and_come_back(answers: dict[str, Any], language: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        path.write_bytes(write_workbook(_form(answers), language))
        sheets = read_workbook(path)
    back = {
        field.id: read.value
        for field, _, _, raw in _answers(_form(answers), sheets)
        if (read := read_value(field, raw)).value is not None
    }
    assert back == answers


@given(st.text())
def test_no_text_is_run_as_a_formula_and_each_comes_back(text: str) -> None:
    written = neutral(text)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert original(written) == text


@given(ANSWERS)
def test_reading_a_canonical_answer_gives_it_back(answers: dict[str, Any]) -> None:
    for field in FIELDS:
        assert read_value(field, answers.get(field.id)).value == answers.get(field.id)
    assert canonical(answers) == canonical(dict(reversed(list(answers.items()))))


@given(ANSWERS)
def test_what_is_complete_misses_nothing(answers: dict[str, Any]) -> None:
    missing = [
        each for each in judge(NOW, answers) if each.kind == "missing" and "[" not in each.path
    ]
    done = completeness(NOW, answers)
    assert done.needed - done.answered == len(missing)
    assert (done.percent == 100) == (not missing)
    assert set(asked(NOW, answers)) <= set(answers)


class LifeOfAResponse(RuleBasedStateMachine):
    """Any order of acts: only those that the state allows change it, and all say why not."""

    def __init__(self) -> None:
        super().__init__()
        self.state = ResponseState.DRAFT
        self.signed = False

    @rule(act=st.sampled_from(Act))
    def do(self, act: Act) -> None:
        reached = after(self.state, act)
        if isinstance(reached, Sentence):
            assert reached
            return
        if act is Act.SUBMIT:
            self.signed = True
        self.state = reached

    @invariant()
    def nothing_is_decided_that_was_not_signed(self) -> None:
        if self.state is not ResponseState.DRAFT:
            assert self.signed

    @invariant()
    def what_is_decided_does_not_change_by_itself(self) -> None:
        if self.state in (ResponseState.SUBMITTED, ResponseState.VALIDATED):
            assert isinstance(after(self.state, Act.FILL), Sentence)


TestLifeOfAResponse = LifeOfAResponse.TestCase
