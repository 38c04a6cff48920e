"""The cadastre over the API: fields with their versions, signing, deciding, tables out and in."""

import csv
import io
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook
from sqlmodel import select

from api.jobs.worker import JobsWorker
from inventory.database import Database
from inventory.models import Change, Dossier, GrantScope, UserRole
from inventory.programme.dossier import Status
from inventory.secrets import open_vault
from inventory.settings import Settings
from tests.cadastre import COMPLETE, campaign
from tests.seed import Seeded, seed
from tests.webapp import bearer, person, web_client

EDITION = "/api/v1/cadastre/editions/INCOR26"


@pytest.fixture
def settings(tmp_path: Path, migrated_sqlite: Path) -> Settings:
    """Settings of an installation on SQLite: what is proven here is no matter of SQL."""
    (tmp_path / "data").mkdir()
    shutil.copy2(migrated_sqlite, tmp_path / "data" / "preau.sqlite")
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def seeded(database: Database) -> Seeded:
    made = seed(database)
    with database.write("test") as session:
        campaign(session)
    return made


@pytest.fixture
def client(settings: Settings, database: Database, seeded: Seeded) -> Iterator[httpx.Client]:
    liege = str(seeded.site_ids[1])
    person(database, "denise", UserRole.SCHOOL_HEAD, GrantScope.SITE, liege)
    person(database, "ivan", UserRole.SCHOOL_IT_CONTACT, GrantScope.SITE, liege)
    person(database, "olga", UserRole.ORGANISING_AUTHORITY, GrantScope.SITE, liege)
    person(database, "carla", UserRole.CADASTRE_MANAGER)
    with web_client(settings, database) as client:
        yield client


@pytest.fixture
def address(seeded: Seeded) -> str:
    return f"{EDITION}/sites/{seeded.site_ids[1]}"


def _give(
    client: httpx.Client, database: Database, address: str, login: str, **values: Any
) -> httpx.Response:
    fields = {name: {"value": value} for name, value in values.items()}
    return client.patch(address, json={"fields": fields}, headers=bearer(database, login))


def test_a_response_goes_its_whole_way_as_its_people(
    client: httpx.Client, database: Database, seeded: Seeded, address: str
) -> None:
    head, manager = bearer(database, "denise"), bearer(database, "carla")
    assert _give(client, database, address, "ivan", switches=2, poe_switches=1).is_success
    written = _give(client, database, address, "denise", **COMPLETE).json()
    assert (written["percent"], written["problems"]) == (100, [])
    shown = client.get(address, headers=head)
    assert shown.headers["etag"] == f'"{shown.json()["version"]}"'
    assert shown.json()["fields"]["switches"]["by"] == "user:ivan"
    old = client.post(f"{address}/submit", json={"sha256": "0" * 64}, headers=head)
    assert old.status_code == 409
    assert old.json()["detail"] == (
        "Des réponses ont changé depuis leur lecture\u00a0: rien n’est soumis "
        "(relisez ce qui sera soumis, puis signez)"
    )
    body = {"sha256": shown.json()["document_sha256"]}
    as_contact = client.post(f"{address}/submit", json=body, headers=bearer(database, "ivan"))
    assert as_contact.status_code == 403
    assert client.post(f"{address}/validate", headers=head).status_code == 403
    signed = client.post(f"{address}/submit", json=body, headers=head)
    assert signed.json()["state"] == "submitted"
    assert signed.json()["submissions"][0]["sha256"] == body["sha256"]
    waiting = client.get(f"{EDITION}/responses?state=submitted", headers=manager).json()
    assert [line["site_id"] for line in waiting["responses"]] == [seeded.site_ids[1]]
    remark = {"text": "Combien d’élèves ?", "field_id": "pupils"}
    for act in ("validate", "send-back", "reopen"):
        stale = {**manager, "If-Match": shown.headers["etag"]}
        late = client.post(f"{address}/{act}", json={"reason": "x"}, headers=stale)
        assert (late.status_code, late.json()["current"]["state"]) == (412, "submitted")
    number = client.post(f"{address}/remarks", json=remark, headers=manager).json()["id"]
    back = client.post(f"{address}/send-back", json={}, headers=manager)
    assert back.json()["state"] == "sent_back"
    assert _give(client, database, address, "denise", pupils=241).json()["changed"] == ["pupils"]
    body = {"sha256": client.get(address, headers=head).json()["document_sha256"]}
    assert client.post(f"{address}/submit", json=body, headers=head).is_success
    settled = client.post(f"{address}/remarks/{number}/settle", headers=manager).json()
    assert settled["remarks"][0]["settled_at"]
    read = client.get(address, headers=manager).headers["etag"]
    done = client.post(f"{address}/validate", headers={**manager, "If-Match": read})
    assert done.json()["state"] == "validated"
    with database.read() as session:
        dossier = session.exec(select(Dossier).where(Dossier.site_id == seeded.site_ids[1])).one()
    assert dossier.status == "cadastre_validated"


def test_if_match_is_all_or_nothing_and_a_field_alone_tells_of_the_other(
    client: httpx.Client, database: Database, address: str
) -> None:
    _give(client, database, address, "denise", pupils=240)
    seen = client.get(address, headers=bearer(database, "denise")).json()["version"]
    _give(client, database, address, "ivan", pupils=250)
    old = {**bearer(database, "denise"), "if-match": f'"{seen}"'}
    fields = {"pupils": {"value": 260, "base": seen}}
    late = client.patch(address, json={"fields": fields}, headers=old)
    assert late.status_code == 412
    assert late.json()["current"]["version"] == seen + 1
    told = client.patch(address, json={"fields": fields}, headers=bearer(database, "denise"))
    assert [(c["field"], c["by"], c["value"]) for c in told.json()["conflicts"]] == [
        ("pupils", "user:ivan", 250)
    ]


def test_what_cannot_be_read_is_told_field_by_field_and_nothing_is_written(
    client: httpx.Client, database: Database, address: str
) -> None:
    refused = _give(client, database, address, "denise", pupils="beaucoup", staff=20)
    assert refused.status_code == 409
    assert refused.json()["errors"] == [{"where": ["pupils"], "what": "Ce n’est pas un nombre."}]
    assert client.get(address, headers=bearer(database, "denise")).json()["version"] == 0
    assert _give(client, database, address, "denise", nothing=1).status_code == 404
    file = {"name": "plan.pdf", "sha256": "a" * 64, "size_bytes": 1, "upload": 99}
    assert _give(client, database, address, "denise", floor_plan_file=file).status_code == 404
    assert _give(client, database, address, "denise", floor_plan_file="x").status_code == 400


def test_only_who_fills_this_school_fills_it(
    client: httpx.Client, database: Database, seeded: Seeded, address: str
) -> None:
    assert _give(client, database, address, "olga", pupils=1).status_code == 403
    assert client.get(address, headers=bearer(database, "olga")).is_success
    other = f"{EDITION}/sites/{seeded.site_ids[0]}"
    assert _give(client, database, other, "denise", pupils=1).status_code == 404
    assert client.get(other, headers=bearer(database, "denise")).status_code == 404


def test_declared_and_observed_are_told_side_by_side(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    address = f"{EDITION}/sites/{seeded.site_ids[0]}/comparison"
    told = client.get(address, headers=bearer(database, "carla")).json()
    lines = {line["field"]: line for line in told["fields"]}
    assert told["edition_before"] is None
    # One of the eight was never reached since: it was seen before, so it stands.
    assert lines["access_points"]["observed"] == 8


def test_editions_questionnaire_progress_and_opening(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    manager, head = bearer(database, "carla"), bearer(database, "denise")
    editions = client.get("/api/v1/cadastre/editions", headers=head).json()["editions"]
    assert [each["code"] for each in editions] == ["INCOR26"]
    asked = client.get(f"{EDITION}/questionnaire", headers=head).json()
    assert asked["version"] == "2026-1"
    told = client.get(f"{EDITION}/progress?by=education_network", headers=head).json()
    assert [(each["name"], each["total"]) for each in told["groups"]] == [
        ("Libre confessionnel", 1)
    ]
    with database.write("test") as session:
        dossier = session.exec(select(Dossier).where(Dossier.site_id == seeded.site_ids[1])).one()
        dossier.status = "identified"
    assert client.post(f"{EDITION}/open", headers=head).status_code == 403
    opened = client.post(f"{EDITION}/open", json={"limit": 10}, headers=manager).json()
    assert (opened["remaining"], [each["refused"] for each in opened["sites"]]) == (0, [[]])


def test_a_workbook_is_filled_offline_shown_and_taken_in_whole(
    client: httpx.Client, database: Database, address: str, tmp_path: Path
) -> None:
    head = bearer(database, "denise")
    _give(client, database, address, "denise", **{**COMPLETE, "contact_name": "=1+1"})
    path = tmp_path / "a.xlsx"
    path.write_bytes(client.get(f"{address}/workbook", headers=head).content)
    sheets = {
        name: CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python()
        for name in CalamineWorkbook.from_path(path).sheet_names
    }
    places = {row[0]: number for number, row in enumerate(sheets["Questionnaire"]) if row[0]}
    assert sheets["Questionnaire"][places["contact_name"]][3] == "'=1+1"
    changed = _rewritten(sheets, {places["pupils"]: "beaucoup", places["staff"]: 30})
    answer = client.post(
        f"{address}/workbook",
        files={"file": ("a.xlsx", changed)},
        data={"apply": "true"},
        headers=head,
    ).json()
    assert (answer["applied"], answer["unreadable"]) == (False, True)
    bad = next(line for line in answer["lines"] if line["field"] == "pupils")
    assert (bad["sheet"], bad["row"]) == ("Questionnaire", places["pupils"] + 1)
    assert bad["problems"][0]["message"] == "Ce n’est pas un nombre."
    # Somebody fills another field meanwhile: it stays.
    _give(client, database, address, "ivan", switches=5)
    right = _rewritten(sheets, {places["pupils"]: 231})
    dry = client.post(f"{address}/workbook", files={"file": ("a.xlsx", right)}, headers=head)
    assert [line["field"] for line in dry.json()["lines"]] == ["pupils"]
    taken = client.post(
        f"{address}/workbook",
        files={"file": ("a.xlsx", right)},
        data={"apply": "true"},
        headers=head,
    )
    assert taken.json()["applied"]
    fields = client.get(address, headers=head).json()["fields"]
    assert (fields["pupils"]["value"], fields["pupils"]["source"]) == (231, "workbook")
    assert fields["switches"]["value"] == 5


def test_a_workbook_of_another_school_or_none_at_all_is_refused_with_a_sentence(
    client: httpx.Client, database: Database, seeded: Seeded, address: str
) -> None:
    manager, head = bearer(database, "carla"), bearer(database, "denise")
    other = client.get(f"{EDITION}/sites/{seeded.site_ids[0]}/workbook", headers=manager).content
    for content, sentence in (
        (other, "Ce classeur est celui d’une autre école"),
        (_rewritten({"Feuille": [["a"]]}, {}), "n’est pas un questionnaire fait par Préau"),
    ):
        told = client.post(f"{address}/workbook", files={"file": ("a.xlsx", content)}, headers=head)
        assert told.status_code == 400
        assert sentence in told.json()["detail"]


def test_a_workbook_with_macros_is_refused_with_a_sentence(
    client: httpx.Client, database: Database, address: str, tmp_path: Path
) -> None:
    vba = tmp_path / "vbaProject.bin"
    vba.write_bytes(b"not really")
    path = tmp_path / "a.xlsm"
    book = xlsxwriter.Workbook(str(path))
    book.add_vba_project(str(vba))
    book.add_worksheet("Questionnaire")
    book.close()
    told = client.post(
        f"{address}/workbook",
        files={"file": ("a.xlsx", path.read_bytes())},
        headers=bearer(database, "denise"),
    )
    assert told.status_code in (400, 415)
    assert "des macros" in told.json()["detail"]


@pytest.mark.parametrize(
    "row",
    [
        '<row r="1048576"><c r="XFD1048576"/></row>',
        "<row/>" * 200_000 + '<row><c r="ZZ200001"/></row>',
        '<x:row xmlns:x="x" r="1048576"/><row><c r="xfd1"/></row>',
        "<row>" + "<c/>" * 16_000 + '</row><row r="9999"/>',
    ],
)
def test_a_workbook_whose_sheet_is_vast_is_refused_before_its_cells_are_read(
    client: httpx.Client, database: Database, address: str, row: str
) -> None:
    """A few bytes may name a cell so far away that a reader would need hundreds of gigabytes."""
    head = bearer(database, "denise")
    empty = io.BytesIO(client.get(f"{address}/workbook", headers=head).content)
    vast = io.BytesIO()
    with zipfile.ZipFile(empty) as before, zipfile.ZipFile(vast, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            if name == "xl/worksheets/sheet1.xml":
                part = part.replace(b"</sheetData>", row.encode() + b"</sheetData>")
            after.writestr(name, part)
    told = client.post(
        f"{address}/workbook", files={"file": ("a.xlsx", vast.getvalue())}, headers=head
    )
    assert (told.status_code, told.json().get("detail")) == (
        413,
        "Ce classeur contient trop de données une fois décompressé",
    )


def test_a_field_whose_name_is_no_text_is_refused(
    client: httpx.Client, database: Database, address: str
) -> None:
    headers = {**bearer(database, "denise"), "Content-Type": "application/json"}
    body = b'{"fields": {"\\ud800": {"value": 1}}}'
    assert client.patch(address, content=body, headers=headers).status_code == 422


def test_an_export_holds_what_the_person_sees_and_runs_nothing(
    client: httpx.Client, database: Database, address: str, tmp_path: Path
) -> None:
    _give(client, database, address, "denise", contact_name="=HYPERLINK(1)", pupils=240)
    sent = client.get(f"{EDITION}/export.csv", headers=bearer(database, "denise"))
    rows = list(csv.reader(io.StringIO(sent.text.removeprefix("\ufeff")), delimiter=";"))
    assert [row[1] for row in rows] == ["école", "Institut Saint-Roch"]
    assert "'=HYPERLINK(1)" in rows[1]
    path = tmp_path / "all.xlsx"
    path.write_bytes(
        client.get(f"{EDITION}/export.xlsx", headers=bearer(database, "carla")).content
    )
    cells = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert [row[1] for row in cells[1:]] == ["École communale Les Tilleuls", "Institut Saint-Roch"]
    assert cells[2][cells[0].index("Nombre d’élèves")] == 240


def _rewritten(sheets: dict[str, list[list[Any]]], answers: dict[int, Any]) -> bytes:
    """Return a workbook with the same cells, but for the answers at these rows."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                given = answers.get(row, cell) if name == "Questionnaire" and column == 3 else cell
                if given != "":
                    sheet.write(row, column, given)
    book.close()
    return stream.getvalue()


def test_who_takes_answers_away_as_a_file_stands_in_the_audit_log(
    client: httpx.Client, database: Database, address: str, seeded: Seeded
) -> None:
    manager = bearer(database, "carla")
    for path in ("export.csv", "export.xlsx"):
        assert client.get(f"{EDITION}/{path}", headers=manager).is_success
    assert client.get(f"{address}/workbook", headers=bearer(database, "denise")).is_success
    none = client.get(f"{EDITION.replace('26', '99')}/export.csv", headers=manager)
    assert none.status_code == 404
    site_id = seeded.site_ids[1]
    with database.read() as session:
        noted = session.exec(select(Change).where(Change.action == "export")).all()
    assert [(each.actor, each.table_name, each.row_key, each.after) for each in noted] == [
        ("user:carla", "cadastre_response", "*", {"edition": "INCOR26", "format": "csv"}),
        ("user:carla", "cadastre_response", "*", {"edition": "INCOR26", "format": "xlsx"}),
        ("user:denise", "cadastre_response", str(site_id),
         {"edition": "INCOR26", "site_id": site_id, "format": "xlsx"}),
    ]  # fmt: skip


def test_an_edition_is_opened_in_the_background_for_the_sites_that_were_shown(
    client: httpx.Client, settings: Settings, database: Database, seeded: Seeded
) -> None:
    head, manager = bearer(database, "denise"), bearer(database, "carla")
    person(database, "nadia", UserRole.CADASTRE_MANAGER, GrantScope.PROVINCE, "Liège")
    with database.write("test") as session:
        dossiers = session.exec(select(Dossier)).all()
        for dossier in dossiers:
            dossier.status = Status.IDENTIFIED
    address = f"{EDITION}/opening"
    assert client.get(address, headers=head).status_code == 403
    assert client.get(address, headers=bearer(database, "nadia")).json()["sites"] == 1
    shown = client.get(address, headers=manager).json()
    assert shown["sites"] == len(dossiers)
    english = {**manager, "Accept-Language": "en"}
    old = client.post(address, json={"digest": "0" * 64}, headers=english)
    assert old.status_code == 409
    assert old.json()["detail"] == (
        "The schools that wait are no longer those that were shown "
        "(look again; nothing was changed)"
    )
    asked = client.post(address, json={"digest": shown["digest"]}, headers=manager)
    assert asked.status_code == 202
    assert asked.headers["location"] == f"/api/v1/jobs/{asked.json()['id']}"
    assert JobsWorker(settings, database, open_vault(settings, create=True)).run_one()
    done = client.get(asked.headers["location"], headers=manager).json()
    assert (done["state"], done["result"]["asked"]) == ("done", len(dossiers))
    assert client.get(address, headers=manager).json()["sites"] == 0
