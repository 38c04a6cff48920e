"""`make chaos-deploy`: a rollout that is killed again and again. The last line is JSON.

The real command (`preau deploy run`, then `resume`) is killed with SIGKILL at random moments, most
of them just after a step of its journal, while false schools that misbehave are changed. Then it
may go on to its end, and is held against what the devices themselves are: `unreachable` devices
that a new session does not reach, `misstated` devices whose state the product tells otherwise than
their own tree, `doubled` changes or lines that a device was sent though it must not. All three have
to be 0. The seed is printed: `--seed` repeats.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlmodel import col, func, select

from api.usecases.deployment_report import plan_status
from api.usecases.intents import set_intent
from api.usecases.planning import plan_deployment
from api.usecases.selection import Selection
from collectors.ssh import open_session
from collectors.target import SshTarget
from inventory.database import open_database, upgrade
from inventory.errors import DeviceError
from inventory.models import IntentScope, PushStep
from inventory.secrets import open_vault
from inventory.settings import Settings
from inventory.vendors.family import family
from lab.device import Device, connect
from lab.devices import make_device
from lab.running import Lab, running_lab
from tests.chaos.schools import FAULTS, UPLINKS, School, schools, wanted
from tests.chaos.truths import Heard, tree, truth_of
from tests.lab.deploy_setup import ACTOR, Installation

GUARD_S = 30
_AS_BEFORE = {"planned", "unchanged", "skipped", "failed", "rolled_back"}
_PATIENCE_S = 240.0
_SUMMED = ("kills", "unreachable", "misstated", "doubled", "rounds")
_STEPS_OF_A_PUSH = 4  # in the journal, between two kills: half of those of one that goes well
_LATEST_KILL_S = 0.8  # after a step: some take that long
_STARTS_WITHIN_S = 1.0


@dataclass
class Tally:
    """What was found over all rounds; `stories` say what went wrong."""

    kills: int = 0
    rounds: int = 0
    unreachable: int = 0
    misstated: int = 0
    doubled: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    stories: list[str] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the rounds and print what was found; returns 1 where a device was lost or misstated."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--schools", type=int, default=5)
    parser.add_argument("--districts", type=int, default=3, help="how many side by side")
    parser.add_argument("--network", default="127.77", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    seed = random.SystemRandom().randrange(10**6) if asked.seed is None else asked.seed
    print(f"seed {seed}", flush=True)
    started = time.monotonic()
    if asked.districts > 1:
        figures = _districts(asked, seed)
    else:
        with TemporaryDirectory() as folder:
            tally = run_chaos(
                Path(folder), random.Random(seed), asked.kills, asked.schools, asked.network
            )
        for story in tally.stories:
            print(story)
        figures = {name: getattr(tally, name) for name in (*_SUMMED, "ends")}
    figures |= {"seed": seed, "duration_s": round(time.monotonic() - started)}
    print(json.dumps(figures), flush=True)
    return 1 if figures["unreachable"] + figures["misstated"] + figures["doubled"] else 0


def _districts(asked: argparse.Namespace, seed: int) -> dict[str, Any]:
    """Run several districts side by side, each in a process, and return their figures summed.

    Most of a kill is waiting: for a command to start, for a guard to act.
    """
    found: list[dict[str, Any]] = []
    with ThreadPoolExecutor(asked.districts) as pool:
        for number in range(asked.districts):
            kills = asked.kills // asked.districts + (number < asked.kills % asked.districts)
            command = [sys.executable, "-m", "tests.chaos.deploy", "--districts", "1"]
            command += ["--kills", str(kills), "--schools", str(asked.schools)]
            command += ["--seed", str(seed + number), "--network", f"127.{90 + number}"]
            pool.submit(_relay, command, found)
    if len(found) < asked.districts:
        raise SystemExit("a district ended without its figures")
    ends: Counter[str] = Counter()
    for each in found:
        ends.update(each["ends"])
    return {name: sum(each[name] for each in found) for name in _SUMMED} | {"ends": dict(ends)}


def _relay(command: list[str], found: list[dict[str, Any]]) -> None:
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("{"):
                found.append(json.loads(line))
            else:
                print(line, end="", flush=True)


def run_chaos(
    folder: Path, dice: random.Random, kills: int, count: int, network: str = "127.77"
) -> Tally:
    """Kill rollouts until there were so many kills, and return what was found."""
    plans = schools(count, network)
    devices = [make_device(spec) for school in plans for spec in school.devices]
    with running_lab(devices, folder=folder) as lab, _installation(folder) as (here, config):
        sites = [_settle(lab, here, number, school) for number, school in enumerate(plans)]
        chaos = _Chaos(lab, here, config, dice, dict(zip(sites, plans, strict=True)))
        while chaos.tally.kills < kills:
            chaos.round(kills - chaos.tally.kills)
        return chaos.tally


def _settle(lab: Lab, here: Installation, number: int, school: School) -> int:
    """Lay a school's cables, make the product know it and return its site's id."""
    for point, port in school.cables:
        connect(lab[point.name], UPLINKS[point.family], lab[school.switch.name], port)
    site_id = here.know(
        *(lab[spec.name] for spec in school.devices),
        site_name=f"École {number}",
        zone_name=f"z{number}",
    )
    for point, port in school.cables:
        here.cable(point.name, school.switch.name, port)
    return site_id


@contextmanager
def _installation(folder: Path) -> Iterator[tuple[Installation, Path]]:
    config = folder / "preau.toml"
    config.write_text(
        f'data_dir = "data"\nguard_s = {GUARD_S}\nssh_timeout_s = 5\nrollout_gate_s = 0\n'
        'log_level = "warning"\n'
    )
    settings = Settings(
        data_dir=folder / "data", guard_s=GUARD_S, ssh_timeout_s=5, database_url=None
    )
    upgrade(settings)
    database = open_database(settings)
    try:
        yield Installation(settings, database, open_vault(settings, create=True)), config
    finally:
        database.close()


class _Chaos:
    def __init__(
        self,
        lab: Lab,
        here: Installation,
        config: Path,
        dice: random.Random,
        sites: dict[int, School],
    ) -> None:
        self.lab, self.here, self.config, self.dice, self.sites = lab, here, config, dice, sites
        self.tally = Tally()
        self.heard = {device.name: Heard(device) for device in lab}
        for device in lab:
            device.received = self.heard[device.name]

    def round(self, kills_left: int) -> None:
        """Plan a new version, run it and kill it some times, let it end, and look."""
        self.tally.rounds += 1
        version = self.tally.rounds
        with self.here.database.write(ACTOR) as session:
            for site_id, school in self.sites.items():
                body = wanted(version, school.switch.family)
                set_intent(session, IntentScope.SITE, str(site_id), body)
        here = self.here
        plan = plan_deployment(
            here.database, here.vault, here.settings, selection=Selection(), actor=ACTOR
        )
        number = str(plan.plan_id)
        before = {device.name: self.lab.call(partial(tree, device)) for device in self.lab}
        for name, heard in self.heard.items():
            heard.before, heard.version = before[name], version
        self._misbehave()
        self._kill_until_it_ends(number, min(kills_left, self.dice.randint(3, 6)))
        for device in self.lab:
            device.faults.clear()
        told = self._let_it_end(number)
        self._look(told, before, version)
        print(f"round {version}: {self.tally.kills} kills, {told['states']}", flush=True)

    def _misbehave(self) -> None:
        for device in self.dice.sample(list(self.lab), k=self.dice.randint(0, 4)):
            device.faults.add(self.dice.choice(FAULTS[device.spec.family]))

    def _kill_until_it_ends(self, plan: str, kills: int) -> None:
        command = ["run", plan, *self._options()]
        for _ in range(kills):
            if not self._killed(command):
                return
            if self._told(plan)["state"] != "frozen":
                command = ["resume", plan]

    def _options(self) -> list[str]:
        waves = self.dice.choice(["rest", "1 device, 1 site, rest"])
        on_failure = self.dice.choice(["halt", "undo_wave"])
        return ["--waves", waves, "--on-failure", on_failure, "--tolerate", "100", "--now", "chaos"]

    def _killed(self, command: Sequence[str]) -> bool:
        """Run a command and kill it; return whether it still ran when its moment came."""
        process = subprocess.Popen(
            self._command("deploy", *command),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ,
        )
        self._wait_for_its_moment(process)
        if process.poll() is not None:
            return False
        process.kill()
        process.wait()
        self.tally.kills += 1
        return True

    def _wait_for_its_moment(self, process: subprocess.Popen[bytes]) -> None:
        """Return a moment after some step of the journal, or at a start, or when it has ended.

        By the journal, not by the clock: a run on a busy machine is killed where others are.
        """
        if self.dice.random() < 0.1:
            _wait(process, self.dice.uniform(0, _STARTS_WITHIN_S))
            return
        wanted_steps = self._steps() + self.dice.randint(1, _STEPS_OF_A_PUSH * len(self.heard))
        while process.poll() is None and self._steps() < wanted_steps:
            _wait(process, 0.05)
        _wait(process, self.dice.uniform(0, _LATEST_KILL_S))

    def _steps(self) -> int:
        with self.here.database.read() as session:
            return session.exec(select(func.count(col(PushStep.id)))).one()

    def _let_it_end(self, plan: str) -> dict[str, Any]:
        """Resume until nothing is in doubt any more, and return how the plan stands."""
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            told = self._told(plan)
            unsettled = {"sending", "in_doubt"} & set(told["states"])
            undo = told["undone_by"]
            undoing = undo and self._told(str(undo))["state"] != "done"
            if told["state"] in {"done", "cancelled", "halted"} and not unsettled and not undoing:
                return told
            if time.monotonic() > deadline:
                return told
            begin = told["state"] == "frozen"
            verb = ["run", plan, *self._options()] if begin else ["resume", plan]
            command = self._command("deploy", *verb)
            subprocess.run(command, check=False, capture_output=True, timeout=_PATIENCE_S)

    # -- what became of the devices

    def _look(self, told: dict[str, Any], before: dict[str, Any], version: int) -> None:
        for push in told["pushes"]:
            device, state = self.lab[push["device"]], push["state"]
            self.tally.ends[state] = self.tally.ends.get(state, 0) + 1
            if push["error"]:
                print(f"  {push['device']}: {state}: {push['error']}", flush=True)
            if not _answers(device):
                self.tally.unreachable += 1
                self._tell(version, push, "a new session does not reach it")
            elif not self.lab.call(partial(self._is_so, device, state, before, version)):
                self.tally.misstated += 1
                self._tell(version, push, "its own tree is another")
        for heard in self.heard.values():
            self.tally.doubled += len(heard.doubled)
            self.tally.stories += [f"round {version}: twice: {line}" for line in heard.doubled]
            heard.doubled.clear()

    def _is_so(self, device: Device, state: str, before: dict[str, Any], version: int) -> bool:
        truth = truth_of(device)
        if truth.is_guarded(device) or truth.remains(device):
            return False
        if state == "verified":
            return truth.has_all(device, version)
        return state in _AS_BEFORE and truth.tree(device) == before[device.name]

    def _tell(self, version: int, push: dict[str, Any], what: str) -> None:
        steps = ", ".join(self.here.steps(push["push"]))
        self.tally.stories.append(
            f"round {version}: {push['device']} is told {push['state']} ({push['error']}), "
            f"and {what}; its journal: {steps}"
        )

    # -- the product's command

    def _command(self, *arguments: str) -> list[str]:
        return [
            sys.executable,
            "-m",
            "tests.chaos.product",
            "--config",
            str(self.config),
            *arguments,
        ]

    def _told(self, plan: str) -> dict[str, Any]:
        """Return what `preau deploy status` says of a plan."""
        return plan_status(self.here.database, int(plan)).to_json()


def _wait(process: subprocess.Popen[bytes], at_most_s: float) -> None:
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=at_most_s)


def _answers(device: Device) -> bool:
    configuration = family(device.spec.family).configuration
    assert configuration is not None
    target = SshTarget(
        "chaos",
        device.host,
        device.ssh_port,
        device.username,
        device.password,
        configuration.device_type,
        None,
        5.0,
    )
    try:
        with open_session(target):
            return True
    except DeviceError:
        return False


if __name__ == "__main__":
    sys.exit(main())
