"""Plans of the programme on the furnished installation: a draft, a failed one, a variant."""

from datetime import date, timedelta
from decimal import Decimal

from sqlmodel import Session, select

from api.usecases.contractors import define_contractor
from api.usecases.funding import define_funding
from api.usecases.lots import define_lot
from api.usecases.programme_problem import put
from inventory import clock
from inventory.database import Database
from inventory.models import (
    AdviserVisit,
    Grant,
    GrantScope,
    ProgrammePlan,
    ProgrammePlanSite,
    User,
    UserRole,
)
from inventory.models.planning import DraftState
from inventory.programme.planning.problem import Quarter, Slot
from inventory.sentences import Sentence, wording


def furnish_programme(database: Database, site_ids: tuple[int, ...]) -> None:
    """Make three plans of the schools: a draft that breaks something, a failed one, a variant."""
    with database.write("user:alice") as session:
        builder = "Réseaux de Meuse SA"
        define_contractor(session, builder, company_number="0202.239.951")
        lot = define_lot(session, "Lot Meuse", contractor=builder, sites_per_year=3).id or 0
        session.flush()
        define_lot(session, "Lot Meuse", sites_per_year=2, reason="Avenant 2 au marché 2026-114")
        define_lot(session, "Lot Ardenne")
        source = define_funding(
            session, "FEDER", ceiling=Decimal(60_000), ends_on=date(2029, 12, 31)
        )
        paid = source.id or 0
        draft = _plan(session, "Programme 2027-2032", DraftState.DRAFT)
        draft.prices = [_price("La capacité de %(lot)s", 214.5, 2, lot="Lot Meuse")]
        draft.prices_version = 1
        failed = _plan(session, "Tout à Namur", DraftState.FAILED)
        conflict = Sentence("Les décisions épinglées se contredisent\u00a0: %(reasons)s",
                            reasons=("Lot Meuse\u00a0: 3 sites en 2027",))  # fmt: skip
        failed.message, failed.wording = str(conflict), wording(conflict)
        variant = _plan(session, "Variante sans Liège", DraftState.DRAFT)
        variant.based_on_id = draft.id
        for plan, places in (
            (draft, (Quarter(2027, 1), Quarter(2027, 3), None)),
            (variant, (Quarter(2027, 2), None, Quarter(2029, 4))),
        ):
            for number, quarter in enumerate(places):
                row = _row(plan.id or 0, site_ids[number], number)
                put(row, Slot(quarter, lot, paid) if quarter else None)
                session.add(row)
        session.flush()
        user = session.exec(select(User).where(User.login == "alice")).one().id or 0
        session.add(Grant(user_id=user, role=UserRole.ADVISER, scope=GrantScope.ALL))
        last_month = clock.now().date().replace(day=1) - timedelta(days=20)
        for day, minutes, kind, site_id in (
            (date(2026, 11, 3), 150, "visit", site_ids[0]),
            (last_month, 45, "preparation", None),
        ):
            session.add(
                AdviserVisit(
                    user_id=user,
                    site_id=site_id,
                    funding_source_id=paid,
                    on=day,
                    minutes=minutes,
                    kind=kind,
                    notes="Plan des locaux revu avec la direction",
                    created_at=clock.now(),
                )
            )


def _plan(session: Session, name: str, state: DraftState) -> ProgrammePlan:
    plan = ProgrammePlan(
        name=name,
        state=state,
        first_year=2027,
        years=6,
        rules_version="2026-1",
        sites_per_year=500,
        created_by="user:alice",
        created_at=clock.now(),
    )
    if state is DraftState.DRAFT:
        plan.method, plan.gap, plan.lots_gap, plan.solved_in_s = "milp", 0.0042, 0.002, 38.4
    session.add(plan)
    session.flush()
    return plan


def _row(plan_id: int, site_id: int, number: int) -> ProgrammePlanSite:
    parts = (("connection", 45.0, "poor", 33.8), ("pupils", 20.0, 320, 10.3),
             ("ise_class", 20.0, None, 0.0), ("adviser_urgency", 15.0, 2, 10.0))  # fmt: skip
    return ProgrammePlanSite(
        plan_id=plan_id,
        site_id=site_id,
        area=("Namur", "Liège", "Charleroi")[number],
        score=54.1 - number,
        score_parts=[
            {"criterion": name, "weight": weight, "told": told, "points": points}
            for name, weight, told, points in parts
        ],
        cost=Decimal("35695.00"),
        cost_assumed=number == 2,
        open_quarters=[f"{year}-T{n}" for year in range(2027, 2033) for n in (1, 2, 3)],
        pinned=number == 1,
        reason="promis à l’école" if number == 1 else None,
    )


def _price(template: str, points: float, earlier: int, **values: str) -> dict[str, object]:
    name = Sentence(template, **values)
    return {
        "constraint": "lot:1", "message": str(name), "wording": wording(name),
        "points": points, "earlier": earlier, "more": 1,
    }  # fmt: skip
