"""The journal of a push is told in French on the page of its site."""

import re
from pathlib import Path

from sqlmodel import select

import deploy
from api.web import texts
from api.web.push_texts import PUSH_STEP
from inventory import clock
from inventory.database import Database
from inventory.models import PushState, PushStep
from inventory.settings import Settings
from tests.seed import seed
from tests.webapp import log_in, person, web_client


def test_every_step_of_a_push_has_its_french_words() -> None:
    source = "".join(each.read_text() for each in Path(deploy.__file__).parent.glob("*.py"))
    steps = set(re.findall(r'self\.journal\(\s*Step\(\s*"(\w+)"', source))
    assert steps == set(PUSH_STEP)


def test_a_push_in_doubt_that_has_not_ended_is_only_not_confirmed_yet() -> None:
    assert texts.push_label(PushState.IN_DOUBT, None).tone == "busy"
    assert texts.push_label(PushState.IN_DOUBT, clock.now()).text == "À vérifier"
    assert texts.push_label(PushState.VERIFIED, clock.now()).text == "Appliqué et relu"


def test_the_page_of_a_site_tells_the_journal_in_french(
    settings: Settings, database: Database
) -> None:
    seeded = seed(database)
    with database.write("test") as session:
        for step in session.exec(select(PushStep)):
            step.step = "guard_had_acted"
    person(database, "alice")
    with web_client(settings, database) as client:
        log_in(client, "alice")
        pages = [client.get(f"/sites/{site_id}").text for site_id in seeded.site_ids]
    assert any(PUSH_STEP["guard_had_acted"] in page for page in pages)
    assert not any("guard_had_acted" in page for page in pages)
