"""What a rollout costs us: `make bench-rollout`. The last line is JSON.

False switches and access points in a process of their own are changed as the product changes them
(plan, then `run_plan` in one wave), from an empty SQLite file. What is counted is the CPU time of
this process alone (user and system), for 100 devices. In the same run as many bare netmiko sessions
as the product opened are opened to the same devices and carry the same commands: `ratio` is our
cost to theirs.
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
from typing import Any

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
from lab.device import DeviceSpec
from lab.devices import make_device
from lab.running import Lab, running_lab
from tests.lab.deploy_setup import ACTOR, Installation

AT_ONCE = 32
_OPEN_FILES = 8192
_FIRST_OF_SESSION = {True: 'echo "preau-1"":"; uci changes', False: "no page"}
_NETMIKOS = {"", "exit", "logout", "no page"}  # it types these itself
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
    with running_lab([make_device(spec) for spec in specs], folder=folder) as lab:
        _tell(folder / "ports.json", {device.name: device.ssh_port for device in lab})
        for line in sys.stdin:
            _tell(folder / line.strip(), lab.call(lambda: _heard(lab)))


def _heard(lab: Lab) -> dict[str, Any]:
    heard = {d.name: {"sessions": len(d.logins), "lines": list(d.received)} for d in lab}
    for device in lab:
        device.logins.clear()
        device.received.clear()
    return heard


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

    def heard(self, name: str) -> dict[str, dict[str, Any]]:
        """Return the sessions and lines of each device since it was asked last."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{name}\n")
        self._process.stdin.flush()
        told: dict[str, dict[str, Any]] = self._read(name)
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
        self.username = "root" if self.spec.family == "openwrt" else "preau"


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
    heard = devices.heard("run")
    bare_cpu_s = bare(known, heard)
    per_100 = 100 / len(specs)
    return {
        "cpu_s_per_100": round(run_cpu_s * per_100, 2),
        "bare_cpu_s_per_100": round(bare_cpu_s * per_100, 2),
        "ratio": round(run_cpu_s / bare_cpu_s, 2),
        "devices": len(specs),
        "verified": done.states.get(PushState.VERIFIED, 0),
        "sessions": sum(each["sessions"] for each in heard.values()),
        "plan_cpu_s_per_100": round(plan_cpu_s * per_100, 2),
        "run_s": round(run_s, 1),
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def bare(known: list[_Known], heard: dict[str, dict[str, Any]]) -> float:
    """Return the CPU seconds of as many netmiko sessions with the same lines, and nothing else."""
    began, cpu_s = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [
            pool.submit(_bare_sessions, each, heard[each.name]["lines"]) for each in known
        ]:
            done.result()
    cpu_s = time.process_time() - cpu_s
    print(f"bare: {time.perf_counter() - began:.0f} s, {cpu_s:.1f} CPU s", flush=True)
    return cpu_s


def _bare_sessions(device: _Known, lines: list[str]) -> None:
    from netmiko import ConnectHandler

    shell = device.spec.family == "openwrt"
    for commands in _sessions(lines, shell=shell):
        connection = ConnectHandler(
            device_type="linux" if shell else "aruba_aoscx",
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


def _sessions(lines: list[str], *, shell: bool) -> Iterator[list[tuple[str, str]]]:
    """Yield the commands of each session that a device heard, each with what ends its answer."""
    commands: list[tuple[str, str]] = []
    spoken: list[str] = []
    for line in lines:
        if line == _FIRST_OF_SESSION[shell] and commands:
            yield commands
            commands = []
        if line.strip() in _NETMIKOS and not (shell and spoken):
            continue
        spoken.append(line)
        end = re.fullmatch(r'echo "(preau-\d+):\$\?:"', line) if shell else None
        if not shell or end:
            commands.append(("\n".join(spoken), rf"{end[1]}:\d+:" if end else r"# ?$"))
            spoken = []
    yield commands


def _approve(here: Installation, plan_id: int) -> None:
    """Let a second person approve what so many devices need."""
    with here.database.write("user:second") as session:
        session.add(
            PlanApproval(plan_id=plan_id, approved_by="user:second", approved_at=clock.now())
        )


if __name__ == "__main__":
    main()
