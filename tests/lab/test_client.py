"""The typed client against a real server: lists, steps, files, refusals."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.client import Changed, MoveRefused, NotThere, Preau, PreauProblem, Unauthorised
from inventory.database import Database
from inventory.models import Device, GrantScope, UserRole
from inventory.settings import Settings
from tests.seed import Seeded, seed
from tests.uploads import pdf
from tests.webapp import bearer, person, web_client


@pytest.fixture
def seeded(database: Database) -> Seeded:
    return seed(database)


@pytest.fixture
def address(settings: Settings, database: Database, seeded: Seeded) -> Iterator[str]:
    person(database, "paul", UserRole.PROGRAMME_MANAGER)
    person(database, "ines", UserRole.NETWORK_ENGINEER)
    person(database, "marc", UserRole.SCHOOL_HEAD, GrantScope.PROVINCE, "Liège")
    with web_client(settings, database) as client:
        yield str(client.base_url)


def as_(database: Database, address: str, login: str, language: str = "fr") -> Preau:
    token = bearer(database, login)["Authorization"].removeprefix("Bearer ")
    return Preau(address, token, language=language)


def test_a_client_walks_lists_to_their_end(
    database: Database, address: str, seeded: Seeded
) -> None:
    with database.write("test") as session:
        session.add_all(Device(site_id=seeded.site_ids[2], name=f"x{n}") for n in range(450))
    with as_(database, address, "paul") as preau:
        assert len(list(preau.devices())) == 460
        assert [each.name for each in preau.devices(role="switch", health="ok")] == ["sw1", "sw2"]
        assert [each.site_id for each in preau.dossiers(late=False)] == [1, 2]
        assert {each.severity for each in preau.findings()} == {"major", "minor"}
    with as_(database, address, "marc") as preau:
        assert [site.name for site in preau.sites()] == ["Institut Saint-Roch"]


def test_a_client_moves_a_dossier_with_its_document_and_is_told_what_is_missing(
    database: Database, address: str, seeded: Seeded, tmp_path: Path
) -> None:
    site_id = seeded.site_ids[1]
    letter = tmp_path / "courrier.pdf"
    letter.write_bytes(pdf())
    with as_(database, address, "paul", "en") as preau:
        before = preau.dossier(site_id)
        with pytest.raises(MoveRefused) as refused:
            preau.move(before, "on_hold")
        assert refused.value.missing == ("A reason is required.",)
        assert any(move.to == "on_hold" and move.yours for move in preau.moves(site_id))
        file = preau.upload(letter, "document", site_id=site_id)
        made = preau.move(before, "on_hold", reason="travaux", evidence=[("enrolment_form", file)])
        assert (made.status, made.version) == ("on_hold", 3)
        with pytest.raises(Changed) as changed:
            preau.move(before, "cadastre_pending", reason="reprise")
        assert changed.value.current["version"] == 3
        assert [step["to_status"] for step in changed.value.changes] == ["on_hold"]
        preau.download(file, tmp_path / "kept.pdf")
        assert (tmp_path / "kept.pdf").read_bytes() == letter.read_bytes()
        tried = preau.move_many("cadastre_pending", site_ids=[site_id], dry_run=True)
        assert (tried.id, tried.moved) == (None, 1)
        many = preau.move_many("declined", site_ids=[site_id])
        assert (many.moved, many.refused, many.sites[0].site_id) == (0, 1, site_id)
        assert many.sites[0].said is not None


def test_a_client_edits_a_device_and_saves_a_list(
    database: Database, address: str, seeded: Seeded, tmp_path: Path
) -> None:
    with as_(database, address, "ines") as preau:
        device = preau.device(seeded.device_ids[2])
        assert preau.edit_device(device, tags=["rentrée"]).tags == ["rentrée"]
        with pytest.raises(Changed):
            preau.edit_device(device, tags=[])
        preau.export("/devices", tmp_path / "devices.csv", role="switch")
        assert len((tmp_path / "devices.csv").read_text("utf-8-sig").splitlines()) == 3
        with pytest.raises(PreauProblem, match="n’est pas une liste"):
            preau.export(f"/devices/{device.id}", tmp_path / "x.csv")


@pytest.mark.one_database
def test_what_is_refused_is_raised_by_its_kind(
    database: Database, address: str, seeded: Seeded, tmp_path: Path
) -> None:
    with Preau(address, "preau_wrong") as preau, pytest.raises(Unauthorised):
        list(preau.sites())
    with as_(database, address, "marc", "de") as preau:
        with pytest.raises(NotThere, match="Es gibt keinen Standort"):
            preau.dossier(seeded.site_ids[0])
        page = tmp_path / "plan.svg"
        page.write_text("<svg/>")
        with pytest.raises(PreauProblem, match="eine SVG-Zeichnung"):
            preau.upload(page, "plan")


@pytest.mark.one_database
def test_a_write_whose_answer_was_lost_is_sent_again_and_done_once(
    database: Database, address: str, seeded: Seeded
) -> None:
    class LosesTheFirstAnswer(httpx.HTTPTransport):
        lost = 0

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            answer = super().handle_request(request)
            if request.method == "POST" and not self.lost:
                answer.read()
                self.lost += 1
                raise httpx.ReadError("the line was cut")
            return answer

    with as_(database, address, "paul") as preau:
        preau._http._transport = LosesTheFirstAnswer()
        made = preau.move(preau.dossier(seeded.site_ids[1]), "on_hold", reason="travaux")
        assert made.version == 3
        assert preau.dossier(seeded.site_ids[1]).version == 3
