"""The table of families and misbehaviours: each push ends truthfully, and its device is reachable.

The devices of one misbehaviour are pushed to at the same time: what takes long is their own timers.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from collectors.ssh import open_session
from deploy.attempt import PushResult
from deploy.recovery import recover
from inventory.models import PushState
from inventory.vendors.configuration import Configuration
from lab.device import DeviceSpec
from lab.running import Lab, running_lab
from tests.chaos.truths import tree, truth_of
from tests.lab.misbehaviours import CANNOT, FAMILIES, HARMLESS, SITES, TABLE
from tests.lab.switch_pushes import Bench
from tests.patience import wait_until

pytestmark = [pytest.mark.lab, pytest.mark.timeout(900)]
_QUICK_SETTLE_S = 30
_PATIENCE_S = 30.0  # for a guard that acts after all was told
# The timers of shells and of RouterOS count seconds, those of switches whole minutes.
_MINUTE_S = {"openwrt": 20.0, "hostapd_linux": 20.0, "routeros": 20.0}


@dataclass
class _Bench(Bench):
    """A bench whose devices are back within seconds, as the lab's are."""

    @property
    def configuration(self) -> Configuration:
        own = super().configuration
        return replace(own, guard=replace(own.guard, settle_s=_QUICK_SETTLE_S))

    def state(self) -> Any:
        return self.lab.call(lambda: tree(self.device))

    def is_guarded(self) -> bool:
        return self.lab.call(lambda: truth_of(self.device).is_guarded(self.device))

    def cut(self) -> None:
        self.lab.call(lambda: self.device.power(on=False))
        time.sleep(0.2)
        self.lab.call(lambda: self.device.power(on=True))


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    specs = [
        DeviceSpec(
            family=family,
            name=family,
            host=f"127.50.1.{number}",
            hostname=f"lab{number}",
            minute_s=_MINUTE_S.get(family, 10.0),
            boot_s=0.3,
            apply_s=0.1,
        )
        for number, family in enumerate(FAMILIES, 1)
    ]
    with running_lab(specs, folder=tmp_path) as lab:
        yield lab


def test_each_misbehaviour_is_told_of_each_family() -> None:
    told = {(family, name) for name, cells in TABLE.items() for family in cells}
    assert told | set(CANNOT) == {(family, name) for family in FAMILIES for name in TABLE}


@pytest.mark.parametrize("misbehaviour", list(TABLE))
def test_a_device_that_misbehaves_is_told_as_it_is_and_can_be_reached(
    lab: Lab, misbehaviour: str
) -> None:
    cells = TABLE[misbehaviour]
    benches = {family: _Bench(lab, family) for family in cells}
    benches["aruba_instant"].cut_power = benches["aruba_instant"].cut

    def push(family: str) -> tuple[Any, PushResult]:
        bench = benches[family]
        before = bench.state()
        return before, bench.push(SITES[family], *cells[family])

    with ThreadPoolExecutor(len(cells)) as pool:
        done = dict(zip(cells, pool.map(push, cells), strict=True))
    problems = {
        family: problem
        for family, (before, result) in done.items()
        if (problem := _problem(benches[family], misbehaviour, before, result))
    }
    assert not problems


def test_nothing_more_is_sent_once_the_guard_may_have_acted(tmp_path: Path) -> None:
    # Its guard is late, as a device's clock may be: what counts is that it may have acted.
    spec = DeviceSpec(family="routeros", name="ap1", host="127.50.2.1", minute_s=600, boot_s=0.3)
    with running_lab([spec], folder=tmp_path) as lab:
        bench = _Bench(lab, "ap1", guard_s=1)
        before = bench.state()
        done = bench.push(SITES["routeros"], "slow:0.3")
        assert done.state is PushState.ROLLED_BACK, done.error
        assert "guard's time is over" in (done.error or "")
        assert "apply" not in bench.steps
        bench.device.faults.clear()
        assert bench.state() == before


def _problem(bench: _Bench, misbehaviour: str, before: Any, result: PushResult) -> str | None:
    """Return what is wrong with how a push ended, None when it is as it was told."""
    bench.device.faults.clear()
    if misbehaviour in HARMLESS:
        well = result.state is PushState.VERIFIED and bench.state() != before
        return None if well else f"{result.state}: {result.error}"
    told = (result.state, result.error_kind)
    if told == (PushState.IN_DOUBT, "Refused") and misbehaviour == "locks out":
        # A refused password is not tried again; the guard lets us in, and a resume ends it.
        wait_until(lambda: not bench.device.locked_out)
        assert bench.order is not None
        result = recover(bench.order, lambda _step: None)
    untouched = told == (PushState.FAILED, "Unguarded") and misbehaviour == "reboots during save"
    if not (untouched or result.state is PushState.ROLLED_BACK):
        return f"{result.state}: {result.error}"
    deadline = time.monotonic() + _PATIENCE_S
    while bench.is_guarded() or bench.state() != before:
        if time.monotonic() > deadline:
            return f"told {result.state}: {result.error}; guarded {bench.is_guarded()}"
        time.sleep(0.1)
    with open_session(bench.target()):
        return None
