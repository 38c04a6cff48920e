"""A rollout to devices of the lab, seen live in Chromium."""

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from inventory.database import open_database
from inventory.secrets import open_vault
from inventory.settings import Settings
from lab.device import DeviceSpec
from lab.running import running_lab
from tests.browser.chromium import chromium_path, log_in, new_page, running_chromium
from tests.conftest import skip_or_fail
from tests.lab.deploy_setup import Installation
from tests.webapp import person, web_client

# Slow: what lasts a second is seen by a browser that has the machine for itself.
pytestmark = [pytest.mark.browser, pytest.mark.lab, pytest.mark.slow]

SITE: dict[str, Any] = {
    "vlans": [{"id": 10, "name": "pedago"}],
    "management_vlan": 1,
    "country": "BE",
    "wlans": [
        {
            "name": "eleves",
            "ssid": "ELEVES",
            "purpose": "pedagogical",
            "security": "wpa2_wpa3_personal",
            "vlan_id": 10,
            "passphrase_secret": "wlan-eleves",
        }
    ],
}
# What the page shows is noted as it changes, and kept when the page loads itself again at the end.
WATCH = """
new MutationObserver(() => {
  const seen = JSON.parse(sessionStorage.seen || "[]");
  for (const each of document.querySelectorAll(".state, .step, #fait"))
    if (!seen.includes(each.textContent)) seen.push(each.textContent);
  sessionStorage.seen = JSON.stringify(seen);
}).observe(document, {childList: true, subtree: true, characterData: true});
sessionStorage.loads = Number(sessionStorage.loads || 0) + 1;
"""


@pytest.fixture
def here(migrated_sqlite: Path, tmp_path: Path) -> Installation:
    """An installation on SQLite: what a browser shows is the same on both databases."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy2(migrated_sqlite, data / "preau.sqlite")
    settings = Settings(data_dir=data, database_url=None, ssh_max_sessions=1)
    return Installation(settings, open_database(settings), open_vault(settings, create=True))


def test_each_step_of_a_rollout_is_seen_without_loading_the_page_again(
    here: Installation, tmp_path: Path
) -> None:
    if chromium_path() is None:
        skip_or_fail("Chromium is not installed: run make lab-deps")
    specs = [
        DeviceSpec(
            family="openwrt",
            name=f"ap{n}",
            host=f"127.43.1.{10 + n}",
            hostname="OpenWrt",
            apply_s=3.0,  # long enough for a busy browser to see each step
            boot_s=0.5,
        )
        for n in (1, 2)
    ]
    with (
        running_lab(specs, folder=tmp_path) as lab,
        web_client(here.settings, here.database) as client,
        running_chromium() as chromium,
        ThreadPoolExecutor(1) as elsewhere,
    ):
        here.know(lab["ap1"], lab["ap2"])
        here.intend(SITE)
        plan = here.plan()
        person(here.database, "alice")
        address = str(client.base_url).rstrip("/")
        page, complaints = new_page(chromium)
        page.add_init_script(WATCH)
        log_in(page, address)
        page.goto(f"{address}/deploiements/{plan.plan_id}")
        loads = page.evaluate("Number(sessionStorage.loads)")
        expect(page.locator("#titre-avancement ~ p .state")).to_have_text("À relire et à lancer")
        running = elsewhere.submit(here.run, plan)
        expect(page.locator("h1")).to_have_text("Plan n°\u00a01")
        running.result(timeout=90)
        expect(page.locator("#titre-avancement ~ p .state")).to_have_text("Terminé")
        expect(page.locator(".pushes .state", has_text="Appliqué et relu")).to_have_count(2)
        seen = set(page.evaluate("JSON.parse(sessionStorage.seen)"))
        assert page.evaluate("Number(sessionStorage.loads)") == loads + 1
    # What lasts: the guard is armed within a moment, which a busy browser may miss.
    assert {"Prévu", "En cours", "Pas encore confirmé", "Appliqué et relu", "1"} <= seen
    assert seen & {"Relecture par une nouvelle session", "Garde armée sur l’équipement", "Envoi"}
    assert complaints == []
