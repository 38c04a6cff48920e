"""A site that already exists is taken over: what runs becomes intent, and nothing changes."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import delete

from api.usecases.adoption import keep_adopted, read_site
from api.usecases.intents import set_intent
from inventory.database import Database
from inventory.errors import InvalidInput
from inventory.models import IntentLayerRow, IntentScope, Push, PushState, Secret
from inventory.secrets import Vault, open_secret
from inventory.settings import Settings
from lab.device import DeviceSpec
from lab.running import Lab, running_lab
from tests.lab.deploy_setup import ACTOR, Installation

SITE: dict[str, Any] = {
    "vlans": [{"id": 10, "name": "pedago"}, {"id": 20, "name": "admin"}],
    "management_vlan": 1,
    "country": "BE",
    "wlans": [
        {
            "name": "eleves",
            "ssid": "Eleves",
            "purpose": "pedagogical",
            "security": "wpa2_wpa3_personal",
            "vlan_id": 10,
            "passphrase_secret": "wlan-eleves",
            "client_isolation": True,
        }
    ],
    "radios": [{"band": "5", "channel": 44, "width_mhz": 40}],
    "port_profiles": [{"name": "ap", "mode": "trunk", "tagged_vlans": [10, 20]}],
}
PORTS = {"ports": [{"name": "1/1/1", "profile": "ap", "description": "vers ap1"}]}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    specs = [
        DeviceSpec(family="openwrt", name="ap1", host="127.43.1.11", apply_s=0.1, boot_s=0.5),
        DeviceSpec(family="arubaos_cx", name="sw1", host="127.43.1.1"),
    ]
    with running_lab(specs, folder=tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture
def here(settings: Settings, database: Database, vault: Vault, lab: Lab) -> Installation:
    quick = settings.model_copy(update={"guard_s": 20})
    made = Installation(quick, database, vault)
    made.know(lab["ap1"], lab["sw1"])
    return made


def _forget_intent(here: Installation) -> None:
    with here.database.write(ACTOR) as session:
        session.exec(delete(IntentLayerRow))
        for name in ("wlan-eleves", "radius"):
            session.delete(session.get_one(Secret, name))


def _read(here: Installation) -> Any:
    return read_site(here.database, here.vault, here.settings, here.site_id, actor=ACTOR)


def test_what_runs_becomes_intent_and_the_next_plan_changes_nothing(here: Installation) -> None:
    here.intend(SITE)
    with here.database.write(ACTOR) as session:
        set_intent(session, IntentScope.DEVICE_GROUP, "role:switch", PORTS)
    here.run(here.plan())
    _forget_intent(here)
    adopted = _read(here)
    told = adopted.to_json()
    assert told["errors"] == {}
    (wlan,) = told["site"]["wlans"]
    assert (wlan["ssid"], wlan["security"], wlan["vlan_id"]) == (
        "Eleves",
        "wpa2_wpa3_personal",
        10,
    )
    assert "it's a $ecret" not in str(told)
    with here.database.write(ACTOR) as session:
        assert keep_adopted(session, here.vault, here.site_id, adopted) == 3
        (name,) = told["new_secrets"]
        assert open_secret(session, here.vault, name).startswith("it's a $ecret")
    plan = here.plan()
    assert "".join(push.diff for push in here.rows(Push) if push.plan_id == plan.plan_id) == ""
    assert {push.device: push.state for push in plan.pushes} == {
        "ap1": PushState.UNCHANGED,
        "sw1": PushState.UNCHANGED,
    }


def test_a_site_is_not_taken_over_by_halves(here: Installation, lab: Lab) -> None:
    lab["ap1"].faults.add("silent")
    try:
        adopted = _read(here)
    finally:
        lab["ap1"].faults.clear()
    assert list(adopted.errors) == ["ap1"]
    with (
        here.database.write(ACTOR) as session,
        pytest.raises(InvalidInput, match="1 devices could not be read: ap1"),
    ):
        keep_adopted(session, here.vault, here.site_id, adopted)
    assert here.rows(IntentLayerRow) == []
