"""Plans and pushes on a false AOS-CX switch, over real SSH."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.usecases.standards import keep_standard
from inventory.database import Database
from inventory.models import ConfigBackup, Event, FindingRow, ManagementEndpoint, PushState
from inventory.secrets import Vault
from inventory.settings import Settings
from inventory.standards.standard import Standard
from lab.device import DeviceSpec
from lab.devices.aruba_cx import ArubaCx
from lab.devices.aruba_cx.config import Config
from lab.running import Lab, running_lab
from tests.lab.deploy_setup import SECRETS, Installation

pytestmark = pytest.mark.lab

SITE: dict[str, Any] = {
    "vlans": [{"id": 10, "name": "pedago"}, {"id": 20, "name": "admin"}],
    "management_vlan": 1,
    "ports": [
        {
            "name": "1/1/1",
            "description": "Borne ap1",
            "mode": "trunk",
            "native_vlan": 1,
            "tagged_vlans": [10, 20],
            "poe": True,
        },
        {"name": "1/1/2", "mode": "access", "native_vlan": 20, "poe": False},
        {"name": "1/1/3", "enabled": False},
    ],
}


@pytest.fixture
def switch(tmp_path: Path) -> Iterator[Lab]:
    # A minute of the switch's own timers lasts five seconds here.
    spec = DeviceSpec(
        family="arubaos_cx", name="sw1", host="127.40.1.1", hostname="6300", minute_s=5.0
    )
    with running_lab([spec], folder=tmp_path) as lab:
        yield lab


@pytest.fixture
def here(settings: Settings, database: Database, vault: Vault) -> Installation:
    quick = settings.model_copy(update={"ssh_timeout_s": 5.0, "guard_s": 60})
    return Installation(quick, database, vault)


def config(lab: Lab) -> Config:
    """Return the switch's own state, not what it shows."""
    switch = lab["sw1"]
    assert isinstance(switch, ArubaCx)
    return lab.call(lambda: copy.deepcopy(switch.config))


def _require(here: Installation, section: str, lines: list[str]) -> None:
    check = {"id": "ports", "title": "Ports", "section": section, "require": lines}
    body = {"id": "s", "version": 1, "title": "S", "starts_on": "2020-01-01", "checks": [check]}
    with here.database.write("test") as session:
        keep_standard(session, Standard.model_validate(body), actor="test")


def test_a_plan_changes_nothing_and_a_run_is_verified_by_reading_back(
    switch: Lab, here: Installation
) -> None:
    here.know(switch["sw1"])
    here.intend(SITE)
    before = config(switch)
    plan = here.plan()
    assert config(switch) == before
    assert plan.states == {PushState.PLANNED: 1}
    assert plan.pushes[0].touches_path
    _require(here, "interface 1/1/1", ["description Borne ap1", "loop-protect"])
    done = here.run(plan)
    assert done.states == {PushState.VERIFIED: 1}, done.failures
    # What runs now is judged at once: one required line came with the push, the other did not.
    (finding,) = here.rows(FindingRow)
    assert "loop-protect" in finding.message
    after = config(switch)
    assert after.hostname == "sw1"
    assert after.ports["1/1/1"].allowed == {1, 10, 20}
    push = here.push("sw1")
    assert here.steps(push.id or 0) == [
        "read",
        "arm_guard",
        "send",
        "apply",
        "read_back",
        "confirm",
        "save",
    ]
    assert "push.verified" in [event.kind for event in here.rows(Event)]
    assert "write memory" in switch["sw1"].received


def test_a_second_plan_after_a_verified_run_finds_nothing_to_do(
    switch: Lab, here: Installation
) -> None:
    here.know(switch["sw1"])
    here.intend(SITE)
    assert here.run(here.plan()).states == {PushState.VERIFIED: 1}
    again = here.plan()
    assert again.states == {PushState.UNCHANGED: 1}
    assert here.run(again).states == {PushState.UNCHANGED: 1}


@pytest.mark.one_database
def test_a_refused_line_leaves_the_old_configuration_and_proves_it(
    switch: Lab, here: Installation
) -> None:
    here.know(switch["sw1"])
    here.intend(SITE)
    plan = here.plan()
    before = config(switch)
    switch["sw1"].faults.add("refuse_line:vlan trunk native")
    done = here.run(plan)
    assert done.states == {PushState.ROLLED_BACK: 1}, done.failures
    assert config(switch) == before
    push = here.push("sw1")
    assert push.error_kind == "PushRejected"
    assert "Invalid input" in (push.error or "")
    assert "push.rolled_back" in [event.kind for event in here.rows(Event)]


@pytest.mark.one_database
def test_a_session_that_drops_while_sending_ends_with_the_old_configuration(
    switch: Lab, here: Installation
) -> None:
    here.know(switch["sw1"])
    here.intend(SITE)
    plan = here.plan()
    before = config(switch)
    switch["sw1"].faults.add("drop_session:9")
    done = here.run(plan)
    assert done.states == {PushState.ROLLED_BACK: 1}, done.failures
    assert config(switch) == before
    assert here.push("sw1").error_kind == "Unreachable"


@pytest.mark.one_database
def test_a_device_that_changed_since_the_plan_is_skipped(switch: Lab, here: Installation) -> None:
    here.know(switch["sw1"])
    here.intend(SITE)
    first, second = here.plan(), here.plan()
    here.run(first)
    heard = len(switch["sw1"].received)
    done = here.run(second)
    assert done.states == {PushState.SKIPPED: 1}
    assert "changed since the plan" in (here.push("sw1").error or "")
    assert not [line for line in switch["sw1"].received[heard:] if line.startswith("conf")]


@pytest.mark.one_database
def test_a_refused_password_is_tried_once(switch: Lab, here: Installation) -> None:
    here.know(switch["sw1"])
    here.intend(SITE)
    plan = here.plan()
    switch["sw1"].faults.add("wrong_password")
    tries = len(switch["sw1"].logins)
    done = here.run(plan)
    assert done.states == {PushState.FAILED: 1}
    assert here.push("sw1").error_kind == "Refused"
    assert len(switch["sw1"].logins) == tries + 1


@pytest.mark.one_database
def test_a_silent_device_is_in_the_plan_with_its_error(switch: Lab, here: Installation) -> None:
    here.know(switch["sw1"])
    here.intend(SITE)
    switch["sw1"].faults.add("silent")
    plan = here.plan()
    assert plan.states == {PushState.FAILED: 1}
    assert plan.failures[0].error_kind == "Unreachable"


def test_the_host_key_seen_first_is_pinned_and_another_is_refused(
    switch: Lab, here: Installation
) -> None:
    here.know(switch["sw1"])
    here.intend(SITE)
    here.plan()
    (endpoint,) = here.rows(ManagementEndpoint)
    assert endpoint.host_key.startswith("ssh-ed25519 ")
    with here.database.write("test") as session:
        row = session.get(ManagementEndpoint, endpoint.id)
        assert row is not None
        row.host_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAA"
    tries = len(switch["sw1"].logins)
    plan = here.plan()
    assert plan.failures[0].error_kind == "Refused"
    assert len(switch["sw1"].logins) == tries  # the password was not shown to it


def test_a_backup_is_kept_once_per_content_and_shows_no_secret(
    switch: Lab, here: Installation
) -> None:
    here.know(switch["sw1"])
    here.intend(SITE)
    here.plan()
    here.plan()
    (backup,) = here.rows(ConfigBackup)
    assert "‹secret›" in backup.scrubbed_text
    assert "lab-read" not in backup.scrubbed_text
    assert not any(value in backup.scrubbed_text for value in SECRETS.values())
