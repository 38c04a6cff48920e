"""Work orders: planned, given, reported step by step, and what dossiers count of them."""

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from sqlmodel import func, select

from api.usecases.access import viewer_of
from api.usecases.dossier_state import measure
from api.usecases.scope import Viewer
from api.usecases.work_orders import (
    Appointment,
    cancel_order,
    change_order,
    finish_order,
    installers_at,
    list_orders,
    plan_order,
    still_to_do,
    visible_order,
)
from api.usecases.work_steps import (
    answer_item,
    keep_photo,
    place_device,
    scan_device,
    take_cable_tests,
    take_reserve,
)
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput, NotAllowed, NotFound
from inventory.files.kinds import MediaType, UploadKind
from inventory.models import (
    CableLink,
    Device,
    Dossier,
    GrantScope,
    Lot,
    OrderedDevice,
    Reserve,
    ScannedDevice,
    Upload,
    User,
    UserRole,
    WorkAnswer,
    WorkKind,
    WorkPhoto,
    WorkState,
)
from inventory.settings import Settings
from tests.seed import Seeded, seed
from tests.uploads import photo
from tests.webapp import bearer, hidden_field, log_in, person, web_client

TESTS = b"Cable ID,Length (m),Result,Test Limit\nA-01,42.5,PASS,Cat 6\nA-02,97,PASS,Cat 6\n"


@pytest.fixture
def seeded(database: Database) -> Seeded:
    made = seed(database)
    person(database, "cora", UserRole.CONTRACTOR, GrantScope.PROVINCE, "Namur")
    person(database, "ines", UserRole.INSTALLER, GrantScope.PROVINCE, "Namur")
    person(database, "igor", UserRole.INSTALLER, GrantScope.PROVINCE, "Liège")
    person(database, "paul", UserRole.PROGRAMME_MANAGER)
    return made


def viewer(database: Database, login: str) -> Viewer:
    with database.read() as session:
        return viewer_of(session, session.exec(select(User).where(User.login == login)).one())


def test_who_installs_at_a_school_is_told_by_every_kind_of_scope(
    database: Database, seeded: Seeded
) -> None:
    here, there = seeded.site_ids[:2]
    with database.write("test") as session:
        lot = Lot(name="Lot 9")
        session.add(lot)
        session.flush()
        session.exec(select(Dossier).where(Dossier.site_id == here)).one().lot_id = lot.id
        lot_id = lot.id
    for number, (scope, key) in enumerate(
        (
            (GrantScope.ALL, ""),
            (GrantScope.SITE, str(here)),
            (GrantScope.EDUCATION_NETWORK, "Subventionné communal"),
            (GrantScope.ORGANISING_AUTHORITY, str(seeded.authority_ids[0])),
            (GrantScope.LOT, str(lot_id)),
        )
    ):
        person(database, f"jean{number}", UserRole.INSTALLER, scope, key)
    person(database, "shut", UserRole.INSTALLER)
    with database.write("test") as session:
        session.exec(select(User).where(User.login == "shut")).one().active = False
    with database.read() as session:
        every = ["cora", "ines", *(f"jean{number}" for number in range(5))]
        assert [user.login for user in installers_at(session, here)] == every
        assert [user.login for user in installers_at(session, there)] == ["igor", "jean0"]
        assert installers_at(session, 999) == []


def planned(
    database: Database, site_id: int, kind: WorkKind, installer: str | None = "ines"
) -> int:
    with database.write("user:cora") as session:
        cora = viewer(database, "cora")
        order = plan_order(session, cora, site_id, kind, installer=installer)
        return order.id or 0


def test_an_order_is_planned_for_somebody_who_installs_there(
    database: Database, seeded: Seeded
) -> None:
    cora, site = viewer(database, "cora"), seeded.site_ids[0]
    at = clock.now()
    with database.write("user:cora") as session:
        with pytest.raises(InvalidInput, match="igor n’installe rien"):
            plan_order(session, cora, site, WorkKind.CABLING, installer="igor")
        visit = Appointment(at, at - timedelta(hours=1))
        with pytest.raises(InvalidInput, match="finit avant"):
            plan_order(session, cora, site, WorkKind.CABLING, appointment=visit)
        with pytest.raises(NotFound):
            plan_order(session, cora, seeded.site_ids[1], WorkKind.CABLING)
        with pytest.raises(NotAllowed):
            plan_order(session, viewer(database, "ines"), site, WorkKind.CABLING)
    number = planned(database, site, WorkKind.CABLING, None)
    with database.write("user:cora") as session:
        visit = Appointment(at, at + timedelta(hours=3), "Sonner à la loge")
        change_order(session, cora, number, installer="ines", appointment=visit)
    with database.read() as session:
        mine = list_orders(session, viewer(database, "ines"), mine=True, still_open=True)
        assert [(order.id, name) for order, name in mine] == [
            (number, "École communale Les Tilleuls")
        ]
        assert list_orders(session, viewer(database, "igor")) == []
        with pytest.raises(NotFound):
            visible_order(session, viewer(database, "igor"), number)


def test_a_serial_is_expected_or_new_and_known_nowhere_else(
    database: Database, seeded: Seeded
) -> None:
    here, there = seeded.site_ids[:2]
    with database.write("test") as session:
        session.add_all(
            [
                OrderedDevice(site_id=here, serial="CN001", role="switch", model="6100"),
                OrderedDevice(site_id=there, serial="CN900", role="access_point"),
                Device(site_id=there, name="ap-du-lac", serial="CN-901"),
            ]
        )
    number = planned(database, here, WorkKind.DELIVERY)
    ines = viewer(database, "ines")
    with database.write("user:ines") as session:
        first = scan_device(session, ines, number, "a", text="s/n cn001")
        assert (first.serial, first.expected, first.role, first.model) == (
            "CN001",
            True,
            "switch",
            "6100",
        )
        again = scan_device(session, ines, number, "a", text="cn001")
        assert again.id == first.id  # the phone sent it twice
        assert not scan_device(session, ines, number, "b", text="CN777").expected
    refusals = {
        "CN001": "Le numéro CN001 est déjà scanné\u00a0: École communale Les Tilleuls, "
        f"intervention n°{number}",
        # Another school that Ines does not see is not named to her.
        "CN900": "Le numéro CN900 est commandé pour une autre école\u00a0: une autre école",
        "CN901": "Le numéro CN901 est celui de l’appareil ap-du-lac\u00a0: une autre école",
    }
    for serial, sentence in refusals.items():
        with database.write("user:ines") as session, pytest.raises(Conflict) as refused:
            scan_device(session, ines, number, f"x-{serial}", text=serial)
        assert refused.value.what == sentence
    with database.read() as session:
        assert session.exec(select(func.count()).select_from(ScannedDevice)).one() == 2
        counted = measure(session, here)
    assert (counted.serials_expected, counted.serials_scanned) == (1, 1)


def test_the_dossier_counts_what_was_scanned_and_placed(database: Database, seeded: Seeded) -> None:
    site = seeded.site_ids[0]
    with database.read() as session:
        assert measure(session, site).serials_scanned is None
    number = planned(database, site, WorkKind.MOUNTING)
    ines = viewer(database, "ines")
    with database.write("user:ines") as session:
        device = scan_device(session, ines, number, "a", text="CN777")
        assert measure(session, site).access_points_unplaced == ("CN777",)
        missing = [str(each) for each in still_to_do(session, visible_order(session, ines, number))]
        assert missing[1] == "Un appareil n’a pas de place\u00a0: CN777."
        with pytest.raises(InvalidInput, match="quel local"):
            place_device(session, ines, number, device.id or 0, room=" ")
        for port in ("3", "4"):
            place_device(
                session, ines, number, device.id or 0, room="Classe 4", switch="sw1", port=port
            )
        counted = measure(session, site)
        assert (counted.serials_expected, counted.serials_scanned) == (None, 1)
        assert counted.access_points_unplaced == ()
        assert device.port == "4"


def test_cable_tests_are_read_once_and_a_link_that_is_too_long_is_named(
    database: Database, seeded: Seeded
) -> None:
    number = planned(database, seeded.site_ids[0], WorkKind.CABLING)
    ines = viewer(database, "ines")
    with database.write("user:ines") as session:
        upload = Upload(
            sha256="ab" * 32, size_bytes=9, media_type=MediaType.CSV, file_name="t.csv",
            kind=UploadKind.CABLE_TEST, uploaded_by="user:ines", at=clock.now(),
        )  # fmt: skip
        session.add(upload)
        session.flush()
        for _ in range(2):
            _, links = take_cable_tests(
                session, ines, number, "t", upload_id=upload.id or 0, content=TESTS
            )
        assert [(each.label, each.fault) for each in links] == [
            ("A-02", "97 m, plus que 90 m"),
            ("A-01", None),
        ]
        with pytest.raises(InvalidInput):
            take_cable_tests(
                session, ines, number, "u", upload_id=upload.id or 0, content=b"nothing"
            )
        assert session.exec(select(func.count()).select_from(CableLink)).one() == 2


def test_an_order_ends_when_all_is_reported_and_not_before(
    database: Database, seeded: Seeded
) -> None:
    site = seeded.site_ids[0]
    number = planned(database, site, WorkKind.ACCEPTANCE_HELP)
    ines = viewer(database, "ines")
    with database.write("user:ines") as session:
        with pytest.raises(Conflict, match="3 points de la liste"):
            finish_order(session, ines, number)
        with pytest.raises(InvalidInput, match="quel est le problème"):
            answer_item(session, ines, number, "rooms", WorkAnswer.PROBLEM)
        with pytest.raises(InvalidInput, match="pas sur la liste"):
            answer_item(session, ines, number, "nonsense", WorkAnswer.DONE)
        for item in ("rooms", "survey", "reserves"):
            answer_item(session, ines, number, item, WorkAnswer.DONE)
        answer_item(session, ines, number, "rooms", WorkAnswer.PROBLEM, note="Cave fermée")
        for _ in range(2):
            taken = take_reserve(session, ines, number, "r", message="Goulotte ouverte")
        assert taken.number == 1
        assert session.exec(select(func.count()).select_from(Reserve)).one() == 1
        assert finish_order(session, ines, number).state is WorkState.DONE
        with pytest.raises(Conflict, match="est terminée"):
            scan_device(session, ines, number, "z", text="CN1234")
    with database.write("user:cora") as session, pytest.raises(Conflict):
        cancel_order(session, viewer(database, "cora"), number)


def test_only_who_was_given_the_order_reports_on_it(database: Database, seeded: Seeded) -> None:
    person(database, "iris", UserRole.INSTALLER, GrantScope.PROVINCE, "Namur")
    number = planned(database, seeded.site_ids[0], WorkKind.MOUNTING)
    with database.write("user:iris") as session, pytest.raises(NotAllowed):
        answer_item(session, viewer(database, "iris"), number, "plan", WorkAnswer.DONE)
    with database.write("user:cora") as session:
        answer_item(session, viewer(database, "cora"), number, "plan", WorkAnswer.DONE)
        with pytest.raises(InvalidInput):
            keep_photo(session, viewer(database, "cora"), number, "", upload_id=1)


@pytest.fixture
def client(settings: Settings, database: Database, seeded: Seeded) -> Iterator[httpx.Client]:
    with web_client(settings, database) as client:
        yield client


def test_a_phone_reports_step_by_step_and_twice_is_once(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    number = planned(database, seeded.site_ids[0], WorkKind.MOUNTING)
    assert log_in(client, "ines") == 303
    order = f"/interventions/{number}"
    assert order in client.get("/interventions").text
    shown = client.get(f"{order}/liste").text
    assert "Chaque borne est à sa place sur le plan" in shown
    csrf = hidden_field(shown)
    said = {"csrf": csrf, "point": "plan", "reponse": "done"}
    assert client.post(f"{order}/liste", data=said).status_code == 303
    assert "Chaque borne est fixée" in client.get(f"{order}/liste").text
    german = client.get(f"{order}/liste", headers={"accept-language": "de"}).text
    assert "Jeder Zugangspunkt ist befestigt" in german
    assert 'lang="fr">Jeder' not in german
    ending = client.get(order, headers={"accept-language": "de"}).text
    assert "Jeder Zugangspunkt leuchtet" in ending
    scanned = {"csrf": csrf, "envoi": "s1", "serie": "CN0001"}
    for _ in range(2):
        assert client.post(f"{order}/materiel", data=scanned).status_code == 303
    refused = client.post(f"{order}/materiel", data={**scanned, "envoi": "s2"})
    assert refused.status_code == 409
    placed = {"csrf": csrf, "appareil": "1", "local": "Classe 4", "port": "1/1/3"}
    assert client.post(f"{order}/places", data=placed).status_code == 303
    page = client.get(f"{order}/photos").text
    assert 'accept="image/*" capture="environment"' in page
    for _ in range(2):
        sent = client.post(
            f"{order}/photos",
            data={"csrf": csrf, "envoi": "p1", "legende": "Classe 4"},
            files={"photo": ("IMG.jpg", photo(), "image/jpeg")},
        )
        assert sent.status_code == 303
    with database.read() as session:
        assert session.exec(select(func.count()).select_from(WorkPhoto)).one() == 1
        assert session.exec(select(func.count()).select_from(Upload)).one() == 1
        assert session.exec(select(func.count()).select_from(ScannedDevice)).one() == 1
    assert "Classe 4" in client.get(f"/sites/{seeded.site_ids[0]}/interventions").text
    cabling = planned(database, seeded.site_ids[0], WorkKind.CABLING)
    sent = client.post(
        f"/interventions/{cabling}/cables",
        data={"csrf": csrf, "envoi": "c1"},
        files={"tests": ("tests.csv", TESTS, "text/csv")},
    )
    assert sent.status_code == 303
    assert "un lien à refaire" in client.get(f"/interventions/{cabling}/cables").text


def test_the_api_plans_reports_and_ends_an_order(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    cora, ines = bearer(database, "cora"), bearer(database, "ines")
    wanted = {"site_id": seeded.site_ids[0], "kind": "delivery", "installer": "ines"}
    made = client.post("/api/v1/work-orders", json=wanted, headers=cora)
    assert made.status_code == 201
    order = f"/api/v1/work-orders/{made.json()['id']}"
    for client_id, serial, status in (("a", "C", 400), ("a", "CN111", 200), ("b", "CN111", 409)):
        said = {"client_id": client_id, "serial": serial}
        assert client.post(f"{order}/serials", json=said, headers=ines).status_code == status
    assert client.post(f"{order}/end", headers=ines).status_code == 409
    for item in ("parcels", "damage", "stored"):
        said = {"item_id": item, "answer": "done"}
        assert client.post(f"{order}/checks", json=said, headers=ines).status_code == 200
    assert client.post(f"{order}/end", headers=ines).json()["state"] == "done"
    seen = client.get(order, headers=cora).json()
    assert ([each["serial"] for each in seen["devices"]], seen["still_to_do"]) == (["CN111"], [])
    listed = client.get("/api/v1/work-orders?mine=true", headers=ines).json()["orders"]
    assert [each["state"] for each in listed] == ["done"]


def test_what_is_wrong_with_a_cable_and_left_to_do_is_told_in_the_readers_language(
    database: Database, seeded: Seeded, settings: Settings
) -> None:
    number = planned(database, seeded.site_ids[0], WorkKind.CABLING)
    with database.write("user:ines") as session:
        upload = Upload(
            sha256="ab" * 32,
            kind=UploadKind.CABLE_TEST,
            file_name="t.csv",
            media_type=MediaType.CSV,
            size_bytes=3,
            at=clock.now(),
            uploaded_by="user:ines",
        )
        session.add(upload)
        session.flush()
        ines = viewer(database, "ines")
        take_cable_tests(session, ines, number, "c1", upload_id=upload.id or 0, content=TESTS)
    with web_client(settings, database) as client:
        spoken = {**bearer(database, "cora"), "accept-language": "nl"}
        told = client.get(f"/api/v1/work-orders/{number}", headers=spoken).json()
        assert told["links"][0]["fault"] == "97 m, meer dan 90 m"
        assert "De kabels lopen waar het plan het zegt" in told["still_to_do"][0]
