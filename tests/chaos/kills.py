"""`make chaos-kills`: one push killed at every command that it sends, with every misbehaviour.

Where `chaos-deploy` draws its moments, this counts them: for each family and each fault a push is
run to its end, and then once for each command that it sent, killed as that command leaves. A resume
follows, which is killed as well, then another that may go on to its end. What the device really is
must be what was told. The last line is JSON; `--every N` takes one command of N.
"""

import argparse
import json
import logging
import queue
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from collectors.ssh import SshSession, open_session
from deploy.attempt import PushOrder, PushResult, Step
from deploy.push import push
from deploy.recovery import recover
from deploy.rollout import Standing, standing
from inventory.errors import DeviceError
from inventory.models import PushState
from inventory.vendors.configuration import Configuration, Guard
from lab.device import DeviceSpec
from lab.running import Lab, running_lab
from tests.chaos.schools import FAULTS, PORTS, wanted
from tests.chaos.truths import Heard, tree, truth_of
from tests.lab.switch_pushes import Bench

GUARD_S = 30
_WAITS_S = 8.0  # the lab's time for such a guard
_SETTLE_S = 6
_EFFECT_S = 10.0
_RESTART_S = 15.0
_PATIENCE_S = 60.0
_WELL = "behaves"
_MOST_COMMANDS = 400
_SHELLS = {"routeros", "openwrt", "hostapd_linux"}
_AS_BEFORE = {PushState.PLANNED, PushState.ROLLED_BACK, PushState.FAILED, PushState.UNCHANGED}


class Killed(BaseException):
    """The process ends here: nothing of the product catches it."""


class _Trigger(threading.local):
    """When the work of this thread is killed: at the command that is counted down to."""

    left: int | None = None
    sent = 0

    def count(self, session: SshSession) -> None:
        self.sent += 1
        if self.left is None:
            return
        self.left -= 1
        if self.left <= 0:
            self.left = None
            # As the kernel does for a process that is gone: the line is out, the socket closed.
            wire = session._connection.remote_conn.get_transport().sock
            wire.shutdown(socket.SHUT_RDWR)
            wire.close()
            raise Killed


_TRIGGER = _Trigger()


@contextmanager
def _counted() -> Iterator[None]:
    write = SshSession._write

    def counting(session: SshSession, text: str) -> None:
        write(session, text)
        _TRIGGER.count(session)

    SshSession._write = counting  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        SshSession._write = write  # type: ignore[method-assign]


@dataclass
class _Bench(Bench):
    """A device, its version, and how the newest push of it stands."""

    version: int = 0
    guard_until: float = 0.0
    tell: Callable[[Step], None] = field(default=lambda _step: None)

    @property
    def configuration(self) -> Configuration:
        own = super().configuration
        chosen, effect = own.guards, own.effect
        return replace(
            own,
            guard=_quick(own.guard),
            effect=None if effect is None else replace(effect, timeout_s=_EFFECT_S),
            guards=None if chosen is None else lambda running: _quick(chosen(running)),
        )

    def wanted(self) -> dict[str, Any]:
        family = self.device.spec.family
        body = wanted(self.version, family if family in PORTS else "ios")
        body.pop("wlans" if family in PORTS else "ports")
        return body

    def ordered(self) -> PushOrder:
        """Plan the next version."""
        self.version += 1
        running = self.read()
        planned = self.plan(self.wanted(), running)
        return PushOrder(
            target=replace(self.target(), timeout_s=5.0),
            configuration=self.configuration,
            running_digest=running,
            intended=planned.intended,
            remediation="\n".join(planned.difference.remediation),
            values=self.values,
            guard_s=GUARD_S,
            known=self.known,
            touches_path=bool(planned.risk_reasons),
            accepted_by="chaos",
            cut_power=self.cut if self.device.spec.family == "aruba_instant" else None,
            before=running,
        )

    def note(self, step: Step) -> None:
        self.steps.append(step.name)
        if step.guard_ends_s is not None:
            self.guard_until = time.monotonic() + step.guard_ends_s
        # What a fault keeps from being undone is undone once it is over.
        if self.steps.count("roll_back_waits") > 1:
            self.device.faults.clear()

    def resumed(self, order: PushOrder) -> PushResult:
        left_s = max(0.0, self.guard_until - time.monotonic())
        told = replace(order, steps=tuple(self.steps), guard_left_s=left_s)
        return recover(told, self.note)

    def cut(self) -> None:
        self.lab.call(lambda: self.device.power(on=False))
        time.sleep(0.2)
        self.lab.call(lambda: self.device.power(on=True))


def _quick(guard: Guard) -> Guard:
    """Return a guard whose times are the lab's."""
    waits = guard.waits_s(GUARD_S) > 0
    return replace(guard, waits_s=lambda _s: int(_WAITS_S) if waits else 0, settle_s=_SETTLE_S)


@dataclass(frozen=True)
class Case:
    """A fault, and the command at which the push is killed; 0: it is not."""

    family: str
    model: str
    fault: str
    at: int

    def __str__(self) -> str:
        return f"{self.family}{f' ({self.model})' if self.model else ''}, {self.fault}, {self.at}"


def run_case(bench: _Bench, case: Case) -> tuple[str | None, int]:
    """Run one case; returns what is wrong, None if nothing, and how many commands a push sent."""
    device = bench.device
    order = bench.ordered()
    before = bench.lab.call(partial(tree, device))
    heard = device.received
    heard.before, heard.version = before, bench.version
    bench.steps.clear()
    bench.guard_until = 0.0
    if case.fault != _WELL:
        bench.lab.call(lambda: device.faults.add(case.fault))
    _TRIGGER.sent, _TRIGGER.left = 0, case.at or None
    state = _attempt(lambda: push(order, lambda text: text, bench.note))
    sent = _TRIGGER.sent
    if state is None:
        # The resume is killed too, a little further each time.
        _TRIGGER.left = 1 + 3 * (case.at % 5)
        state = _ended(bench, order, state)
    _TRIGGER.left = None
    device.faults.clear()
    deadline = time.monotonic() + _PATIENCE_S
    while state in {None, PushState.IN_DOUBT} and time.monotonic() < deadline:
        state = _ended(bench, order, state)
    return _problem(bench, state or PushState.IN_DOUBT, before), sent


def _attempt(work: Callable[[], PushResult]) -> PushState | None:
    """Return how it ended, None when it was killed."""
    try:
        return work().state
    except Killed:
        return None


def _ended(bench: _Bench, order: PushOrder, state: PushState | None) -> PushState | None:
    """Resume as the product does: by the journal, then by the device."""
    known = standing(state or PushState.SENDING, bench.steps)
    if known is Standing.UNTOUCHED:
        return PushState.PLANNED
    return _attempt(lambda: bench.resumed(order))


def _problem(bench: _Bench, state: PushState, before: Any) -> str | None:
    device, journal = bench.device, ", ".join(bench.steps)
    truth = truth_of(device)
    doubled = list(device.received.doubled)
    device.received.doubled.clear()
    try:
        _reach(bench)
    except DeviceError as error:
        return f"unreachable: told {state}, {error}; its journal: {journal}"
    if doubled:
        return f"doubled: {doubled}; its journal: {journal}"

    def is_so() -> bool:
        if truth.is_guarded(device) or truth.remains(device):
            return False
        if state is PushState.VERIFIED:
            return truth.has_all(device, bench.version)
        return state in _AS_BEFORE and truth.tree(device) == before

    if bench.lab.call(is_so):
        return None
    guarded, now = bench.lab.call(lambda: (truth.is_guarded(device), truth.tree(device)))
    print(f"  before {before}\n  now    {now}", file=sys.stderr)
    return f"misstated: told {state}, guarded {guarded}; its journal: {journal}"


def _reach(bench: _Bench) -> None:
    """Log in, as soon as a device that restarts is up; raises DeviceError after that."""
    deadline = time.monotonic() + _RESTART_S
    while True:
        try:
            with open_session(bench.target()):
                return
        except DeviceError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.5)


def run_family(
    family: str, model: str, *, devices: int, every: int, network: str, faults: Sequence[str] = ()
) -> Iterator[tuple[Case, str | None]]:
    """Yield each case of a family with what is wrong in it."""
    specs = [
        DeviceSpec(
            family=family,
            model=model,
            name=f"d{number}",
            host=f"{network}.{number}",
            hostname=f"lab{number}",
            minute_s=2 * _WAITS_S if family in _SHELLS else _WAITS_S,
            boot_s=0.3,
            apply_s=0.1,
        )
        for number in range(1, devices + 1)
    ]
    with TemporaryDirectory() as folder, running_lab(specs, folder=Path(folder)) as lab, _counted():
        free: queue.Queue[_Bench] = queue.Queue()
        for spec in specs:
            free.put(_fresh(lab, spec.name))

        def one(case: Case) -> tuple[Case, str | None, int]:
            bench = free.get()
            try:
                problem, sent = run_case(bench, case)
            except DeviceError as error:
                problem, sent = f"not planned: {error}", 0
            print(f"  {case}: {problem or 'well'}", file=sys.stderr, flush=True)
            if problem:
                _mend(bench)
            free.put(bench)
            return case, problem, sent

        with ThreadPoolExecutor(devices) as pool:
            asked = faults or (_WELL, *FAULTS[family])
            whole = list(pool.map(one, [Case(family, model, fault, 0) for fault in asked]))
            yield from ((case, problem) for case, problem, _ in whole)
            kills = [
                replace(case, at=at)
                for case, _, sent in whole
                for at in range(1, min(sent, _MOST_COMMANDS) + 1, every)
            ]
            yield from ((case, problem) for case, problem, _ in pool.map(one, kills))


def _fresh(lab: Lab, name: str) -> _Bench:
    bench = _Bench(lab, name, values={"wlan-p1": "jeton-0001-abcd"}, guard_s=GUARD_S)
    bench.device.received = Heard(bench.device)
    order = bench.ordered()
    done = push(order, lambda text: text, bench.note)
    if done.state is not PushState.VERIFIED:
        raise SystemExit(f"{name}: the first version cannot be pushed: {done.error}")
    return bench


def _mend(bench: _Bench) -> None:
    """Bring a device that a case has spoilt back, for the next case."""
    bench.lab.call(bench.device.let_in_again)
    deadline = time.monotonic() + _PATIENCE_S
    while bench.lab.call(lambda: truth_of(bench.device).is_guarded(bench.device)):
        if time.monotonic() > deadline:
            break
        time.sleep(0.5)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cases and print what was found; returns 1 where anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--family", action="append", choices=list(FAULTS))
    parser.add_argument("--fault", action="append", default=[])
    parser.add_argument("--model", default="")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--devices", type=int, default=6)
    parser.add_argument("--network", default="127.97.1", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)  # its sockets are closed under it
    started = time.monotonic()
    cases, found = 0, dict.fromkeys(("unreachable", "misstated", "doubled", "not planned"), 0)
    for family in asked.family or list(FAULTS):
        for case, problem in run_family(
            family,
            asked.model,
            devices=asked.devices,
            every=asked.every,
            network=asked.network,
            faults=asked.fault,
        ):
            cases += 1
            if problem:
                print(f"{case}: {problem}", flush=True)
                found[problem.partition(":")[0]] += 1
        print(f"{family}: {cases} cases, {round(time.monotonic() - started)} s", flush=True)
    print(json.dumps({"cases": cases, **found, "duration_s": round(time.monotonic() - started)}))
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
