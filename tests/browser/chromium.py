"""Chromium as the tests drive it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.passwords import PASSWORD

ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
expect.set_options(timeout=30_000)  # a busy machine is slow, not wrong
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


def chromium_path() -> str | None:
    """Return where Chromium is, or None."""
    return shutil.which("chromium")


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """Yield Chromium; it must be installed."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        yield browser
        browser.close()


def new_page(
    browser: Browser, *, phone: bool = False, scripts: bool = True, locale: str = "fr-BE"
) -> tuple[Page, list[str]]:
    """Return a page of a browser of its own, and the list of its console's complaints."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844} if phone else {"width": 1280, "height": 900},
        locale=locale,
        java_script_enabled=scripts,
        reduced_motion="reduce",  # a colour on its way to another is judged by nobody
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return page, complaints


def log_in(page: Page, address: str, login: str = "alice") -> None:
    """Fill in the login form, in whatever language it is."""
    page.goto(f"{address}/connexion")
    page.locator("#identifiant").fill(login)
    page.locator("#mot_de_passe").fill(PASSWORD)
    page.locator("main button").click()
    page.wait_for_url(f"{address}/")


def faults(page: Page, *, contrast: bool = True, only: list[str] | None = None) -> list[str]:
    """Return what axe-core finds wrong with the page as it is: rule, and the element."""
    if not page.evaluate("typeof window.axe === 'object'"):
        page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(
        "options => axe.run(document, options).then(result => result.violations)",
        {
            "runOnly": {"type": "rule", "values": only}
            if only
            else {"type": "tag", "values": WCAG},
            "rules": {} if only or contrast else {"color-contrast": {"enabled": False}},
            "resultTypes": ["violations"],
        },
    )
    return [
        f"{each['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for each in found
        for node in each["nodes"]
    ]


def fits(page: Page) -> bool:
    """Return whether nothing is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
