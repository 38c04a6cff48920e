"""Lists over a programme's data as a province's manager asks for them: what, and by which plan."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache

import pytest
from sqlalchemy import event
from sqlmodel import Session, col, select

from api.usecases.device_list import DeviceFilter, list_devices
from api.usecases.moving import WantedMove, move_dossier
from api.usecases.scope import HeldGrant, Viewer, visible_sites
from api.usecases.search import MAX_ROWS, Kind, search, search_kinds
from api.usecases.sites import SiteFilter, list_sites, site_line
from api.usecases.tokens import whose_token
from inventory.database import Database, open_database
from inventory.models import (
    Device,
    DeviceRole,
    Dossier,
    GrantScope,
    Health,
    Implantation,
    Incident,
    Lifecycle,
    OrganisingAuthority,
    School,
    Site,
    SiteImplantation,
    UserRole,
)
from inventory.programme.dossier import Status
from tests.bench.api.installation import Size, fill, make_user
from tests.webapp import shared_settings

_SIZE = Size(sites=300, devices=9_000, transitions=900, changes=2_000)
_FOUR = ("Hainaut", "Liège", "Luxembourg", "Namur")
_FILTERS = (
    DeviceFilter(),
    DeviceFilter(province="Namur"),
    DeviceFilter(role=DeviceRole.SWITCH),
    DeviceFilter(family="unifi", lifecycle=Lifecycle.FAULTY),
    DeviceFilter(health=Health.SHADOWED, role=DeviceRole.SWITCH),
    DeviceFilter(tag="pilote"),
    DeviceFilter(tag="prêt", health=Health.DOWN),
)


def _viewer(*grants: tuple[GrantScope, str]) -> Viewer:
    held = tuple(HeldGrant(UserRole.PROGRAMME_MANAGER, scope, key) for scope, key in grants)
    return Viewer(1, "alice", "Alice", None, held)


MANAGER = _viewer(*((GrantScope.PROVINCE, name) for name in _FOUR))


@pytest.fixture(scope="module")
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Database]]:
    with ExitStack() as stack:

        @cache
        def of(kind: str) -> Database:
            settings = shared_settings(request, kind, tmp_path_factory.mktemp("programme"))
            database = open_database(settings)
            stack.callback(database.close)
            fill(database, _SIZE)
            return database

        yield of


@pytest.fixture
def programme(database_kind: str, filled: Callable[[str], Database]) -> Database:
    return filled(database_kind)


@contextmanager
def _said(database: Database) -> Iterator[list[tuple[str, object]]]:
    """Yield the statements that are said to the database in the block, each with its values."""
    said: list[tuple[str, object]] = []

    def note(_c: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        said.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(database.engine, "before_cursor_execute", note)


def _plan(database: Database, table: str, ask: Callable[[Session], object]) -> list[str]:
    """Return the plan of the last query of a table that `ask` makes."""
    with _said(database) as said, database.read() as session:
        ask(session)
    statement, parameters = [each for each in said if f"FROM {table}" in each[0]][-1]
    with database.engine.connect() as connection:
        words = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        rows = connection.exec_driver_sql(f"{words} {statement}", parameters)  # type: ignore[arg-type]
        return [str(row[-1]) for row in rows]


@pytest.mark.parametrize("after", [None, 8_000])
def test_any_page_of_the_devices_of_a_province_is_read_in_its_order(
    programme: Database, after: int | None
) -> None:
    plan = _plan(
        programme,
        "device",
        lambda session: list_devices(session, MANAGER, DeviceFilter(), after=after),
    )
    assert not [step for step in plan if "TEMP B-TREE" in step or "Sort" in step], plan
    assert not [step for step in plan if "Seq Scan on device" in step], plan


@pytest.mark.parametrize("wanted", _FILTERS)
def test_a_filter_sorts_nothing_where_the_planner_knows_no_figures(
    programme: Database, wanted: DeviceFilter
) -> None:
    if programme.engine.dialect.name == "postgresql":
        pytest.skip("it knows how many rows each value has, and sorts few")
    plan = _plan(programme, "device", lambda session: list_devices(session, MANAGER, wanted))
    assert not [step for step in plan if "TEMP B-TREE" in step], plan


@pytest.mark.parametrize("wanted", _FILTERS)
def test_the_filters_find_what_they_say(programme: Database, wanted: DeviceFilter) -> None:
    with programme.read() as session:
        rows = session.exec(
            select(Device, Site.province).join(Site, col(Site.id) == col(Device.site_id))
        ).all()
        expected = sorted(
            device.id or 0
            for device, province in rows
            if province in _FOUR
            and wanted.province in {None, province}
            and wanted.role in {None, device.role}
            and wanted.family in {None, device.family}
            and wanted.lifecycle in {None, device.lifecycle}
            and wanted.health in {None, device.health}
            and (wanted.tag is None or wanted.tag in device.tags)
        )
        assert _listed(session, MANAGER, wanted) == expected != []


@pytest.mark.parametrize(
    "grants",
    [
        [],
        [(GrantScope.ALL, "")],
        [(GrantScope.PROVINCE, "Namur"), (GrantScope.SITE, "7")],
        [(GrantScope.SITE, "7"), (GrantScope.SITE, "8")],
        [(GrantScope.EDUCATION_NETWORK, "WBE")],
        [(GrantScope.LOT, "2"), (GrantScope.PROVINCE, "nulle part")],
        [(GrantScope.ORGANISING_AUTHORITY, "1")],
    ],
)
def test_each_scope_lists_the_devices_of_its_sites(
    programme: Database, grants: list[tuple[GrantScope, str]]
) -> None:
    viewer = _viewer(*grants)
    with programme.read() as session:
        sites = set(session.exec(select(Site.id).where(visible_sites(viewer))))
        rows = session.exec(select(Device.id, Device.site_id)).all()
        expected = sorted(row_id for row_id, site_id in rows if site_id in sites and row_id)
        assert _listed(session, viewer, DeviceFilter()) == expected


def test_the_search_for_incidents_looks_at_names_and_not_at_each_device(
    programme: Database,
) -> None:
    with programme.read() as session:
        school = session.exec(select(School.commune).where(School.id == 1)).one() or ""
    plan = _plan(
        programme,
        "device",
        lambda session: search(session, MANAGER, f"{school} ap3", Kind.INCIDENTS),
    )
    assert [step for step in plan if "ix_device_search_name_id" in step], plan


def test_the_search_for_incidents_of_few_sites_looks_at_theirs_alone(programme: Database) -> None:
    if programme.engine.dialect.name == "postgresql":
        pytest.skip("it knows how many there are, and reads few from end to end")
    with programme.read() as session:
        keys = select(Site.search_key).join(Incident, col(Incident.site_id) == col(Site.id))
        key = session.exec(keys.where(visible_sites(MANAGER))).first() or ""
    number = next(word for word in key.split() if word.isdigit())
    plan = _plan(
        programme,
        "incident",
        lambda session: search(session, MANAGER, number, Kind.INCIDENTS),
    )
    assert [step for step in plan if "incident USING INDEX ix_incident_" in step], plan


def test_a_search_for_everything_asks_once_what_has_each_word(programme: Database) -> None:
    with _said(programme) as said, programme.read() as session:
        search_kinds(session, MANAGER, "communale tilleuls", list(Kind))
    looked_up = [words for words, _ in said if "UNION ALL" in words]
    assert len(looked_up) == 1
    assert "organising_authority" in looked_up[0]


def test_a_word_that_nothing_has_is_looked_for_once(programme: Database) -> None:
    with _said(programme) as said, programme.read() as session:
        found = search_kinds(session, MANAGER, "introuvable", list(Kind))
    assert not any(each.hits for each in found.values())
    lists = [words for words, _ in said if "UNION ALL" not in words and words.startswith("SELECT")]
    # Only a serial may still begin so.
    assert len(lists) == 1, lists
    assert "search_serial" in lists[0]


def test_words_of_very_many_authorities_find_the_sites_of_each(programme: Database) -> None:
    words = ("administration", "communale")
    with programme.read() as session:
        rows = session.exec(
            select(Site.id, Site.search_key, OrganisingAuthority.search_key)
            .join(SiteImplantation, col(SiteImplantation.site_id) == col(Site.id))
            .join(Implantation, col(Implantation.id) == col(SiteImplantation.implantation_id))
            .join(School, col(School.id) == col(Implantation.school_id))
            .join(
                OrganisingAuthority,
                col(OrganisingAuthority.id) == col(School.organising_authority_id),
            )
            .where(visible_sites(MANAGER))
        ).all()
        has = [
            {row_id for row_id, key, authority in rows if word in f"{key} {authority}"}
            for word in words
        ]
        found: set[int] = set()
        after = None
        while True:
            page = search(
                session, MANAGER, " ".join(words), Kind.SITES, after=after, limit=MAX_ROWS
            )
            found |= {hit.id for hit in page.hits}
            after = page.next
            if after is None:
                break
    assert found == set.intersection(*has) != set()


def test_the_search_for_incidents_walks_them_from_the_newest(programme: Database) -> None:
    if programme.engine.dialect.name == "postgresql":
        pytest.skip("it knows how many there are, and sorts few")
    plan = _plan(
        programme,
        "incident",
        lambda session: search(session, MANAGER, "administration communale", Kind.INCIDENTS),
    )
    assert not [step for step in plan if "TEMP B-TREE" in step], plan


def test_a_step_reads_the_dossier_once_and_counts_only_what_it_depends_on(
    programme: Database,
) -> None:
    with programme.read() as session:
        waiting = select(Dossier.site_id, Dossier.version).join(
            Site, col(Site.id) == col(Dossier.site_id)
        )
        waiting = waiting.where(Dossier.status == Status.ENROLMENT_REQUESTED)
        site_id, version = session.exec(waiting.where(Site.province == "Namur")).all()[0]
    told = {"priority_score": "71.5", "funding_source": "PRR", "lot": "Lot 1"}
    steps = (
        WantedMove(site_id, Status.SCHEDULED, facts=told),
        WantedMove(site_id, Status.ON_HOLD, reason="Chantier reporté."),
        WantedMove(site_id, Status.SCHEDULED),
    )
    for wanted, most in zip(steps, (15, 12, 12), strict=True):
        with _said(programme) as said, programme.write("user:alice") as session:
            moved = move_dossier(session, MANAGER, wanted, seen=version.__eq__)
            version += 1
            assert moved.dossier.version == version
        asked = [statement for statement, _ in said]
        assert len(asked) <= most, asked
        assert sum("FROM dossier " in each for each in asked) == 1, asked
        assert not [each for each in asked if "FROM device" in each], asked


def test_a_list_of_sites_reads_what_it_shows(programme: Database) -> None:
    with _said(programme) as said, programme.read() as session:
        found = list_sites(session, MANAGER, SiteFilter(province="Namur"))
        (line,) = [site_line(session, MANAGER, each.id) for each in found.sites[:1]]
    assert line == found.sites[0]
    assert not [statement for statement, _ in said if "latitude" in statement]


def test_who_calls_by_a_token_is_told_by_one_statement(programme: Database) -> None:
    token = make_user(programme)
    with _said(programme) as said, programme.read() as session:
        viewer = whose_token(session, token)
    assert viewer is not None
    assert [grant.scope_key for grant in viewer.grants] == list(_FOUR)
    assert len([each for each, _ in said if each.startswith("SELECT")]) == 1


def _listed(session: Session, viewer: Viewer, wanted: DeviceFilter) -> list[int]:
    found: list[int] = []
    after = None
    while True:
        page = list_devices(session, viewer, wanted, after=after, limit=200)
        found += [device.id or 0 for device in page.devices]
        after = page.next
        if after is None:
            return found
