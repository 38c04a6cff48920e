"""The pages in Chromium: what a person does, with the jobs process running, and WCAG by axe."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from inventory.database import Database
from inventory.secrets import Vault
from inventory.settings import Settings
from tests.conftest import skip_or_fail
from tests.seed import seed, seed_network
from tests.serving import serving
from tests.webapp import PASSWORD, person

pytestmark = [pytest.mark.browser]

ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        skip_or_fail("Chromium is not installed: run make lab-deps")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def address(settings: Settings, database: Database, vault: Vault) -> Iterator[str]:
    seed_network(database, seed(database))
    person(database, "alice")
    with serving(settings) as served:
        yield served.address


def open_page(browser: Browser, width: int, *, scripts: bool = True) -> tuple[Page, list[str]]:
    """Return a page, and the list that its console's complaints are added to."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, locale="fr-BE", java_script_enabled=scripts
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


def log_in(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Identifiant").fill("alice")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    expect(page.get_by_role("heading", name="Écoles")).to_be_visible()


def check_accessible(page: Page) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for details in page.locator("details").all():
        details.evaluate("each => each.open = true")
    result = Axe().run(page, options=WCAG)
    assert result.violations_count == 0, result.generate_report()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_person_logs_in_finds_a_school_and_runs_its_audit(
    chromium: Browser, address: str, tmp_path: Path
) -> None:
    page, complaints = open_page(chromium, 1280)
    log_in(page, address)
    page.get_by_label("Nom, commune ou numéro FASE").fill("ecole tilleuls")
    page.get_by_role("button", name="Rechercher").click()
    page.get_by_role("link", name="École communale Les Tilleuls").click()
    expect(page.get_by_role("heading", name="Où en est le dossier")).to_be_visible()
    page.get_by_role("button", name="Lancer l’audit maintenant").click()
    # The part of the page loads itself again until the other process has done the work.
    work = page.locator("#travaux")
    expect(work.get_by_text("Terminé")).to_be_visible(timeout=60_000)
    page.get_by_text("Ce qui change").first.click()
    expect(page.get_by_text("‹secret:wlan-eleves›").first).to_be_visible()
    page.get_by_role("button", name="Se déconnecter").click()
    expect(page.get_by_role("heading", name="Connexion")).to_be_visible()
    assert complaints == []


@pytest.mark.parametrize("width", [1280, 390])
def test_no_page_breaks_wcag_or_the_width_of_the_screen(
    chromium: Browser, address: str, width: int, tmp_path: Path
) -> None:
    page, complaints = open_page(chromium, width)
    page.goto(address)
    check_accessible(page)
    log_in(page, address)
    for path in ("/", "/?q=zzz", "/sites/1", "/sites/2", "/nulle-part"):
        page.goto(address + path)
        check_accessible(page)
        assert fits(page), path
    assert [c for c in complaints if "404" not in c] == []


def test_everything_works_without_scripts(chromium: Browser, address: str) -> None:
    page, _ = open_page(chromium, 390, scripts=False)
    log_in(page, address)
    page.get_by_role("link", name="Institut Saint-Roch").click()
    page.get_by_role("button", name="Relever les équipements").click()
    work = page.locator("#travaux")
    expect(work.get_by_text("Relevé des équipements")).to_be_visible()


def test_the_documentation_of_the_api_is_shown_without_another_host(
    chromium: Browser, address: str
) -> None:
    page, complaints = open_page(chromium, 1280)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/api/v1/docs")
    expect(page.get_by_text("/api/v1/sites/{site_id}/dossier")).to_be_visible()
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert complaints == []
