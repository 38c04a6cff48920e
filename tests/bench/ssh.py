"""What reading over SSH costs us, beside netmiko alone: `make bench-ssh`. The last line is JSON.

A hundred false switches in a process of their own are each asked three commands, once as the
product asks (kept sessions, limits, host keys, its own waiting) and once by netmiko's own
`send_command` with `expect_string`, by as many threads. What is counted is the CPU time of this
process alone, for 100 devices. Of several rounds the one that cost least is told.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from collectors.bounded import Limit, fan_out_within
from collectors.ssh_sessions import SshSessions
from collectors.target import SshTarget
from inventory.vendors.aruba_cx.configuration import CONFIGURATION

THREADS = 16
COMMANDS = ("show version", "show lldp neighbor-info", "show running-config")
_PROMPT = CONFIGURATION.prompt


def main() -> None:
    """Measure both and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        _serve(asked.serve)
        return
    with _running(asked.devices) as ports:
        targets = [
            SshTarget("bench", _host(n), port, "preau", "lab-password", "aruba_aoscx")
            for n, port in enumerate(ports)
        ]
        for warm in (_ours, _bare):
            warm(targets[:2])
        costs: dict[str, list[float]] = {"ours": [], "bare": []}
        for _ in range(asked.rounds):
            for name, ask in (("ours", _ours), ("bare", _bare)):
                costs[name].append(_cost(name, ask, targets))
    ours, bare = min(costs["ours"]), min(costs["bare"])
    print(f"the least of {asked.rounds} rounds is told")
    print(
        json.dumps(
            {
                "cpu_s_per_100": round(ours, 3),
                "bare_cpu_s_per_100": round(bare, 3),
                "ratio": round(ours / bare, 2),
            }
        )
    )


def _cost(
    name: str, ask: Callable[[Sequence[SshTarget]], list[str]], targets: Sequence[SshTarget]
) -> float:
    started_s, cpu_s = time.perf_counter(), time.process_time()
    answers = ask(targets)
    cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - started_s
    whole = sum("hostname sw" in answer and "ArubaOS-CX" in answer for answer in answers)
    assert whole == len(targets), f"{len(targets) - whole} devices were not read whole"
    cost = 100 * cpu_s / len(targets)
    print(f"{name:<5} {cost:6.3f} CPU s per 100 devices, {wall_s:5.1f} s")
    return cost


def _ours(targets: Sequence[SshTarget]) -> list[str]:
    with SshSessions() as sessions:

        def ask(target: SshTarget) -> str:
            with sessions.session(target) as session:
                return "".join(session.run(each, expect=_PROMPT) for each in COMMANDS)

        outcomes = fan_out_within(
            ask,
            targets,
            max_workers=THREADS,
            limits=lambda target: (Limit(target.host.rpartition(".")[0], THREADS),),
        )
        return [each.unwrap() for each in outcomes]


def _bare(targets: Sequence[SshTarget]) -> list[str]:
    from netmiko import ConnectHandler

    def ask(target: SshTarget) -> str:
        connection = ConnectHandler(
            device_type=target.device_type,
            host=target.host,
            port=target.port,
            username=target.username,
            password=target.password,
        )
        try:
            return "".join(
                str(connection.send_command(each, expect_string=r"sw\d+#")) for each in COMMANDS
            )
        finally:
            connection.disconnect()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(ask, targets))


def _host(number: int) -> str:
    return f"127.44.{number // 200}.{number % 200 + 1}"


@contextmanager
def _running(count: int) -> Iterator[list[int]]:
    """Yield the SSH port of each device of a lab in another process."""
    command = [sys.executable, "-m", "tests.bench.ssh", "--serve", str(count)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.stdin.close()


def _serve(count: int) -> None:
    """Run the devices until the standard input is closed."""
    from lab.device import DeviceSpec
    from lab.running import running_lab

    specs = [DeviceSpec(family="arubaos_cx", name=f"sw{n}", host=_host(n)) for n in range(count)]
    with tempfile.TemporaryDirectory() as folder, running_lab(specs, folder=Path(folder)) as lab:
        print(json.dumps([lab[spec.name].ssh_port for spec in specs]), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
