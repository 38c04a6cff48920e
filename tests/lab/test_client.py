"""The typed client against a real server: lists, steps, files, refusals."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from api.client import Changed, Forbidden, MoveRefused, NotThere, Preau, PreauProblem, Unauthorised
from api.client.model import Told
from api.client.schemas import (
    AdviserVisitsVisitWanted,
    DeviceChange,
    Document,
    ManyWanted,
    Transition,
)
from api.http.application import make_routes
from api.usecases.funding import define_funding
from inventory import clock
from inventory.database import Database
from inventory.models import Device, GrantScope, UserRole
from inventory.settings import Settings
from tests.api_client import operation_name, operations
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
        before = preau.site_dossier(site_id)
        hold = Transition(to="on_hold")
        with pytest.raises(MoveRefused) as refused:
            preau.post_dossier_transition(site_id, hold, if_match=before.etag)
        assert refused.value.missing == ("A reason is required.",)
        moves = preau.dossier_moves(site_id).moves
        assert any(move.to == "on_hold" and move.yours for move in moves)
        file = preau.post_upload(letter, "document", site_id=site_id)
        form = Document(kind="enrolment_form", upload_id=file.id)
        hold = Transition(to="on_hold", reason="travaux", evidence=[form])
        made = preau.post_dossier_transition(site_id, hold, if_match=before.etag)
        assert (made.status, made.version) == ("on_hold", 3)
        again = Transition(to="cadastre_pending", reason="reprise")
        with pytest.raises(Changed) as changed:
            preau.post_dossier_transition(site_id, again, if_match=before.etag)
        assert changed.value.current["version"] == 3
        assert [step["to_status"] for step in changed.value.changes] == ["on_hold"]
        preau.upload_content(file.id, target=tmp_path / "kept.pdf")
        assert (tmp_path / "kept.pdf").read_bytes() == letter.read_bytes()
        wanted = ManyWanted(
            request_id="a" * 8, to="cadastre_pending", site_ids=[site_id], dry_run=True
        )
        tried = preau.post_bulk_transition(wanted)
        assert (tried.id, tried.moved) == (None, 1)
        wanted = ManyWanted(request_id="b" * 8, to="declined", site_ids=[site_id])
        many = preau.post_bulk_transition(wanted)
        assert (many.moved, many.refused, many.sites[0].site_id) == (0, 1, site_id)
        assert many.sites[0].said is not None


def test_a_client_edits_a_device_and_saves_a_list(
    database: Database, address: str, seeded: Seeded, tmp_path: Path
) -> None:
    with as_(database, address, "ines") as preau:
        device = preau.device(seeded.device_ids[2])
        changed = DeviceChange(tags=["rentrée"])
        assert preau.patch_device(device.id, changed, if_match=device.etag).tags == ["rentrée"]
        with pytest.raises(Changed):
            preau.patch_device(device.id, DeviceChange(tags=[]), if_match=device.etag)
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
            preau.site_dossier(seeded.site_ids[0])
        page = tmp_path / "plan.svg"
        page.write_text("<svg/>")
        with pytest.raises(PreauProblem, match="eine SVG-Zeichnung"):
            preau.post_upload(page, "plan")


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
        dossier = preau.site_dossier(seeded.site_ids[1])
        hold = Transition(to="on_hold", reason="travaux")
        made = preau.post_dossier_transition(dossier.site_id, hold, if_match=dossier.etag)
        assert made.version == 3
        assert preau.site_dossier(dossier.site_id).version == 3


def test_what_is_not_given_is_not_sent_and_an_unknown_name_is_refused(
    database: Database, address: str, seeded: Seeded
) -> None:
    with as_(database, address, "ines") as preau:
        device = preau.device(seeded.device_ids[2])
        kept = preau.patch_device(device.id, DeviceChange(tags=["a"]), if_match=device.etag)
        assert (kept.lifecycle, kept.room_id) == (device.lifecycle, device.room_id)
        with pytest.raises(ValueError, match="lifecicle"):
            DeviceChange.model_validate({"lifecicle": "active"})
        with pytest.raises(ValueError, match="not with a list"):
            _ = next(iter(preau.devices())).etag


def test_an_adviser_learns_who_pays_notes_its_hours_and_signs_the_month(
    database: Database, address: str, seeded: Seeded
) -> None:
    person(database, "zoe", UserRole.ADVISER, GrantScope.PROVINCE, "Liège")
    with database.write("test") as session:
        define_funding(session, "FSE", ceiling=Decimal("1000"))
    day = clock.now().date().replace(day=1) - timedelta(days=3)
    with as_(database, address, "zoe") as preau:
        (payer,) = preau.visits_funding_sources().funding_sources
        assert payer.code == "FSE"
        with pytest.raises(Forbidden):
            list(preau.funding_sources())
        visit = AdviserVisitsVisitWanted(
            on=day, minutes=90, kind="visit", funding_source_id=payer.id
        )
        kept = preau.post_adviser_visit(visit).id
        longer = visit.model_copy(update={"minutes": 120})
        preau.put_adviser_visit(kept, longer, if_match=preau.adviser_visit(kept).etag)
        signed = preau.post_visits_signature(f"{day:%Y-%m}")
        assert (signed.minutes, signed.by_source) == (120, {"FSE": 120})
        with pytest.raises(PreauProblem, match="signé"):
            preau.delete_adviser_visit(kept)


def test_every_list_and_report_of_a_programme_is_read_by_its_types(
    database: Database, address: str, seeded: Seeded
) -> None:
    """What the document says is what is told: each reading that needs no number is made."""
    without = {"search", "visits_month"}
    with as_(database, address, "paul") as preau:
        asked = [
            name
            for method, path, operation in operations(make_routes().openapi())
            if method == "GET"
            and "{" not in path
            and (name := operation_name(operation)) not in without
        ]
        for name in asked:
            told = getattr(preau, name)()
            rows = list(told) if isinstance(told, Iterator) else [told]
            assert all(isinstance(row, Told) for row in rows), name
    assert len(asked) > 20
