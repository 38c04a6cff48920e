"""What a rollout costs us: `make bench-rollout`. The last line is JSON.

False switches and access points in a process of their own are changed as the product changes them
(plan, then `run_plan` in one wave), from an empty SQLite file. Ours is all CPU time of this process
(user and system) while `run_plan` runs: the sessions, and with them the journal, leases, backups,
comparing, the health gate and the compliance behind the wave. The reading for the plan is told
apart.

The bare sessions follow in the same run: for each device as many `ConnectHandler` sessions as the
product opened, each with the commands that the device heard in that session, sent by netmiko's own
`send_command` and its answers read to their end. That is what anybody would write by hand for the
same push. First session: look for uncommitted changes, read the configuration, arm the guard, send
the lines, apply. Second session: read back, ask what is in use, confirm, save; where the change
could cut the path, a third confirms. netmiko is spared to look for each command's echo
(`cmd_verify=False`); nothing is compared, kept or journalled. That the devices heard the same
commands in as many sessions from both is checked, or there is no figure.
"""

import argparse
import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeAlias

from api.usecases.deployment import run_plan
from api.usecases.intents import set_intent
from api.usecases.planning import plan_deployment
from api.usecases.selection import Selection
from deploy.rollout import OnFailure, RolloutOptions
from inventory import clock
from inventory.database import open_database, upgrade
from inventory.models import IntentScope, PlanApproval, PushState
from inventory.secrets import open_vault
from inventory.settings import Settings
from lab.device import Device, DeviceSpec, Login
from lab.devices import make_device
from lab.running import running_lab
from tests.lab.deploy_setup import ACTOR, Installation

AT_ONCE = 32
_OPEN_FILES = 8192
_PREPARES, _LEAVES = {"", "no page"}, {"", "exit", "logout"}  # what netmiko types by itself
_END = re.compile(r'echo "(preau-\d+):\$\?:"$')  # how the product marks the end of an answer
Command: TypeAlias = tuple[str, str]
"""What is sent, and the pattern that ends its answer."""
WANTED: dict[str, Any] = {
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


def main() -> None:
    """Measure and print what was found; or, as the second process, be the devices."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--access-points", type=float, default=0.8, help="share of the devices")
    parser.add_argument("--serve", type=Path, default=None, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    # Two sockets a device; a shell's own limit is often 1,024.
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))
    specs = fleet(asked.devices, asked.access_points)
    if asked.serve is not None:
        serve(specs, asked.serve)
        return
    with TemporaryDirectory() as name:
        folder = Path(name)
        with _other_process(folder, asked.devices, asked.access_points) as devices:
            print(json.dumps(measure(folder, specs, devices)))


def fleet(count: int, access_points: float) -> list[DeviceSpec]:
    """Return the devices: of every ten, as many access points as the share says."""
    share = round(10 * access_points)
    return [
        DeviceSpec(
            family="openwrt" if n % 10 < share else "arubaos_cx",
            name=f"d{n}",
            host=f"127.79.{n // 200}.{n % 200 + 1}",
            hostname="OpenWrt" if n % 10 < share else "6200",
            apply_s=0.0,
        )
        for n in range(count)
    ]


def serve(specs: list[DeviceSpec], folder: Path) -> None:
    """Be the devices until standard input ends; each line of it asks what they heard since."""
    made = [make_device(spec) for spec in specs]
    ears = {device.name: _Ears(device) for device in made}
    with running_lab(made, folder=folder) as lab:
        _tell(folder / "ports.json", {device.name: device.ssh_port for device in lab})
        for line in sys.stdin:
            heard = lab.call(lambda: {name: each.told() for name, each in ears.items()})
            _tell(folder / line.strip(), heard)


class _Ears(list[Login]):
    """The logins of a device; each begins a session, which is the lines until the next."""

    def __init__(self, device: Device) -> None:
        super().__init__()
        self._lines = device.received
        self._begun: list[int] = []
        device.logins = self

    def append(self, login: Login) -> None:
        self._begun.append(len(self._lines))

    def told(self) -> list[list[str]]:
        """Return the lines of each session since it was asked last."""
        ends = [*self._begun[1:], len(self._lines)]
        sessions = [self._lines[start:end] for start, end in zip(self._begun, ends, strict=True)]
        self._begun.clear()
        self._lines.clear()
        return sessions


def _tell(path: Path, said: Any) -> None:
    part = path.with_suffix(".part")
    part.write_text(json.dumps(said))
    part.rename(path)


class Devices:
    """The process of the devices."""

    def __init__(self, folder: Path, process: "subprocess.Popen[str]") -> None:
        self._folder, self._process = folder, process

    def ports(self) -> dict[str, int]:
        """Return where each answers, once all do."""
        told: dict[str, int] = self._read("ports.json")
        return told

    def heard(self, name: str) -> dict[str, list[list[str]]]:
        """Return the lines of each session of each device since it was asked last."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{name}\n")
        self._process.stdin.flush()
        told: dict[str, list[list[str]]] = self._read(name)
        return told

    def _read(self, name: str) -> Any:
        path = self._folder / name
        while not path.is_file():
            if self._process.poll() is not None:
                raise SystemExit("the devices could not be started")
            time.sleep(0.1)
        return json.loads(path.read_text())


@contextmanager
def _other_process(folder: Path, count: int, share: float) -> Iterator[Devices]:
    command = [sys.executable, "-m", "tests.bench.rollout", "--serve", str(folder)]
    command += ["--devices", str(count), "--access-points", str(share)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, text=True) as process:
        try:
            yield Devices(folder, process)
        finally:
            process.terminate()


@dataclass
class _Known:
    """A device that runs elsewhere, as the installation is told of it."""

    spec: DeviceSpec
    ssh_port: int

    def __post_init__(self) -> None:
        self.name, self.host, self.serial = self.spec.name, self.spec.host, self.spec.name
        self.shell = self.spec.family == "openwrt"
        self.username = "root" if self.shell else "preau"


def measure(folder: Path, specs: list[DeviceSpec], devices: Devices) -> dict[str, Any]:
    """Return the figures of one rollout, and of the bare sessions."""
    settings = Settings(data_dir=folder / "data", database_url=None, ssh_max_sessions=AT_ONCE)
    upgrade(settings)
    database = open_database(settings)
    here = Installation(settings, database, open_vault(settings, create=True))
    ports = devices.ports()
    known = [_Known(spec, ports[spec.name]) for spec in specs]
    for start in range(0, len(known), 10):
        site: Any = known[start : start + 10]
        site_id = here.know(*site, site_name=f"École {start}", zone_name=f"z{start}")
        with database.write(ACTOR) as session:
            set_intent(session, IntentScope.SITE, str(site_id), WANTED)
    arguments = (database, here.vault, settings)
    began, cpu_s = time.perf_counter(), time.process_time()
    plan = plan_deployment(*arguments, selection=Selection(), actor=ACTOR)
    plan_cpu_s, plan_s = time.process_time() - cpu_s, time.perf_counter() - began
    print(f"plan: {plan.states}, {plan_s:.0f} s, {plan_cpu_s:.1f} CPU s", flush=True)
    _approve(here, plan.plan_id)
    options = RolloutOptions(
        waves="rest", on_failure=OnFailure.HALT, tolerated_percent=100, gate_s=0, now="a benchmark"
    )
    devices.heard("planning")
    began, cpu_s = time.perf_counter(), time.process_time()
    done = run_plan(*arguments, plan.plan_id, actor=ACTOR, options=options)
    run_cpu_s, run_s = time.process_time() - cpu_s, time.perf_counter() - began
    print(f"run: {done.states}, {run_s:.0f} s, {run_cpu_s:.1f} CPU s", flush=True)
    talks = [
        [commands_of(lines, shell=each.shell) for lines in heard]
        for each, heard in zip(known, devices.heard("run").values(), strict=True)
    ]
    bare_cpu_s = bare(known, talks)
    for each, talk, heard in zip(known, talks, devices.heard("bare").values(), strict=True):
        assert [commands_of(lines, shell=each.shell) for lines in heard] == talk, each.name
    per_100 = 100 / len(specs)
    return {
        "cpu_s_per_100": round(run_cpu_s * per_100, 2),
        "bare_cpu_s_per_100": round(bare_cpu_s * per_100, 2),
        "ratio": round(run_cpu_s / bare_cpu_s, 2),
        "devices": len(specs),
        "verified": done.states.get(PushState.VERIFIED, 0),
        "sessions": sum(map(len, talks)),
        "plan_cpu_s_per_100": round(plan_cpu_s * per_100, 2),
        "run_s": round(run_s, 1),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def bare(known: list[_Known], talks: list[list[list[Command]]]) -> float:
    """Return the CPU seconds of netmiko sessions with these commands, and nothing else."""
    began, cpu_s = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(_bare_sessions, known, talks):
            pass
    cpu_s = time.process_time() - cpu_s
    print(f"bare: {time.perf_counter() - began:.0f} s, {cpu_s:.1f} CPU s", flush=True)
    return cpu_s


def _bare_sessions(device: _Known, talk: list[list[Command]]) -> None:
    from netmiko import ConnectHandler

    for commands in talk:
        connection = ConnectHandler(
            device_type="linux" if device.shell else "aruba_aoscx",
            host=device.host,
            port=device.ssh_port,
            username=device.username,
            password="lab-password",
        )
        for command, expected in commands:
            connection.send_command(
                command, expect_string=expected, cmd_verify=False, read_timeout=60
            )
        connection.disconnect()


def commands_of(lines: list[str], *, shell: bool) -> list[Command]:
    """Return the commands of one session, without what netmiko types by itself at its ends."""
    said = list(lines)
    while said and said[0] in _PREPARES:
        del said[0]
    while said and said[-1] in _LEAVES:
        del said[-1]
    if not shell:
        return [(line, r"# ?$") for line in said]
    commands: list[Command] = []
    spoken: list[str] = []
    for line in said:
        spoken.append(line)
        end = _END.search(line)
        if end:
            commands.append(("\n".join(spoken), rf"{end[1]}:\d+:"))
            spoken = []
    assert not spoken, spoken
    return commands


def _approve(here: Installation, plan_id: int) -> None:
    """Let a second person approve what so many devices need."""
    with here.database.write("user:second") as session:
        session.add(
            PlanApproval(plan_id=plan_id, approved_by="user:second", approved_at=clock.now())
        )


if __name__ == "__main__":
    main()
