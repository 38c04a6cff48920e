"""The stock of equipment: 5 % of the pupils, and the short path of a dossier on a database."""

from decimal import Decimal

import pytest
from sqlmodel import select

from api.usecases.access import viewer_of
from api.usecases.dossier_state import EvidenceFile
from api.usecases.dossiers import MoveRefused, advance
from api.usecases.equipment_stock import stock_of
from api.usecases.funding import define_funding
from api.usecases.work_orders import plan_order
from api.usecases.work_steps import scan_device
from inventory import clock
from inventory.database import Database
from inventory.models import (
    DeviceRole,
    Dossier,
    GrantScope,
    Site,
    SitePriority,
    User,
    UserRole,
    WorkKind,
)
from inventory.programme.dossier import EvidenceKind, Measure, Role, Status
from inventory.programme.equipment import load_equipment_rules, stock
from tests.webapp import person

RULES = load_equipment_rules()


@pytest.mark.parametrize(
    ("held", "pupils", "target", "missing"),
    [(0, 460, 23, 23), (24, 461, 24, 0), (3, 1, 1, 0), (3, 0, 0, 0), (3, None, None, None)],
)
def test_a_school_should_hold_five_devices_for_a_hundred_pupils_rounded_up(
    held: int, pupils: int | None, target: int | None, missing: int | None
) -> None:
    found = stock(held, pupils, RULES)
    assert (found.target, found.missing) == (target, missing)
    assert (RULES.share_of_pupils, RULES.most_paid_back) == (Decimal("0.05"), Decimal(500))


def test_equipment_alone_is_delivered_by_serial_and_lent_under_a_signed_convention(
    database: Database,
) -> None:
    person(database, "cora", UserRole.CONTRACTOR, GrantScope.ALL)
    with database.write("test") as session:
        site = Site(name="Institut", search_key="institut")
        session.add(site)
        session.flush()
        site_id = site.id or 0
        dossier = Dossier(site_id=site_id, status=Status.CADASTRE_VALIDATED, updated_at=clock.now())
        session.add_all(
            [
                dossier,
                SitePriority(site_id=site_id, pupils=40, updated_by="t", updated_at=clock.now()),
            ]
        )
        define_funding(session, "FWB", name="Fédération Wallonie-Bruxelles")

    def move(to: Status, role: Role, *kinds: EvidenceKind, **more: object) -> None:
        with database.write("test") as session:
            advance(
                session,
                site_id,
                to,
                actor="test",
                role=role,
                evidence=[EvidenceFile(kind, "x.pdf", "ab" * 32, 3) for kind in kinds],
                **more,  # type: ignore[arg-type]
            )

    with database.read() as session:
        assert stock_of(session, site_id) is None
    move(
        Status.ENROLMENT_REQUESTED,
        Role.ORGANISING_AUTHORITY,
        EvidenceKind.ENROLMENT_FORM,
        measures=frozenset({Measure.EQUIPMENT}),
    )
    papers = (EvidenceKind.SPECIFICATIONS, EvidenceKind.PURCHASE_ORDER)
    move(Status.ORDERED, Role.CONTRACT_OFFICER, *papers, facts={"funding_source": "FWB"})
    with database.write("user:cora") as session:
        cora = viewer_of(session, session.exec(select(User)).one())
        number = plan_order(session, cora, site_id, WorkKind.DELIVERY).id or 0
        scan_device(session, cora, number, "a", text="PF0001", role=DeviceRole.OTHER)
    two = {"serials_expected": "2"}
    with pytest.raises(MoveRefused, match="Un numéro de série sur 2"):
        move(Status.DELIVERED, Role.ADVISER, EvidenceKind.DELIVERY_NOTE, facts=two)
    with database.write("user:cora") as session:
        scan_device(session, cora, number, "b", text="PF0002", role=DeviceRole.OTHER)
    move(Status.DELIVERED, Role.ADVISER, EvidenceKind.DELIVERY_NOTE, facts=two)
    with pytest.raises(MoveRefused, match="convention de prêt"):
        move(Status.IN_SERVICE, Role.ADVISER)
    signed = {"loan_convention_signed_on": clock.now().date().isoformat()}
    move(Status.IN_SERVICE, Role.ADVISER, EvidenceKind.LOAN_CONVENTION, facts=signed)
    with database.read() as session:
        found = stock_of(session, site_id)
    assert found is not None
    assert (found.held, found.target, found.missing) == (2, 2, 0)
