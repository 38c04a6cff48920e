"""The cadastre on its pages: filled without a script, corrected, signed, examined, decided."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from api.usecases.cadastre_decisions import send_back
from api.usecases.cadastre_editions import edition_of
from api.usecases.cadastre_responses import read_form
from inventory.database import Database
from inventory.models import Dossier, GrantScope, Upload, UserRole
from inventory.settings import Settings
from tests.cadastre import COMPLETE, campaign, fill, sign
from tests.seed import Seeded, seed
from tests.webapp import hidden_field, log_in, person, web_client


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
    person(database, "olga", UserRole.ORGANISING_AUTHORITY, GrantScope.SITE, liege)
    person(database, "ines", UserRole.INSTALLER, GrantScope.SITE, liege)
    person(database, "carla", UserRole.CADASTRE_MANAGER)
    with web_client(settings, database) as client:
        yield client


@pytest.fixture
def base(seeded: Seeded) -> str:
    return f"/cadastre/INCOR26/sites/{seeded.site_ids[1]}"


def _save(client: httpx.Client, address: str, **fields: object) -> httpx.Response:
    page = client.get(address).text
    form = {"csrf": hidden_field(page), "version": hidden_field(page, "version"), **fields}
    return client.post(address, data=form)


def _answers(database: Database, site_id: int) -> dict[str, object]:
    with database.read() as session:
        return dict(read_form(session, edition_of(session, "INCOR26"), site_id).answers)


def test_a_section_is_filled_without_a_script_and_leads_to_the_next(
    client: httpx.Client, database: Database, seeded: Seeded, base: str
) -> None:
    log_in(client, "denise")
    saved = _save(
        client,
        f"{base}/sections/people",
        **{"f.pupils": "240", "f.staff": "28", "f.classes": "12", "action": "suite"},
    )
    assert (saved.status_code, saved.headers["location"]) == (303, f"{base}/sections/rooms")
    rows = {"f.rooms.0.kind": "classroom", "f.rooms.0.count": "12", "f.rooms.1.count": ""}
    assert _save(client, f"{base}/sections/rooms", **rows).status_code == 303
    answers = _answers(database, seeded.site_ids[1])
    assert answers["pupils"] == 240
    assert answers["rooms"] == [{"kind": "classroom", "count": 12}]
    assert "denise, à l’instant" in client.get(f"{base}/sections/people").text


def test_what_cannot_be_read_stays_in_the_page_with_its_error_and_the_rest_is_kept(
    client: httpx.Client, database: Database, seeded: Seeded, base: str
) -> None:
    log_in(client, "denise")
    told = _save(client, f"{base}/sections/people", **{"f.pupils": "beaucoup", "f.staff": "28"})
    assert told.status_code == 400
    assert "Une réponse est à corriger" in told.text
    assert '<a href="#question-pupils">' in told.text
    assert 'aria-describedby="dit-pupils" aria-invalid="true"' in told.text
    assert 'value="beaucoup"' in told.text
    assert _answers(database, seeded.site_ids[1]) == {"staff": 28}


def test_another_person_s_change_is_told_and_ours_is_kept(
    client: httpx.Client, database: Database, seeded: Seeded, base: str
) -> None:
    log_in(client, "denise")
    address = f"{base}/sections/people"
    _save(client, address, **{"f.pupils": "240"})
    page = client.get(address).text
    form = {"csrf": hidden_field(page), "version": hidden_field(page, "version")}
    with database.write("user:ivan") as session:
        fill(session, seeded.site_ids[1], {"pupils": 250}, actor="user:ivan")
    told = client.post(address, data={**form, "f.pupils": "260"}).text
    assert "Quelqu’un d’autre a changé ces réponses en même temps" in told
    assert '250 <span class="quiet">(ivan' in told
    assert _answers(database, seeded.site_ids[1])["pupils"] == 260


def test_the_head_reads_all_that_is_sent_and_signs_it(
    client: httpx.Client, database: Database, seeded: Seeded, base: str
) -> None:
    site_id = seeded.site_ids[1]
    with database.write("user:denise") as session:
        fill(session, site_id, {**COMPLETE, "pupils": None})
    log_in(client, "denise")
    page = client.get(f"{base}/signature").text
    assert "Une réponse est encore à donner ou à revoir" in page
    assert f'href="{base}/sections/people#question-pupils"' in page
    assert "Signer et soumettre" not in page
    with database.write("user:denise") as session:
        fill(session, site_id, {"pupils": 240})
    page = client.get(f"{base}/signature").text
    assert "direction@tilleuls.example" in page
    form = {"csrf": hidden_field(page), "sha256": hidden_field(page, "sha256")}
    unsigned = client.post(f"{base}/signature", data=form)
    assert "Confirmez que les réponses sont exactes" in unsigned.text
    with database.write("user:ivan") as session:
        fill(session, site_id, {"pupils": 239}, actor="user:ivan")
    late = client.post(f"{base}/signature", data={**form, "accord": "oui"})
    assert late.status_code == 409
    assert "Des réponses ont changé" in late.text
    form["sha256"] = hidden_field(late.text, "sha256")
    assert client.post(f"{base}/signature", data={**form, "accord": "oui"}).status_code == 303
    with database.read() as session:
        dossier = session.exec(select(Dossier).where(Dossier.site_id == site_id)).one()
    assert dossier.status == "cadastre_submitted"
    assert "Signée et soumise par Denise" in client.get(base).text


def test_the_manager_remarks_sends_back_validates_and_goes_on_to_the_next(
    client: httpx.Client, database: Database, seeded: Seeded, base: str
) -> None:
    first, second, _ = seeded.site_ids
    with database.write("user:denise") as session:
        for site_id in (first, second):
            fill(session, site_id)
            sign(session, site_id)
    log_in(client, "carla")
    page = client.get(f"{base}/examen").text
    csrf = hidden_field(page)
    decision = {"csrf": csrf, "version": hidden_field(page, "version")}
    nothing = client.post(f"{base}/decision", data={**decision, "action": "renvoyer"})
    assert (nothing.status_code, "une remarque ou un motif" in nothing.text) == (409, True)
    remark = {"csrf": csrf, "texte": "Combien de bornes ?", "question": "access_points"}
    assert client.post(f"{base}/remarques", data=remark).status_code == 303
    sent = client.post(f"{base}/decision", data={**decision, "action": "renvoyer"})
    assert sent.headers["location"] == f"/cadastre/INCOR26/sites/{first}/examen"
    other = sent.headers["location"].removesuffix("/examen")
    decision["version"] = hidden_field(client.get(f"{other}/examen").text, "version")
    done = client.post(f"{other}/decision", data={**decision, "action": "valider"})
    assert done.headers["location"] == "/cadastre?edition=INCOR26"
    log_in(client, "denise")
    assert "Combien de bornes ?" in client.get(f"{base}/sections/wifi").text
    assert "Combien de bornes ?" not in client.get(f"{base}/sections/people").text


def test_a_response_that_was_sent_anew_meanwhile_is_not_validated_unseen(
    client: httpx.Client, database: Database, seeded: Seeded, base: str
) -> None:
    site_id = seeded.site_ids[1]
    with database.write("user:denise") as session:
        fill(session, site_id)
        sign(session, site_id)
    log_in(client, "carla")
    page = client.get(f"{base}/examen").text
    form = {"csrf": hidden_field(page), "version": hidden_field(page, "version")}
    with database.write("user:cyril") as session:  # another manager, then the school again
        edition = edition_of(session, "INCOR26")
        send_back(session, edition, site_id, actor="user:cyril", reason="Combien d’élèves ?")
        fill(session, site_id, {"pupils": 9})
        sign(session, site_id)
    late = client.post(f"{base}/decision", data={**form, "action": "valider"})
    assert late.status_code == 409
    assert "La réponse a changé entre-temps\u00a0: relisez-la." in late.text
    with database.read() as session:
        dossier = session.exec(select(Dossier).where(Dossier.site_id == site_id)).one()
    assert dossier.status == "cadastre_submitted"
    form["version"] = hidden_field(late.text, "version")
    assert client.post(f"{base}/decision", data={**form, "action": "valider"}).is_redirect


def test_who_may_only_see_has_no_form_and_who_may_not_sees_no_link(
    client: httpx.Client, base: str
) -> None:
    log_in(client, "olga")
    page = client.get(f"{base}/sections/people").text
    assert "pas de réponse" in page
    assert "Enregistrer et continuer" not in page
    assert 'href="/cadastre"' in client.get("/").text
    log_in(client, "ines")
    assert client.get("/cadastre").status_code == 403
    assert 'href="/cadastre"' not in client.get("/").text


def test_a_plan_is_handed_in_and_named_by_the_answer(
    client: httpx.Client, database: Database, seeded: Seeded, base: str
) -> None:
    log_in(client, "denise")
    csrf = hidden_field(client.get(f"{base}/sections/buildings").text)
    sent = client.post(
        f"{base}/fichiers/floor_plan_file",
        data={"csrf": csrf},
        files={"fichier": ("plan.pdf", b"%PDF-1.4\n%\xe2\xe3\n1 0 obj\n<<>>\nendobj\n%%EOF\n")},
    )
    assert (sent.status_code, sent.headers.get("location")) == (303, f"{base}/sections/buildings")
    with database.read() as session:
        kept = session.exec(select(Upload)).one()
    told = _answers(database, seeded.site_ids[1])["floor_plan_file"]
    assert told == {
        "name": "plan.pdf",
        "sha256": kept.sha256,
        "size_bytes": kept.size_bytes,
        "upload": kept.id,
    }


def test_a_workbook_is_looked_at_before_it_is_taken_in(
    client: httpx.Client, database: Database, seeded: Seeded, base: str
) -> None:
    log_in(client, "denise")
    before = client.get(f"{base}/classeur.xlsx").content
    with database.write("user:ivan") as session:
        fill(session, seeded.site_ids[1], {"pupils": 250}, actor="user:ivan")
    csrf = hidden_field(client.get(f"{base}/classeur").text)
    same = client.post(
        f"{base}/classeur", data={"csrf": csrf}, files={"classeur": ("a.xlsx", before)}
    )
    assert "Rien : le classeur dit la même chose" in same.text
    taken = client.post(
        f"{base}/classeur/reprendre",
        data={"csrf": csrf, "version": "2", "reponses": '{"pupils": 231}'},
    )
    assert taken.status_code == 303
    assert _answers(database, seeded.site_ids[1])["pupils"] == 231
    late = client.post(
        f"{base}/classeur/reprendre",
        data={"csrf": csrf, "version": "2", "reponses": '{"pupils": 9}'},
    )
    assert (late.status_code, "La réponse a changé" in late.text) == (409, True)


def test_progress_and_the_list_are_told_in_german_words_too(
    client: httpx.Client, base: str
) -> None:
    log_in(client, "denise")
    german = {"accept-language": "de"}
    page = client.get(f"{base}/sections/people", headers=german).text
    assert '<span lang="de">Anzahl Schüler</span>' in page
    assert (
        "Fortschritt nach Provinz"
        in client.get("/cadastre/INCOR26/avancement", headers=german).text
    )
