"""Every route of the application, for every role and scope; it starts from denied.

What is allowed stands in two places alone: `api.usecases.scope.ROLES` (who holds a right) and the
route's own declaration (`api.http.needs`). All that they do not allow must be refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from sqlmodel import col, select

from api.http.application import API_PREFIX, every_route
from api.http.needs import Anybody, Need, Needs, Open, Within, declarations, refuse_undeclared
from api.jobs import queue
from api.usecases.scope import ROLES, Right
from api.usecases.sessions import open_session
from api.usecases.tokens import new_token
from inventory import clock
from inventory.database import Database, open_database
from inventory.models import Change, Dossier, GrantScope, Lot, User, UserRole
from tests.furnished import Furnished
from tests.routes import BODIES, NO_SITE, OWN, QUERIES, VALUES, WITH_FILES
from tests.seed import SCHOOLS
from tests.webapp import person, web_client

SAFE = {"GET", "HEAD"}
REFUSED = {401, 403, 404}
# What is told of the first school alone: none of it may stand in an answer to who sees another.
ONLY_THERE = ("Tilleuls", "95001", "tilleuls")
ELSEWHERE = 2
"""The school, as SCHOOLS numbers them, at which who sees nothing of the first one is at home."""


@dataclass(frozen=True)
class Asked:
    """One method of one route."""

    method: str
    path: str
    route: APIRoute = field(compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def api(self) -> bool:
        return self.path.startswith(API_PREFIX)

    @property
    def addressed(self) -> bool:
        return "{" in self.path

    @property
    def open(self) -> bool:
        return any(isinstance(each, Open) for each in declarations(self.route))

    @property
    def needs(self) -> list[Need]:
        said = [each.need if isinstance(each, Within) else each for each in self._said()]
        return [each for each in said if each.right is not None]

    @property
    def everywhere(self) -> bool:
        return any(need.everywhere for need in self.needs)

    def holders(self) -> set[UserRole]:
        """Return the roles that may ask: those that hold all that is needed."""
        found = set(UserRole)
        for need in self.needs:
            assert need.right is not None
            found &= ROLES[need.right]
        return found

    def _said(self) -> list[Need | Within]:
        return [each for each in declarations(self.route) if not isinstance(each, Open)]


ROUTES = [
    Asked(method, path, route)
    for path, route in every_route()
    for method in sorted((route.methods or set()) - {"HEAD"})
]
GUARDED = [each for each in ROUTES if not each.open]
WITH_RIGHT = [each for each in GUARDED if each.needs]
PARTS = 6  # a minute of requests each would keep one worker after all others have ended


@dataclass
class World:
    """A served installation, and people of it by what they were granted."""

    client: httpx.Client
    database: Database
    authority_ids: tuple[int, ...]
    site_ids: tuple[int, ...]
    lot_ids: tuple[int, ...]
    known: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def scopes(self, school: int) -> list[tuple[GrantScope, str]]:
        """Return one grant's scope of each kind that reaches a school and not the two others."""
        _, _, _, _, province, network = SCHOOLS[school]
        return [
            (GrantScope.PROVINCE, province),
            (GrantScope.EDUCATION_NETWORK, network),
            (GrantScope.ORGANISING_AUTHORITY, str(self.authority_ids[school])),
            (GrantScope.LOT, str(self.lot_ids[school])),
            (GrantScope.SITE, str(self.site_ids[school])),
        ]

    def ask(
        self,
        asked: Asked,
        role: UserRole | None,
        scope: tuple[GrantScope, str] = (GrantScope.ALL, ""),
        *,
        csrf: bool = True,
        session: bool = False,
    ) -> httpx.Response:
        """Ask as somebody with this grant: the API by token, a page by session."""
        headers: dict[str, str] = {}
        form: dict[str, object] = {}
        if role is not None:
            cookie, token, bearer = self._person(role, scope)
            if asked.api and not session:
                headers["authorization"] = f"Bearer {bearer}"
            else:
                headers["cookie"] = f"preau_session={cookie}"
                if csrf:
                    headers["x-csrf-token"] = form["csrf"] = token
        path = re.sub(r"\{(\w+)(:\w+)?\}", lambda name: VALUES[name[1]], asked.path)
        body = dict(BODIES.get((asked.method, asked.path), {}))
        writes = asked.method not in SAFE
        multipart = asked.path in WITH_FILES
        request = self.client.build_request(
            asked.method,
            path,
            params=QUERIES.get(asked.path),
            headers=headers,
            json=body if writes and asked.api and not multipart else None,
            data=form | body if writes and (multipart or not asked.api) else None,
            files={"empty": ("", b"")} if multipart else None,
        )
        answer = self.client.send(request, stream=True)
        if "event-stream" in answer.headers.get("content-type", ""):
            answer.close()
        else:
            answer.read()
            answer.close()
        return answer

    def _person(self, role: UserRole, scope: tuple[GrantScope, str]) -> tuple[str, str, str]:
        login = f"{role}-{scope[0]}-{scope[1]}".lower()
        if login not in self.known:
            person(self.database, login, role, *scope)
            with self.database.write("test") as session:
                user = session.exec(select(User).where(User.login == login)).one()
                opened = open_session(session, user.id or 0, hours=1)
                token = new_token(session, login, name="test", days=1)
            self.known[login] = (opened.cookie, opened.csrf_token, token)
        return self.known[login]

    def written(self) -> int:
        """Return the number of the last change record."""
        with self.database.read() as session:
            return session.exec(select(Change.id).order_by(col(Change.id).desc())).first() or 0


@pytest.fixture(scope="module")
def world(furnished: Furnished, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """One installation for all: what is refused leaves no trace, and reading neither."""
    settings, made = furnished(tmp_path_factory.mktemp("routes"))
    database = open_database(settings)
    with database.write("user:nobody") as session:
        queue.enqueue(session, "poll", {"site_id": made.site_ids[0]}, "user:nobody")
    lots = _lots(database, made.site_ids)
    with web_client(settings, database) as client:
        yield World(client, database, made.authority_ids, made.site_ids, lots)
    database.close()


def _lots(database: Database, site_ids: tuple[int, ...]) -> tuple[int, ...]:
    """Put each school into a lot of its own and return their ids."""
    with database.write("test") as session:
        lots = [Lot(name=f"Lot {number}") for number in range(len(site_ids))]
        session.add_all(lots)
        session.flush()
        for site_id, lot in zip(site_ids, lots, strict=True):
            dossier = session.exec(select(Dossier).where(Dossier.site_id == site_id)).first()
            if dossier is None:
                # Identified, opening an edition would rightly ask who is at home there.
                dossier = Dossier(
                    site_id=site_id, status="cadastre_pending", updated_at=clock.now()
                )
                session.add(dossier)
            dossier.lot_id = lot.id
        return tuple(lot.id or 0 for lot in lots)


def text_of(answer: httpx.Response) -> str:
    return "" if "event-stream" in answer.headers.get("content-type", "") else answer.text


def leaks(answer: httpx.Response) -> list[str]:
    """Return what the answer tells of the first school; what was typed is not told by us."""
    text = re.sub(r'value="[^"]*"', "", text_of(answer))
    return [word for word in ONLY_THERE if word in text]


def test_a_route_that_does_not_say_who_may_ask_stops_the_application() -> None:
    router = APIRouter()

    def answer() -> None: ...

    router.add_api_route("/a", answer)
    with pytest.raises(TypeError, match=r"\['GET'\] /a must say who may ask"):
        refuse_undeclared(router.routes)
    for said, wanted in (
        ([Needs(Right.SEE)], "it needs a right of its own"),
        ([Needs(Right.SEE), Anybody("x")], "one of the two"),
    ):
        router = APIRouter()
        router.add_api_route("/a", answer, methods=["POST"], dependencies=said)
        with pytest.raises(TypeError, match=wanted):
            refuse_undeclared(router.routes)
    router = APIRouter()
    router.add_api_route("/a", answer, methods=["POST"], dependencies=[Needs(Right.JUDGE)])
    refuse_undeclared(router.routes)


def test_each_name_in_a_path_has_a_value_to_ask_for() -> None:
    names = {name for each in ROUTES for name, _ in re.findall(r"\{(\w+)(:\w+)?\}", each.path)}
    assert names <= set(VALUES), "give them a value in tests/routes.py: of the first school"


def test_nobody_gets_anything_without_a_login(world: World) -> None:
    before, wrong = world.written(), []
    for asked in GUARDED:
        answer = world.ask(asked, None)
        to_the_login = answer.headers.get("location", "").startswith("/connexion")
        well = answer.status_code == 401 if asked.api else to_the_login
        if not well or leaks(answer):
            wrong.append(f"{asked}: {answer.status_code}")
    assert wrong == [], "\n".join(wrong)
    assert world.written() == before


@pytest.mark.parametrize("part", range(PARTS))
def test_a_role_without_the_right_is_refused_whatever_its_scope(world: World, part: int) -> None:
    before, wrong = world.written(), []
    for asked in WITH_RIGHT[part::PARTS]:
        for role in sorted(set(UserRole) - asked.holders()):
            answer = world.ask(asked, role)
            if answer.status_code != 403 or leaks(answer):
                wrong.append(f"{asked} as {role}: {answer.status_code}")
    assert wrong == [], "\n".join(wrong)
    assert not [row for row in _changes(world.database, before) if row.actor.startswith("user:")]


@pytest.mark.parametrize("part", range(PARTS))
def test_the_right_at_another_school_reaches_nothing_of_this_one(world: World, part: int) -> None:
    # Each kind of scope with one role, and each role with one kind of scope: what a role may do and
    # what a scope reaches are two clauses that know nothing of each other.
    before, wrong = world.written(), []
    for asked in WITH_RIGHT[part::PARTS]:
        roles = sorted(asked.holders())
        *kinds, site = world.scopes(ELSEWHERE)
        for role, scope in [*((roles[0], kind) for kind in kinds), *((r, site) for r in roles)]:
            answer = world.ask(asked, role, scope)
            told = leaks(answer)
            must_refuse = asked.everywhere or (asked.addressed and asked.path not in NO_SITE)
            refused = answer.status_code in REFUSED
            if told or (must_refuse and not refused) or answer.status_code >= 500:
                wrong.append(f"{asked} as {role}, {scope[0]}: {answer.status_code} {told}")
    assert wrong == [], "\n".join(wrong)
    written = [row for row in _changes(world.database, before) if row.actor.startswith("user:")]
    # That somebody took away a list of what is theirs is noted, and changes nothing.
    assert {(row.table_name, row.action) for row in written if row.action != "export"} == set()


@pytest.mark.parametrize("part", range(PARTS))
def test_the_right_at_this_school_is_enough_to_read_of_it(world: World, part: int) -> None:
    wrong = []
    for asked in WITH_RIGHT[part::PARTS]:
        if asked.method not in SAFE or asked.path in OWN:
            continue
        scopes = [(GrantScope.ALL, "")] if asked.everywhere else world.scopes(0)
        roles = sorted(asked.holders())
        *kinds, last = scopes
        for role, scope in [*((roles[0], kind) for kind in kinds), *((r, last) for r in roles)]:
            answer = world.ask(asked, role, scope)
            if answer.status_code in REFUSED or answer.status_code >= 500:
                wrong.append(f"{asked} as {role}, {scope[0]}: {answer.status_code}")
    assert wrong == [], "\n".join(wrong)


def test_a_write_without_the_token_of_its_session_is_refused(world: World) -> None:
    before, wrong = world.written(), []
    for asked in GUARDED:
        if asked.method in SAFE:
            continue
        role = sorted(asked.holders())[0]
        answer = world.ask(asked, role, csrf=False, session=True)
        if answer.status_code != 403:
            wrong.append(f"{asked} as {role}: {answer.status_code}")
    assert wrong == [], "\n".join(wrong)
    assert not [row for row in _changes(world.database, before) if row.actor.startswith("user:")]


def test_a_write_that_a_page_of_elsewhere_asks_for_is_refused(world: World) -> None:
    world.client.headers["sec-fetch-site"] = "cross-site"
    try:
        told = {
            str(asked): world.ask(asked, None).status_code
            for asked in ROUTES
            if asked.method not in SAFE
        }
    finally:
        del world.client.headers["sec-fetch-site"]
    assert {path: status for path, status in told.items() if status != 403} == {}


def _changes(database: Database, after: int) -> list[Change]:
    with database.read() as session:
        return list(session.exec(select(Change).where(col(Change.id) > after)))
