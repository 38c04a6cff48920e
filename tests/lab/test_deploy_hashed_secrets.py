"""A switch that shows passwords hashed: when one is sent, and when it counts as unchanged."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from inventory.database import Database
from inventory.models import ConfigBackup, DisplayedSecret, Push, PushState
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from lab.device import DeviceSpec
from lab.devices.ios import Ios
from lab.running import Lab, running_lab
from tests.lab.deploy_setup import SECRETS, Installation

pytestmark = pytest.mark.lab

SITE: dict[str, Any] = {
    "vlans": [{"id": 10, "name": "pedago"}],
    "management": {"accounts": [{"name": "anne", "password_secret": "snmp-a"}]},
}


@pytest.fixture
def switch(tmp_path: Path) -> Iterator[Lab]:
    spec = DeviceSpec(family="ios", name="sw1", host="127.40.1.9")
    with running_lab([spec], folder=tmp_path) as lab:
        yield lab


@pytest.mark.one_database
def test_a_hashed_password_is_sent_when_it_or_what_is_shown_of_it_changed(
    switch: Lab, settings: Settings, database: Database, vault: Vault
) -> None:
    here = Installation(settings.model_copy(update={"guard_s": 60}), database, vault)
    here.know(switch["sw1"])
    here.intend(SITE)
    done = here.run(here.plan())
    assert done.states == {PushState.VERIFIED: 1}, done.failures
    (kept,) = here.rows(DisplayedSecret)
    assert (kept.secret_name, "anne" in kept.path) == ("snmp-a", True)
    assert here.plan().states == {PushState.UNCHANGED: 1}

    drifted = _type(switch, "username anne privilege 15 secret 0 une-autre")
    assert drifted == here.plan().states == {PushState.PLANNED: 1}
    assert here.run(here.plan()).states == {PushState.VERIFIED: 1}
    assert here.plan().states == {PushState.UNCHANGED: 1}

    with database.write("test") as session:
        store_secret(session, vault, "snmp-a", "nouveau-mot-3")
    assert here.plan().states == {PushState.PLANNED: 1}
    _refuse_secrets(here, *SECRETS.values(), "nouveau-mot-3", "$1$")


def _type(lab: Lab, line: str) -> dict[PushState, int]:
    """Change the switch behind the product's back; return what a plan must then say."""
    from lab.devices.ios.cli import Cli, Context

    device = lab["sw1"]
    assert isinstance(device, Ios)

    def typed() -> None:
        cli = Cli(device)
        cli.context = Context.CONFIG
        assert not cli.run(line)

    lab.call(typed)
    return {PushState.PLANNED: 1}


def _refuse_secrets(here: Installation, *values: str) -> None:
    """Fail on a value, or on the form in which the switch shows one, in anything kept to read."""
    texts = [backup.scrubbed_text for backup in here.rows(ConfigBackup)]
    for push in here.rows(Push):
        texts += [push.intended, push.remediation, push.rollback, push.diff, push.error or ""]
    assert not [value for value in values if value in "".join(texts)]
