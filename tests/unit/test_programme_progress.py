"""How far the programme is: milestones, cantons and the pace."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.usecases.programme_progress import applied_plan
from api.web.burn_up import burn_up
from api.web.programme import SHADES, shade
from inventory import clock
from inventory.database import Database
from inventory.models import ProgrammePlan, ProgrammePlanSite
from inventory.models.planning import DraftState
from inventory.programme.cantons import canton_of, cantons
from inventory.programme.dossier import Status
from inventory.programme.geography import Region, all_communes
from inventory.programme.progress import OUTSIDE, Milestone, Standing, tally
from tests.geography.cantons import PATH, written
from tests.geography.outlines import outlines
from tests.seed import seed

STATUSES = st.sampled_from([status for status in Status if status is not Status.ON_HOLD])
STANDINGS = STATUSES.map(Standing) | STATUSES.map(lambda before: Standing(Status.ON_HOLD, before))


def test_every_walloon_commune_lies_in_one_canton() -> None:
    walloon = {each.refnis for each in all_communes() if each.region is Region.WALLONIA}
    placed = [refnis for canton in cantons().values() for refnis in canton.communes]
    assert sorted(placed) == sorted(walloon)
    assert len({canton.name("fr") for canton in cantons().values()}) == len(cantons())


def test_a_commune_is_placed_by_any_of_its_names() -> None:
    for name in ("Sankt Vith", "Saint-Vith", "SAINT VITH"):
        found = canton_of(name)
        assert found is not None
        assert found.id == "eupen-sankt-vith-2"
    assert canton_of("Ixelles") is None
    assert canton_of(None) is None


def test_the_committed_cantons_are_those_of_their_source() -> None:
    assert PATH.read_text(encoding="utf-8") == written()


def test_neighbours_share_every_point_of_their_simplified_border() -> None:
    # Two squares side by side, their common border notched by less than the tolerance.
    left = ((0, 0), (10, 0), (11, 5), (10, 10), (0, 10))
    right = ((10, 0), (20, 0), (20, 10), (10, 10), (11, 5))
    drawn = outlines({"left": [left], "right": [right]}, tolerance=2)
    assert (11, 5) not in {*drawn["left"][0], *drawn["right"][0]}
    assert {(10, 0), (10, 10)} <= set(drawn["left"][0]) & set(drawn["right"][0])


def test_two_parts_of_one_canton_lose_the_border_between_them() -> None:
    left, right = ((0, 0), (10, 0), (10, 10), (0, 10)), ((10, 0), (20, 0), (20, 10), (10, 10))
    (ring,) = outlines({"whole": [left, right]}, tolerance=1)["whole"]
    assert set(ring) == {(0, 0), (20, 0), (20, 10), (0, 10)}


@pytest.mark.parametrize("status", sorted(set(Status) - OUTSIDE - {Status.ON_HOLD}))
def test_every_status_of_the_programme_has_passed_a_milestone(status: Status) -> None:
    assert Standing(status).reached is not None
    assert Standing(Status.ON_HOLD, status).reached is Standing(status).reached


@given(st.dictionaries(STANDINGS, st.integers(0, 50)))
def test_no_milestone_is_passed_by_more_than_the_one_before(counted: dict[Standing, int]) -> None:
    found = tally(counted)
    passed = [found.passed[each] for each in Milestone]
    assert passed == sorted(passed, reverse=True)
    assert found.sites + found.outside == sum(counted.values())
    share = found.share(Milestone.IN_SERVICE)
    assert (share is None) == (found.sites == 0)


def test_shades_tell_none_from_some_and_all() -> None:
    assert [shade(each) for each in (None, 0.0, 0.01, 0.25, 0.5, 0.75, 1.0)] == [
        None, 0, 1, 2, 3, 4, SHADES - 1,
    ]  # fmt: skip


def test_the_burn_up_counts_what_came_before_the_programme_and_stops_today() -> None:
    drawn = burn_up(
        [(date(2022, 6, 1), 2), (date(2022, 9, 1), 3), (date(2022, 11, 1), 1)],
        today=date(2022, 11, 15),
        starts_on=date(2022, 9, 1),
        years=2,
        sites_a_year=12,
    )
    assert [(m.start.month, m.done, m.planned) for m in drawn.months[:7]] == [
        (6, 2, 0), (7, 2, 0), (8, 2, 0), (9, 5, 1), (10, 5, 2), (11, 6, 3), (12, None, 4),
    ]  # fmt: skip
    assert drawn.last.done == 6
    assert drawn.months[-1].planned == 24
    assert [year for _, year in drawn.ticks] == [2023, 2024]


def test_what_is_planned_is_that_of_the_applied_plan_from_its_first_quarter_on() -> None:
    drawn = burn_up(
        [(date(2022, 9, 1), 3), (date(2023, 2, 1), 4)],
        today=date(2023, 3, 15),
        starts_on=date(2022, 9, 1),
        years=1,
        sites_a_year=120,
        applied={date(2023, 1, 1): 6, date(2023, 10, 1): 2},
    )
    planned = {(m.start.year, m.start.month): m.planned for m in drawn.months}
    assert [planned[2022, month] for month in (9, 12)] == [10, 40]
    # Three were in service when the plan began; its quarter is spread over three months.
    assert [planned[2023, month] for month in (1, 2, 3, 9, 10, 11, 12)] == [5, 7, 9, 9, 10, 10, 11]
    assert drawn.months[-1].start == date(2023, 12, 1)
    assert drawn.planned_path.count("M") == 2
    assert drawn.plan_from == date(2023, 1, 1)


def test_a_site_of_two_applied_plans_counts_where_the_later_one_places_it(
    database: Database,
) -> None:
    made = seed(database)
    first, second, third = made.site_ids
    with database.write("test") as session:
        for number, (state, places) in enumerate(
            (
                (DraftState.APPLIED, ((first, 1), (second, 1))),
                (DraftState.APPLIED, ((first, 3), (third, None))),
                (DraftState.DRAFT, ((third, 2),)),
            )
        ):
            plan = ProgrammePlan(
                name=str(number),
                state=state,
                first_year=2027,
                years=1,
                rules_version="2026-1",
                sites_per_year=500,
                created_by="test",
                created_at=clock.now(),
                decided_at=clock.now(),
            )
            session.add(plan)
            session.flush()
            session.add_all(
                ProgrammePlanSite(
                    plan_id=plan.id or 0,
                    site_id=site_id,
                    area="Namur",
                    score=1.0,
                    score_parts=[],
                    open_quarters=[],
                    cost=Decimal(1),
                    cost_assumed=False,
                    year=2027 if quarter else None,
                    quarter=quarter,
                )
                for site_id, quarter in places
            )
    with database.read() as session:
        assert applied_plan(session) == {date(2027, 1, 1): 1, date(2027, 7, 1): 1}
