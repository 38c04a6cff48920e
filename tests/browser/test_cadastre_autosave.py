"""The autosave of the cadastre in Chromium: what is typed is kept without a button.

On SQLite alone: what a browser shows is the same on both databases.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlmodel import select

from inventory.database import Database, open_database
from inventory.models import CadastreAnswer, CadastreResponse, Dossier, GrantScope, UserRole
from inventory.programme.dossier import Status
from inventory.settings import Settings
from tests.browser.chromium import chromium_path, log_in, new_page, running_chromium
from tests.cadastre import campaign, fill
from tests.conftest import skip_or_fail
from tests.seed import seed
from tests.webapp import person, web_client

pytestmark = [pytest.mark.browser]


@dataclass(frozen=True)
class School:
    """One school that fills its cadastre: where it is served, and its database."""

    address: str
    database: Database
    site_id: int

    @property
    def people(self) -> str:
        return f"{self.address}/cadastre/INCOR26/sites/{self.site_id}/sections/people"

    def kept(self) -> dict[str, tuple[object, str]]:
        """Return the answers that stand in the database, each with who gave it."""
        with self.database.read() as session:
            query = (
                select(CadastreAnswer)
                .join(CadastreResponse)
                .where(CadastreResponse.site_id == self.site_id)
            )
            return {each.field_id: (each.value, each.changed_by) for each in session.exec(query)}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if chromium_path() is None:
        skip_or_fail("Chromium is not installed: run make lab-deps")
    with running_chromium() as browser:
        yield browser


@pytest.fixture
def school(migrated_sqlite: Path, tmp_path: Path) -> Iterator[School]:
    """A school whose head is Hugo and whose IT contact is Ines."""
    settings = Settings(data_dir=tmp_path, database_url=None)
    shutil.copy2(migrated_sqlite, tmp_path / "preau.sqlite")
    database = open_database(settings)
    site_id = seed(database).site_ids[1]
    for login, role in (("hugo", UserRole.SCHOOL_HEAD), ("ines", UserRole.SCHOOL_IT_CONTACT)):
        person(database, login, role, GrantScope.SITE, str(site_id))
    with database.write("test") as session:
        campaign(session)
        dossier = session.exec(select(Dossier).where(Dossier.site_id == site_id)).one()
        dossier.status = Status.CADASTRE_PENDING
    with web_client(settings, database) as client:
        yield School(str(client.base_url).rstrip("/"), database, site_id)
    database.close()


def leave(page: Page, field: str, text: str) -> None:
    """Type into a field and go on to the next, as people do."""
    page.locator(f"#champ-{field}").fill(text)
    page.keyboard.press("Tab")


def answer(page: Page, field: str, text: str) -> None:
    """Do so, until the server has said what it keeps of it."""
    with page.expect_response(lambda reply: reply.request.method == "PATCH"):
        leave(page, field, text)


def test_what_is_typed_is_kept_without_a_button(chromium: Browser, school: School) -> None:
    page, complaints = new_page(chromium, phone=True)
    log_in(page, school.address, "hugo")
    page.goto(school.people)
    answer(page, "pupils", "240")
    expect(page.locator("#enregistre")).to_have_text("Enregistré")
    assert school.kept()["pupils"] == (240, "user:hugo")
    answer(page, "staff", "31")
    page.goto(f"{school.address}/")
    page.goto(school.people)
    expect(page.locator("#champ-pupils")).to_have_value("240")
    expect(page.locator("#champ-staff")).to_have_value("31")
    assert complaints == []


def test_what_cannot_be_read_stays_in_the_page_and_is_told(
    chromium: Browser, school: School
) -> None:
    page, _ = new_page(chromium)
    log_in(page, school.address, "hugo")
    page.goto(school.people)
    answer(page, "pupils", "beaucoup")
    expect(page.locator("#dit-pupils .problem-wrong")).to_be_visible()
    expect(page.locator("#champ-pupils")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#champ-pupils")).to_have_value("beaucoup")
    assert "pupils" not in school.kept()
    answer(page, "pupils", "252")
    expect(page.locator("#enregistre")).to_have_text("Enregistré")
    expect(page.locator("#dit-pupils .problem-wrong")).to_have_count(0)
    assert school.kept()["pupils"][0] == 252


def test_a_colleague_who_changed_the_same_answer_meanwhile_is_named(
    chromium: Browser, school: School
) -> None:
    page, complaints = new_page(chromium)
    log_in(page, school.address, "hugo")
    page.goto(school.people)
    with school.database.write("user:ines") as session:
        fill(session, school.site_id, {"pupils": 238, "staff": 29}, actor="user:ines")
    answer(page, "pupils", "240")
    expect(page.locator("#dit-pupils")).to_contain_text("Changé aussi par ines")
    kept = school.kept()
    assert (kept["pupils"], kept["staff"]) == ((240, "user:hugo"), (29, "user:ines"))
    assert complaints == []


def test_an_answer_given_without_a_network_is_sent_when_it_is_back(
    chromium: Browser, school: School
) -> None:
    page, _ = new_page(chromium, phone=True)
    log_in(page, school.address, "hugo")
    page.goto(school.people)
    page.context.set_offline(True)
    leave(page, "pupils", "240")
    expect(page.locator("#enregistre")).to_contain_text("Vos réponses restent dans la page")
    assert "pupils" not in school.kept()
    page.context.set_offline(False)
    expect(page.locator("#enregistre")).to_have_text("Enregistré")
    assert school.kept()["pupils"] == (240, "user:hugo")
