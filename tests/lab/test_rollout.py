"""Rollouts over false devices: waves, halts, pauses, kills, and plans taken back."""

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from api.usecases.accepted_risk import accept_risk
from api.usecases.deployment import ask_of_plan, resume_plan, run_plan
from api.usecases.deployment_report import PlanSummary
from api.usecases.rollback import plan_rollback
from api.usecases.rollout_options import chosen_options
from collectors.target import SshTarget
from deploy.attempt import PushOrder, PushResult, Step
from deploy.difference import difference
from deploy.push import push
from deploy.recovery import recover
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict
from inventory.models import DeployPlan, PlanRequest, PlanState, PushState
from inventory.secrets import Vault
from inventory.settings import Settings
from inventory.vendors.aruba_cx.configuration import CONFIGURATION
from inventory.vendors.configuration import Configuration, Guard
from lab.device import Device as LabDevice
from lab.device import DeviceSpec
from lab.devices.aruba_cx import ArubaCx
from lab.running import Lab, running_lab
from tests.lab.deploy_setup import ACTOR, Installation

pytestmark = pytest.mark.lab

QUICK: dict[str, Any] = {"minute_s": 30.0, "boot_s": 0.3, "apply_s": 0.1}
BEFORE, AFTER = "avant", "apres"
PRISTINE: dict[str, Any] = {}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Three switches: what is proven here is not a family's matter, and they are quick."""
    specs = [
        DeviceSpec(
            family="arubaos_cx", name=f"sw{n}", host=f"127.46.1.{n}", hostname="6200", **QUICK
        )
        for n in (1, 2, 3)
    ]
    with running_lab(specs, folder=tmp_path_factory.mktemp("rollout")) as lab:
        for device in lab:
            assert isinstance(device, ArubaCx)
            PRISTINE[device.name] = copy.deepcopy((device.config, device.startup))
        yield lab


@pytest.fixture
def here(settings: Settings, database: Database, vault: Vault, lab: Lab) -> Installation:
    for device in lab:
        as_delivered(lab, device)
    quick = settings.model_copy(
        update={"ssh_timeout_s": 10.0, "guard_s": 60, "rollout_gate_s": 0.0}
    )
    installation = Installation(quick, database, vault)
    installation.know(*lab)
    return installation


def as_delivered(lab: Lab, device: LabDevice) -> None:
    """Put a switch back to what it was when it was made, whatever a test did to it."""
    assert isinstance(device, ArubaCx)
    device.faults.clear()
    device.received.clear()

    def reset() -> None:
        device.checkpoints.forget_auto()
        device.config, device.startup = copy.deepcopy(PRISTINE[device.name])

    lab.call(reset)


def vlan_name(lab: Lab, device: str) -> str | None:
    """Return what the switch itself calls VLAN 10, None where it has none."""
    switch = lab[device]
    assert isinstance(switch, ArubaCx)
    vlan = lab.call(lambda: switch.config.vlans.get(10))
    return vlan.name if vlan else None


def intend(here: Installation, name: str) -> PlanSummary:
    """Intend VLAN 10 of that name, plan it and return the plan."""
    here.intend({"vlans": [{"id": 10, "name": name}], "management_vlan": 1})
    return here.plan()


def run(here: Installation, plan: PlanSummary, **chosen: Any) -> PlanSummary:
    """Carry a plan out with the options that are told."""
    settings = here.settings
    options = chosen_options(settings, **{"now": "a test", "tolerated_percent": 0, **chosen})
    return run_plan(here.database, here.vault, settings, plan.plan_id, actor=ACTOR, options=options)


def resume(here: Installation, plan_id: int) -> PlanSummary:
    return resume_plan(here.database, here.vault, here.settings, plan_id, actor=ACTOR, now="a test")


def states(summary: PlanSummary) -> dict[str, PushState]:
    return {push.device: push.state for push in summary.pushes}


def test_a_wave_that_fails_is_taken_back_and_the_ones_before_it_and_behind_it_are_left(
    lab: Lab, here: Installation
) -> None:
    lab["sw3"].faults.add(f"refuse_line:name {AFTER}")
    done = run(here, intend(here, AFTER), waves="1 device, 2 devices, rest")
    assert done.state is PlanState.HALTED
    assert "vague 2" in (done.halted_for or "")
    assert states(done) == {
        "sw1": PushState.VERIFIED,
        "sw2": PushState.ROLLED_BACK,
        "sw3": PushState.ROLLED_BACK,
    }
    assert here.push("sw2").plan_id == done.undone_by
    assert [vlan_name(lab, each) for each in ("sw1", "sw2", "sw3")] == [AFTER, None, None]


def test_a_pause_stops_between_devices_and_a_resume_goes_on(lab: Lab, here: Installation) -> None:
    plan = intend(here, AFTER)

    def pause_after_the_first(_step: str, done: int, _total: int) -> None:
        if done == 1:
            ask_of_plan(here.database, plan.plan_id, PlanRequest.PAUSE, actor="anne")

    options = chosen_options(here.settings, waves="rest", now="a test")
    paused = run_plan(
        here.database,
        here.vault,
        here.settings,
        plan.plan_id,
        actor=ACTOR,
        options=options,
        on_progress=pause_after_the_first,
    )
    assert paused.state is PlanState.PAUSED
    assert paused.halted_for == "suspendu par anne"
    assert paused.states == {PushState.PLANNED: 2, PushState.VERIFIED: 1}
    with pytest.raises(Conflict, match="Suspendu"):
        run(here, plan)
    assert resume(here, plan.plan_id).states == {PushState.VERIFIED: 3}


def test_a_cancelled_plan_sends_nothing_more_and_says_who_cancelled_it(here: Installation) -> None:
    plan = intend(here, AFTER)
    assert ask_of_plan(here.database, plan.plan_id, PlanRequest.CANCEL, actor="anne") == "cancelled"
    told = here.status()
    assert told.states == {PushState.SKIPPED: 3}
    assert {push.error for push in told.pushes} == {"the plan was cancelled by anne"}
    with pytest.raises(Conflict):
        resume(here, plan.plan_id)


def test_a_plan_whose_run_was_killed_is_cancelled_at_once(here: Installation) -> None:
    plan = intend(here, AFTER)
    with here.database.write(ACTOR) as session:
        session.get_one(DeployPlan, plan.plan_id).state = PlanState.RUNNING
    assert ask_of_plan(here.database, plan.plan_id, PlanRequest.CANCEL, actor="anne") == "cancelled"
    assert here.status().states == {PushState.SKIPPED: 3}


def test_a_plan_is_taken_back_by_a_plan_but_not_where_a_device_changed_since(
    lab: Lab, here: Installation
) -> None:
    run(here, intend(here, BEFORE), waves="rest")
    changed = run(here, intend(here, AFTER), waves="rest")
    assert changed.states == {PushState.VERIFIED: 3}
    switch = lab["sw2"]
    assert isinstance(switch, ArubaCx)
    lab.call(lambda: setattr(switch.config, "hostname", "somebody"))
    back = plan_rollback(here.database, here.vault, here.settings, changed.plan_id, actor=ACTOR)
    assert states(back) == {
        "sw1": PushState.PLANNED,
        "sw2": PushState.SKIPPED,
        "sw3": PushState.PLANNED,
    }
    assert states(run(here, back, waves="rest"))["sw1"] is PushState.VERIFIED
    assert [vlan_name(lab, each) for each in ("sw1", "sw2", "sw3")] == [BEFORE, AFTER, BEFORE]
    with here.database.read() as session:
        assert session.get_one(DeployPlan, back.plan_id).rolls_back_id == changed.plan_id


@pytest.mark.one_database
def test_in_school_hours_somebody_has_to_answer_for_an_interruption(
    lab: Lab, here: Installation
) -> None:
    # The port carries the management VLAN: the change could cut the path.
    here.intend({"ports": [{"name": "1/1/1", "mode": "access", "native_vlan": 1, "poe": False}]})
    plan = here.plan()
    assert plan.pushes[0].touches_path
    clock.set_source(lambda: datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    try:
        with pytest.raises(Conflict, match="interrompre des écoles sur 3 équipements") as refused:
            run(here, plan, now=None)
        assert "2026-11-23 17:00" in str(refused.value)
        assert here.status().state is PlanState.FROZEN
        assert run(here, plan, now="Anne: nobody there").states == {PushState.VERIFIED: 3}
    finally:
        clock.set_source(None)


def test_a_plan_that_nobody_runs_any_more_says_so_and_goes_on(lab: Lab, here: Installation) -> None:
    plan = intend(here, AFTER)
    with here.database.write(ACTOR) as session:
        session.get_one(DeployPlan, plan.plan_id).state = PlanState.RUNNING
    told = here.status()
    assert (told.state, told.run_by) == (PlanState.RUNNING, None)
    assert resume(here, plan.plan_id).states == {PushState.VERIFIED: 3}


# -- one device: a kill at each step, and guards that are the power


class _Killed(BaseException):
    """What a kill is to the code below: nothing of it runs any more."""


class _One:
    """One switch, and the orders for it."""

    def __init__(self, lab: Lab, configuration: Configuration = CONFIGURATION) -> None:
        device = lab["sw1"]
        as_delivered(lab, device)
        self.steps: list[str] = []
        target = SshTarget(
            "lac",
            device.host,
            device.ssh_port,
            device.username,
            device.password,
            configuration.device_type,
            None,
            10.0,
        )
        self.order = PushOrder(target, configuration, "", "", "", {}, guard_s=60)
        with _reading(self.order) as before:
            masked = configuration.grammar.scrub(before, {})
        intended = f"{masked}vlan 10\n    name {AFTER}\n"
        change = difference(configuration.grammar, masked, intended)
        self.order = replace(
            self.order,
            running_digest=before,
            intended=intended,
            remediation="\n".join(change.remediation),
            before=before,
        )

    def push(self, kill_before: str | None = None) -> PushResult | None:
        """Push it; return None where it was killed before a step was taken."""

        def journal(step: Step) -> None:
            self.steps.append(step.name)
            if step.name == kill_before:
                raise _Killed

        try:
            return push(self.order, lambda text: text, journal)
        except _Killed:
            return None

    def recover(self) -> PushResult:
        order = replace(self.order, steps=tuple(self.steps), guard_left_s=110.0)
        return recover(order, lambda step: self.steps.append(step.name))


@contextmanager
def _reading(order: PushOrder) -> Iterator[str]:
    from collectors.ssh import open_session
    from deploy.conversation import Conversation

    with open_session(order.target) as session:
        yield Conversation(session, order.configuration, {}).read()


@pytest.mark.parametrize(
    ("killed_before", "end", "name"),
    [
        ("arm_guard", PushState.PLANNED, None),
        ("send", PushState.PLANNED, None),
        ("apply", PushState.VERIFIED, AFTER),
        ("confirm", PushState.VERIFIED, AFTER),
        ("save", PushState.VERIFIED, AFTER),
    ],
)
def test_a_resume_reads_back_and_brings_the_device_to_a_known_end(
    lab: Lab, killed_before: str, end: PushState, name: str | None
) -> None:
    one = _One(lab)
    assert one.push(kill_before=killed_before) is None
    result = one.recover()
    assert result.state is end, result.error
    switch = lab["sw1"]
    assert isinstance(switch, ArubaCx)
    assert vlan_name(lab, "sw1") == name
    assert lab.call(lambda: switch.startup == switch.config)
    assert not lab.call(lambda: switch.checkpoints.auto_mode)
    # Nothing was begun twice: the guard was armed once at most, the line sent once at most.
    assert sum(line.startswith("checkpoint auto 1") for line in switch.received) <= 1
    assert sum(line.strip() == f"name {AFTER}" for line in switch.received) <= 1


def test_what_was_sent_in_part_is_undone_by_a_resume(lab: Lab) -> None:
    one = _One(lab)
    switch = lab["sw1"]
    assert isinstance(switch, ArubaCx)
    assert one.push(kill_before="send") is None
    vlan_1 = lab.call(lambda: switch.config.vlans[1])
    lab.call(lambda: switch.config.vlans.update({10: type(vlan_1)()}))  # the first line only
    one.steps.append("send")
    assert one.recover().state is PushState.PLANNED
    assert lab.call(lambda: 10 not in switch.config.vlans)


def test_a_resume_of_an_undoing_does_not_confirm_what_was_to_be_undone(lab: Lab) -> None:
    one = _One(lab)
    assert one.push(kill_before="confirm") is None
    one.steps.append("roll_back")
    assert one.recover().state is PushState.ROLLED_BACK
    assert vlan_name(lab, "sw1") is None


def by_power() -> Configuration:
    """Return AOS-CX as if it had no timer: what is not saved goes with the power."""
    guard = Guard(
        kind="unsaved",
        arm=lambda _seconds: (),
        confirm=(),
        restore=(),
        waits_s=lambda _seconds: 0,
        settle_s=4,
        by_power=True,
    )
    return replace(CONFIGURATION, guard=guard)


def test_a_change_that_could_cut_the_path_is_refused_where_nothing_would_undo_it(lab: Lab) -> None:
    one = _One(lab, by_power())
    one.order = replace(one.order, touches_path=True)
    result = one.push()
    assert result is not None
    assert (result.state, result.error_kind) == (PushState.FAILED, "Unguarded")
    assert "configure terminal" not in lab["sw1"].received
    one.order = replace(one.order, accepted_by="Anne Dupont")
    accepted = one.push()
    assert accepted is not None
    assert accepted.state is PushState.VERIFIED


def test_a_device_that_cannot_be_undone_loses_its_power_and_with_it_the_change(lab: Lab) -> None:
    one = _One(lab, by_power())
    switch = lab["sw1"]
    for fault in (f"refuse_line:name {AFTER}|no vlan 10", "drop_session:9"):
        switch.faults.add(fault)

    def cut() -> None:
        switch.faults.clear()
        lab.call(lambda: switch.power(on=False))
        lab.call(lambda: switch.power(on=True))

    one.order = replace(one.order, touches_path=True, cut_power=cut)
    result = one.push()
    assert result is not None
    assert result.state is PushState.ROLLED_BACK, result.error
    assert "power_cycle" in one.steps
    assert vlan_name(lab, "sw1") is None


def test_who_answers_for_a_change_without_a_guard_is_kept_by_name(here: Installation) -> None:
    plan = intend(here, AFTER)
    with here.database.write(ACTOR) as session:
        assert accept_risk(session, plan.plan_id, ["sw1"], by="Anne", note=None, actor=ACTOR) == 1
    assert here.push("sw1").accepted_by == "Anne"
    assert here.push("sw2").accepted_by is None
