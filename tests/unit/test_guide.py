"""What is to be done now, by whom and by when."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.programme.dossier import Facts, Role, Status
from inventory.programme.guide import Situation, Task, Work, tasks
from inventory.sentences import Sentence

NOBODY_ACTS = {
    Status.IDENTIFIED,
    Status.INELIGIBLE,
    Status.DECLINED,
    Status.ON_HOLD,
    Status.FINALLY_ACCEPTED,
    Status.MAINTAINED,
    Status.DECOMMISSIONED,
}


@pytest.mark.parametrize("status", sorted(set(Status) - NOBODY_ACTS - {Status.IN_SERVICE}))
@pytest.mark.parametrize("equipment_only", [False, True])
def test_where_somebody_must_act_there_is_something_to_do(
    status: Status, equipment_only: bool
) -> None:
    assert tasks(Situation(status, Facts(), equipment_only=equipment_only))


@given(st.sampled_from(Status), st.booleans(), st.dates(), st.integers(0, 3))
def test_what_is_to_be_done_is_told_in_the_order_in_which_it_falls_due(
    status: Status, equipment_only: bool, day: date, remarks: int
) -> None:
    facts = Facts(visit_on=day, guarantee_ends_on=date(2028, 6, 30))
    found = tasks(
        Situation(
            status,
            facts,
            equipment_only=equipment_only,
            closes_on=day,
            remarks=remarks,
            works=(Work("poser une prise", day), Work("percer")),
            terms={role: date(2027, 1, 15) for role in Role},
        )
    )
    moments = [task.due or task.at or date.max for task in found]
    assert moments == sorted(moments)
    assert len({task.kind for task in found}) == len(found)
    assert all(task.roles for task in found)


def test_a_school_fills_the_cadastre_by_the_last_day_of_the_edition() -> None:
    (task,) = tasks(Situation(Status.CADASTRE_PENDING, Facts(), closes_on=date(2027, 6, 30)))
    assert (task.text, task.due) == ("Remplir le cadastre et le signer.", date(2027, 6, 30))
    assert task.roles == {Role.SCHOOL_HEAD}
    (again,) = tasks(Situation(Status.CADASTRE_PENDING, Facts(), remarks=2))
    assert again.text == "Répondre aux 2 remarques du gestionnaire et renvoyer le cadastre."


def test_a_task_without_a_day_of_its_own_is_due_when_the_term_of_who_must_act_ends() -> None:
    ends = date(2027, 2, 1)
    (task,) = tasks(
        Situation(Status.CADASTRE_VALIDATED, Facts(), terms={Role.ORGANISING_AUTHORITY: ends})
    )
    assert task.due == ends
    assert (task.late_days(ends), task.late_days(date(2027, 2, 4))) == (0, 3)


def test_nobody_is_late_by_a_day_on_which_something_happens() -> None:
    visit = Situation(Status.PRESTUDY, Facts(visit_on=date(2027, 1, 12)))
    (task,) = tasks(visit)
    assert task.text == (
        "Accueillir la visite technique du 12/01/2027\u00a0: ouvrir les locaux et les armoires."
    )
    assert task.late_days(date(2027, 3, 1)) == 0


def test_each_work_of_the_organising_authority_is_named_with_its_day() -> None:
    found = tasks(
        Situation(
            Status.AWAITING_PREREQUISITES,
            Facts(),
            works=(Work("percer la dalle"), Work("poser une prise", date(2027, 1, 5))),
        )
    )
    assert [(task.text, task.due) for task in found] == [
        ("Réaliser\u00a0: poser une prise.", date(2027, 1, 5)),
        ("Réaliser\u00a0: percer la dalle.", None),
    ]


def test_a_task_is_late_by_days() -> None:
    task = Task("x", Sentence("x"), frozenset({Role.ADVISER}), due=date(2027, 1, 1))
    assert [task.late_days(date(2027, 1, day)) for day in (1, 2, 31)] == [0, 1, 30]
