"""The cadastre's rules: questionnaires as data; answers read, judged, compared."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from inventory.errors import InvalidInput
from inventory.programme.cadastre.comparison import Change, Filled, compare
from inventory.programme.cadastre.conditions import Condition
from inventory.programme.cadastre.documents import response_document, sha256_of
from inventory.programme.cadastre.editions import shipped_editions
from inventory.programme.cadastre.judging import asked, completeness, judge
from inventory.programme.cadastre.observing import Observed, Source, prefill, side_by_side
from inventory.programme.cadastre.questionnaire import (
    Questionnaire,
    read_questionnaire,
    shipped_questionnaires,
)
from inventory.programme.cadastre.values import Kind, read_value
from tests.cadastre import COMPLETE

NOW = shipped_questionnaires()["2026-1"]


def _problems(answers: dict[str, Any]) -> dict[str, Kind]:
    return {problem.path: problem.kind for problem in judge(NOW, answers)}


def test_every_edition_asks_a_questionnaire_that_is_shipped_in_french_and_german() -> None:
    assert [edition.code for edition in shipped_editions()] == ["INCOR22", "INCOR24", "INCOR26"]
    for edition in shipped_editions():
        questionnaire = shipped_questionnaires()[edition.questionnaire]
        for field in questionnaire.all_fields():
            for asked_for in (field, *field.columns):
                assert asked_for.label.fr
                assert asked_for.label.de
                assert all(option.label.de for option in asked_for.options)


def test_the_shipped_questionnaire_asks_for_every_subject_of_the_cadastre() -> None:
    ids = {field.id for field in NOW.all_fields()}
    assert ids >= {
        "pupils", "staff", "classes", "rooms", "buildings", "asbestos_inventory", "internet_lines",
        "racks", "outlets", "switches", "poe_switches", "has_wifi", "wifi_brands", "wifi_keep",
        "filtering", "equipment", "contact_name", "closed_periods", "floor_plan_file",
        "floor_plan_scale",
    }  # fmt: skip


def test_complete_answers_have_no_problem_and_are_sent_whole() -> None:
    assert judge(NOW, COMPLETE) == ()
    assert completeness(NOW, COMPLETE).percent == 100
    assert asked(NOW, COMPLETE) == COMPLETE


def test_what_is_missing_is_told_field_by_field_and_only_where_it_is_asked() -> None:
    answers = {**COMPLETE, "has_wifi": False}
    del answers["pupils"], answers["wifi_keep"]
    assert _problems(answers) == {"pupils": Kind.MISSING}
    answers["has_wifi"] = True
    assert _problems(answers) == {"pupils": Kind.MISSING, "wifi_keep": Kind.MISSING}


def test_an_answer_to_a_question_that_is_not_asked_is_kept_and_not_sent() -> None:
    answers = {**COMPLETE, "has_wifi": False}
    assert "access_points" not in asked(NOW, answers)
    assert completeness(NOW, answers).percent == 100


def test_an_unlikely_number_warns_and_an_impossible_one_is_wrong() -> None:
    told = {problem.path: problem for problem in judge(NOW, {**COMPLETE, "staff": 900})}
    assert told["staff"].warns
    assert str(told["staff"].sentence) == (
        "Ce nombre paraît inhabituel\u00a0: on attend de 1 à 400. S’il est juste, laissez-le."
    )
    told = {problem.path: problem for problem in judge(NOW, {**COMPLETE, "staff": -1})}
    assert (told["staff"].kind, told["staff"].warns) == (Kind.TOO_SMALL, False)


def test_two_numbers_that_do_not_go_together_warn_in_the_words_of_the_questionnaire() -> None:
    found = judge(NOW, {**COMPLETE, "classes": 100})
    words = [problem.words.fr for problem in found if problem.words]
    assert words == ["Le nombre d’élèves par classe paraît inhabituel."]
    assert all(problem.warns for problem in found)


@pytest.mark.parametrize(
    ("field_id", "raw", "value"),
    [
        ("pupils", "1\u202f240", 1240),
        ("pupils", 240.0, 240),
        ("has_wifi", "Ja", True),
        ("has_wifi", "non", False),
        ("contact_role", "Schulleitung", "head"),
        ("floor_plans", "Papier; PDF", ["pdf", "paper"]),
        ("asbestos_inventory_on", "31/08/2026", "2026-08-31"),
        ("contact_name", "  Anne\r\nDupont\x07 ", "Anne\nDupont"),
        ("contact_phone", 81123456, "81123456"),
        ("rooms", [{"kind": "Classe", "count": "12"}, {"kind": "", "count": None}],
         [{"kind": "classroom", "count": 12}]),
        ("internet_lines", [{"type": "fibre", "down": "1000,50", "monthly_cost": "49,9 €"}],
         [{"type": "fibre", "down": "1000.5", "monthly_cost": "49.90"}]),
        ("contact_name", " ", None),
    ],
)  # fmt: skip
def test_an_answer_is_read_to_its_one_form(field_id: str, raw: Any, value: Any) -> None:
    read = read_value(NOW.field(field_id), raw)
    assert (read.value, read.problems) == (value, ())


@pytest.mark.parametrize(
    ("field_id", "raw", "kind", "path"),
    [
        ("pupils", "beaucoup", Kind.NOT_A_NUMBER, "pupils"),
        ("pupils", "12,5", Kind.NOT_A_NUMBER, "pupils"),
        ("pupils", True, Kind.NOT_A_NUMBER, "pupils"),
        ("pupils", "9" * 400, Kind.NOT_A_NUMBER, "pupils"),
        ("has_wifi", "peut-être", Kind.NOT_YES_NO, "has_wifi"),
        ("contact_role", "pilote", Kind.UNKNOWN_CHOICE, "contact_role"),
        ("asbestos_inventory_on", "31/02/2026", Kind.NOT_A_DATE, "asbestos_inventory_on"),
        ("contact_name", "x" * 121, Kind.TOO_LONG, "contact_name"),
        ("contact_email", "sans arobase", Kind.WRONG_FORM, "contact_email"),
        ("rooms", "deux", Kind.NOT_ROWS, "rooms"),
        ("rooms", [{"kind": "classroom"}], Kind.MISSING, "rooms[1].count"),
        ("rooms", [{"kind": "gym", "count": 1}] * 21, Kind.TOO_MANY_ROWS, "rooms"),
        ("floor_plan_file", "plan.pdf", Kind.NOT_A_FILE, "floor_plan_file"),
        ("floor_plan_file", {"name": "plan.exe", "sha256": "a" * 64, "size_bytes": 3, "upload": 1},
         Kind.NOT_A_FILE, "floor_plan_file"),
    ],
)  # fmt: skip
def test_what_cannot_be_an_answer_is_told_at_its_place(
    field_id: str, raw: Any, kind: Kind, path: str
) -> None:
    problems = read_value(NOW.field(field_id), raw).problems
    assert [(problem.kind, problem.path) for problem in problems] == [(kind, path)]


def test_conditions_hold_as_data() -> None:
    both = Condition.model_validate(
        {"all": [{"field": "a", "at_least": 2}, {"any": [{"field": "b", "one_of": ["x"]}]}]}
    )
    assert both.holds({"a": "2.5", "b": ["y", "x"]})
    assert not both.holds({"a": 2})
    assert list(both.fields()) == ["a", "b"]
    assert Condition(field="a", told=False).holds({})
    assert not Condition(field="a", equals=True).holds({"a": 1})
    with pytest.raises(ValidationError):
        Condition.model_validate({"field": "a", "equals": 1, "told": True})


def test_a_questionnaire_that_contradicts_itself_is_refused_with_its_place() -> None:
    text = (
        'version = "x"\ntitle = "X"\n[[sections]]\nid = "s"\ntitle = "S"\n'
        '[[sections.fields]]\nid = "a"\ntype = "{kind}"\nlabel = "A"\n{more}\n'
    )
    for kind, more, told in (
        ("choice", "", "a choice has options"),
        ("text", 'show_if = { field = "b", told = true }', "depends on b"),
        ("text", "minimum = 1", "bounds are for numbers"),
        ("table", "", "a table has columns"),
        ("number", "", "sections.0.fields.0.type"),
    ):
        with pytest.raises(InvalidInput, match=told):
            read_questionnaire(text.format(kind=kind, more=more), where="f.toml")
    with pytest.raises(InvalidInput, match="no TOML"):
        read_questionnaire("[", where="f.toml")


def test_two_editions_are_compared_by_the_meaning_of_their_fields() -> None:
    before = Filled(
        shipped_questionnaires()["2024-1"],
        {"pupils": 250, "wifi_access_points": 4, "has_wifi": True, "staff": 30},
    )
    lines = {line.field.id: line for line in compare(before, Filled(NOW, COMPLETE))}
    assert (lines["pupils"].change, lines["pupils"].difference) == (Change.CHANGED, Decimal(-10))
    assert (lines["access_points"].renamed_from, lines["access_points"].before) == (
        "wifi_access_points",
        4,
    )
    assert lines["has_wifi"].change is Change.SAME
    assert lines["radio_free_zone"].change is Change.NEW_FIELD
    assert lines["classes"].change is Change.NEWLY_TOLD
    older = Filled(shipped_questionnaires()["2022-1"], {"internet_rate": "30"})
    dropped = compare(older, Filled(NOW, COMPLETE))[-1]
    assert (dropped.field.id, dropped.change, dropped.before) == (
        "internet_rate",
        Change.DROPPED,
        "30",
    )


def test_a_response_begins_with_what_is_seen_then_with_the_last_edition() -> None:
    last = Filled(
        shipped_questionnaires()["2024-1"],
        {"pupils": 250, "wifi_access_points": 4, "switches": 1, "contact_role": "head"},
    )
    begun = prefill(NOW, last, Observed(access_points=9, wifi_brands=("Aruba", "Cisco")))
    assert (begun["access_points"].value, begun["access_points"].source) == (9, Source.INVENTORY)
    assert (begun["switches"].value, begun["switches"].source) == (1, Source.LAST_EDITION)
    assert begun["wifi_brands"].value == "Aruba, Cisco"
    assert begun["pupils"].value == 250
    assert "staff" not in begun


def test_an_answer_that_the_new_questionnaire_does_not_take_is_not_carried() -> None:
    last = Filled(shipped_questionnaires()["2024-1"], {"filtering": "carrier pigeon", "staff": 5})
    assert set(prefill(NOW, last, Observed())) == {"staff"}


def test_declared_and_observed_stand_side_by_side_with_their_difference() -> None:
    answers = {**COMPLETE, "wifi_brands": "cisco,  ARUBA"}
    seen = Observed(access_points=9, switches=2, wifi_brands=("Aruba", "Cisco"))
    lines = {line.field.id: line for line in side_by_side(NOW, answers, seen)}
    assert (lines["access_points"].difference, lines["access_points"].agrees) == (
        Decimal(3),
        False,
    )
    assert lines["switches"].agrees
    assert lines["wifi_brands"].agrees
    assert (lines["poe_switches"].observed, lines["poe_switches"].agrees) == (None, True)


def test_what_is_signed_is_one_text_whatever_the_order_of_filling() -> None:
    texts = {
        response_document(edition="INCOR26", questionnaire="2026-1", site="1/2", answers=answers)
        for answers in (COMPLETE, dict(reversed(list(COMPLETE.items()))))
    }
    assert len(texts) == 1
    assert len(sha256_of(texts.pop())) == 64


def test_a_kept_questionnaire_reads_back_as_it_was() -> None:
    for questionnaire in shipped_questionnaires().values():
        again = Questionnaire.model_validate(questionnaire.model_dump(mode="json"))
        assert again == questionnaire
