"""The pages in Chromium: what a person does, with the jobs process running, and WCAG by axe.

On SQLite alone, and one installation for all: what a browser shows is the same on both databases.
"""

from collections.abc import Iterator
from functools import partial

import pytest
from fastapi.routing import APIRoute
from playwright.sync_api import Browser, Page, expect

from api.http.application import page_routers
from tests.browser.chromium import (
    PHONE,
    WIDE,
    chromium_path,
    faults,
    fits,
    log_in,
    new_page,
    running_chromium,
)
from tests.browser.pages import NO_PAGES, PAGES, addresses
from tests.conftest import skip_or_fail
from tests.furnished import Furnished
from tests.serving import serving

pytestmark = [pytest.mark.browser]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    if chromium_path() is None:
        skip_or_fail("Chromium is not installed: run make lab-deps")
    with running_chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def address(furnished: Furnished, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One served installation for every test of this module."""
    settings, _ = furnished(tmp_path_factory.mktemp("browser"))
    with serving(settings) as served:
        yield served.address


@pytest.fixture(scope="module")
def logged_in(chromium: Browser, address: str) -> tuple[Page, list[str]]:
    """A browser window in which Alice is logged in; the tests that only look share it."""
    page, complaints = new_page(chromium)
    log_in(page, address)
    return page, complaints


def test_every_page_is_looked_at() -> None:
    routes = {
        route.path
        for router in page_routers()
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ())
    }
    assert routes - NO_PAGES == set(PAGES)


def _judge(page: Page, where: str) -> list[str]:
    """Return what is wrong: all rules on both widths, and contrast in light and in dark.

    The wide page shows all that the narrow one does, so colours are judged there; that rule is by
    far the slowest.
    """
    wrong: list[str] = []
    for theme, size, look in (
        ("light", WIDE, partial(faults, contrast=True)),
        ("dark", WIDE, partial(faults, only=["color-contrast"])),
        ("dark", PHONE, partial(faults, contrast=False)),
    ):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        wrong += [f"{where} {theme} {size['width']}: {each}" for each in look(page)]
        if not fits(page):
            wrong.append(f"{where} {size['width']}: wider than the screen")
    return wrong


@pytest.mark.timeout(900)
def test_no_page_breaks_wcag_or_the_width_of_the_screen(
    chromium: Browser, address: str, logged_in: tuple[Page, list[str]]
) -> None:
    outside, _ = new_page(chromium)
    outside.goto(f"{address}/connexion")
    wrong = _judge(outside, "/connexion")
    page, complaints = logged_in
    complaints.clear()
    for path in addresses():
        page.goto(address + path)
        wrong += _judge(page, path)
    assert "\n".join(wrong) == ""
    assert [each for each in complaints if "404" not in each] == []


@pytest.mark.timeout(900)
def test_no_page_breaks_wcag_in_another_language(chromium: Browser, address: str) -> None:
    # German has the longest words.
    page, _ = new_page(chromium, phone=True, locale="de-BE")
    log_in(page, address, "berta")
    wrong = []
    for path in addresses():
        page.goto(address + path)
        assert page.locator("html").get_attribute("lang") == "de"
        wrong += [f"{path}: {each}" for each in faults(page, contrast=False)]
        if not fits(page):
            wrong.append(f"{path}: wider than the screen")
    assert "\n".join(wrong) == ""


@pytest.mark.slow  # two processes and a browser: by itself, like the rollout that is seen live
def test_a_person_finds_a_school_and_runs_its_audit(chromium: Browser, address: str) -> None:
    page, complaints = new_page(chromium)
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


def test_everything_works_without_scripts(chromium: Browser, address: str) -> None:
    page, _ = new_page(chromium, phone=True, scripts=False)
    log_in(page, address, "carla")
    page.get_by_role("link", name="Institut Saint-Roch").click()
    page.get_by_role("button", name="Relever les équipements").click()
    work = page.locator("#travaux")
    expect(work.get_by_text("Relevé des équipements")).to_be_visible()
    where = page.url.split("#")[0]
    page.get_by_role("button", name="Nederlands").click()
    assert page.url == where
    expect(page.get_by_role("button", name="Afmelden")).to_be_visible()
    page.get_by_role("button", name="Donker").click()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_role("button", name="Se déconnecter")).to_be_visible()


def test_the_documentation_of_the_api_is_shown_without_another_host(
    chromium: Browser, address: str
) -> None:
    page, complaints = new_page(chromium)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/api/v1/docs")
    expect(page.get_by_text("/api/v1/sites/{site_id}/dossier").first).to_be_visible()
    assert _judge(page, "/api/v1/docs") == []
    assert [url for url in asked if not url.startswith((address, "data:"))] == []
    assert complaints == []


def test_a_chart_tells_its_figures_under_the_pointer_and_in_a_table(
    chromium: Browser, address: str, logged_in: tuple[Page, list[str]]
) -> None:
    page, complaints = logged_in
    complaints.clear()
    page.goto(f"{address}/appareils/3")
    chart = page.locator("#graphique-disponibilite")
    with page.expect_response(lambda reply: "/api/v1/devices/3/series" in reply.url):
        chart.locator("svg.plot").hover(position={"x": 300, "y": 50})
    expect(chart.locator(".reading")).to_contain_text("Répond 100")
    assert complaints == []
    chart.get_by_text("Les chiffres en tableau").click()
    assert chart.locator("tbody tr").count() > 10
