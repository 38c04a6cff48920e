"""The lists of the programme that people wait for are found by an index, on both databases."""

from collections.abc import Callable

import pytest
from sqlalchemy import event
from sqlmodel import Session

from api.mail.sending import send_waiting
from api.usecases.acceptance_runs import OrderLine, keep_order
from api.usecases.cadastre_editions import edition_of
from api.usecases.cadastre_lists import ResponseFilter, list_responses, next_submitted
from api.usecases.deadlines import LateFilter, late_list
from api.usecases.dossier_list import DossierFilter, list_dossiers
from api.usecases.scope import HeldGrant, Viewer
from api.usecases.work_orders import list_orders
from inventory.database import Database
from inventory.errors import Conflict
from inventory.models import GrantScope, UserRole
from inventory.programme.cadastre.states import ResponseState
from inventory.programme.dossier import Status
from inventory.secrets import Vault
from inventory.settings import Settings
from tests.cadastre import campaign
from tests.seed import seed


def _viewer(role: UserRole, scope: GrantScope, key: str = "") -> Viewer:
    return Viewer(1, "alice", "Alice", None, (HeldGrant(role, scope, key),))


NAMUR = _viewer(UserRole.PROGRAMME_MANAGER, GrantScope.PROVINCE, "Namur")
EVERYWHERE = _viewer(UserRole.PROGRAMME_MANAGER, GrantScope.ALL)
CADASTRE = _viewer(UserRole.CADASTRE_MANAGER, GrantScope.ALL)
INSTALLER = _viewer(UserRole.INSTALLER, GrantScope.LOT, "1")
SUBMITTED = ResponseFilter(state=ResponseState.SUBMITTED)
SCHEDULED = DossierFilter(status=Status.SCHEDULED)


def _responses(session: Session, wanted: ResponseFilter) -> object:
    return list_responses(session, CADASTRE, edition_of(session, "INCOR26"), wanted)


def _next(session: Session) -> object:
    return next_submitted(session, CADASTRE, edition_of(session, "INCOR26"), 1)


def _order(session: Session) -> None:
    lines = [OrderLine("CN001", "switch", None, None)]
    keep_order(session, 2, lines)
    with pytest.raises(Conflict):
        keep_order(session, 1, lines)


_LISTS: dict[str, tuple[str, str, Callable[[Session], object]]] = {
    "cadastre": ("site", "ix_site_search_key_id", lambda s: _responses(s, ResponseFilter())),
    "cadastre to examine": (
        "site", "ix_cadastre_response_edition_state_id", lambda s: _responses(s, SUBMITTED),
    ),
    "next to examine": ("site", "ix_cadastre_response_edition_state_id", _next),
    "dossiers of a status": (
        "site", "ix_dossier_status", lambda s: list_dossiers(s, EVERYWHERE, SCHEDULED),
    ),
    "dossiers of a province": (
        "site", "ix_site_province",
        lambda s: list_dossiers(s, EVERYWHERE, DossierFilter(province="Namur")),
    ),
    "dossiers of one's province": (
        "site", "ix_site_province", lambda s: list_dossiers(s, NAMUR, SCHEDULED),
    ),
    "late": (
        "deadline_clock", "ix_deadline_clock_running",
        lambda s: late_list(s, EVERYWHERE, LateFilter()),
    ),
    "work orders of one's province": (
        "work_order", "ix_work_order_site_id_id", lambda s: list_orders(s, NAMUR),
    ),
    "one's own work orders": (
        "work_order", "ix_work_order_installer_id_id",
        lambda s: list_orders(s, INSTALLER, mine=True, still_open=True),
    ),
    "work orders of a site": (
        "work_order", "ix_work_order_site_id_id", lambda s: list_orders(s, NAMUR, site_id=1),
    ),
    "a serial that is ordered": ("ordered_device", "ix_ordered_device_serial", _order),
}  # fmt: skip


def _plan(database: Database, table: str, ask: Callable[[], object]) -> str:
    """Return the plan of the last SELECT from `table` that `ask` makes."""
    said: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        said.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        ask()
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
    begins = f" FROM {table} "
    statement, parameters = [
        each
        for each in said
        if each[0].startswith("SELECT") and begins in each[0].replace("\n", " ")
    ][-1]
    with database.engine.connect() as connection:
        words = "EXPLAIN QUERY PLAN"
        if connection.dialect.name == "postgresql":
            # A table of a few rows is read whole, unless that is forbidden.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_bitmapscan = off")
            words = "EXPLAIN"
        rows = connection.exec_driver_sql(f"{words} {statement}", parameters)  # type: ignore[arg-type]
        return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize("name", _LISTS)
def test_a_list_of_the_programme_is_found_by_its_index(database: Database, name: str) -> None:
    seed(database)
    with database.write("test") as session:
        campaign(session)
    table, index, ask = _LISTS[name]

    def asked() -> None:
        with database.write("test") as session:
            ask(session)

    plan = _plan(database, table, asked)
    assert index in plan, plan
    assert "SCAN dossier" not in plan
    assert "Seq Scan" not in plan


def test_mail_that_waits_is_read_in_its_order_from_its_index(
    settings: Settings, database: Database, vault: Vault
) -> None:
    plan = _plan(
        database, "outgoing_mail", lambda: send_waiting(database, vault, settings, actor="test")
    )
    assert "ix_outgoing_mail_waiting" in plan, plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
