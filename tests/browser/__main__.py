"""`make pages`: a picture of every page, wide and on a phone, in light and in dark.

With addresses (`ONLY="/lots /retards"`), of those that begin so alone.

They go to var/pages/ with an index.html; the schools are those of the browser tests.
"""

import html
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from inventory.database import open_database, upgrade
from inventory.log import configure_logging
from inventory.secrets import open_vault
from inventory.settings import Settings
from tests.browser.chromium import chromium_path, log_in, new_page, running_chromium
from tests.browser.installation import furnish
from tests.browser.pages import addresses
from tests.webapp import web_client

FOLDER = Path(__file__).parents[2] / "var/pages"
LOOKS = (
    ("wide", False, "light"),
    ("wide", False, "dark"),
    ("phone", True, "light"),
    ("phone", True, "dark"),
)


def main(folder: Path = FOLDER, only: Sequence[str] = ()) -> int:
    """Take the pictures; returns the exit status: 2 where Chromium is missing."""
    if chromium_path() is None:
        print("preau: Chromium is not installed: run make lab-deps", file=sys.stderr)
        return 2
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with TemporaryDirectory() as data:
        settings = Settings(data_dir=Path(data), database_url=None, log_level="ERROR")
        configure_logging(settings, "pages")
        upgrade(settings)
        database = open_database(settings)
        furnish(settings, database, open_vault(settings, create=True))
        with web_client(settings, database) as client:
            taken = _take_all(folder, str(client.base_url).rstrip("/"), tuple(only))
        database.close()
    (folder / "index.html").write_text(_index(taken), encoding="utf-8")
    print(f"{sum(map(len, taken.values()))} pictures: {folder / 'index.html'}")
    return 0


def _take_all(folder: Path, address: str, only: tuple[str, ...]) -> dict[str, list[str]]:
    taken: dict[str, list[str]] = {}
    with running_chromium() as browser:
        for width, phone, theme in LOOKS:
            page, _ = new_page(browser, phone=phone)
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            page.goto(f"{address}/connexion")
            _take(page, folder, "/connexion", f"{width}-{theme}", taken)
            log_in(page, address)
            for path in (each for each in addresses() if not only or each.startswith(only)):
                page.goto(address + path)
                _take(page, folder, path, f"{width}-{theme}", taken)
            page.context.close()
    return taken


# Pictures that load when they come near the screen are all wanted here.
_ALL_LOADED = """() => Promise.all([...document.images].map(each => {
  each.loading = "eager";
  return each.complete || new Promise(done => each.onload = each.onerror = done);
}))"""


def _take(page: Page, folder: Path, path: str, look: str, taken: dict[str, list[str]]) -> None:
    name = re.sub(r"\W+", "-", path).strip("-") or "ecoles"
    page.evaluate(_ALL_LOADED)
    page.screenshot(path=folder / f"{name}-{look}.png", full_page=True)
    taken.setdefault(path, []).append(f"{name}-{look}.png")


def _index(taken: dict[str, list[str]]) -> str:
    rows = "".join(
        f"<h2>{html.escape(path)}</h2><p>"
        + "".join(f'<a href="{each}"><img src="{each}" alt="{each}"></a>' for each in names)
        + "</p>"
        for path, names in taken.items()
    )
    style = "img{height:28rem;max-width:48%;object-fit:cover;object-position:top;margin:.3rem}"
    return f'<!doctype html><meta charset="utf-8"><title>Pages</title><style>{style}</style>{rows}'


if __name__ == "__main__":
    sys.exit(main(only=sys.argv[1:]))
