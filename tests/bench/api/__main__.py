"""`make bench-api`: how fast the API answers over a whole programme, on both databases.

4,000 sites, 115,000 devices, three years of history; one web process as `preau serve` runs it; the
load comes from a process of its own (`tests.bench.api.load`), by the token of a person who manages
four of the five provinces. The last line is JSON: of each figure, the worse of the two databases.
`addition_ns` says how fast the machine was then, `cpu_ms` what one request cost the web process.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from statistics import quantiles

from inventory.database import open_database, upgrade
from inventory.settings import Settings
from lab.ports import free_port
from tests.bench.api.installation import Size, fill, make_user
from tests.bench.api.load import MIX, Plan
from tests.bench.poll import addition_ns
from tests.patience import wait_until
from tests.postgres import PostgresServer, missing_postgres
from tests.serving import Served, environment

_TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
_MB = 1e6
_WORDS = "words.json"


def main() -> None:
    """Measure both databases and print what was found."""
    asked = arguments()
    size = Size(asked.sites, asked.devices, asked.transitions, asked.changes)
    found = []
    with tempfile.TemporaryDirectory() as folder:
        if asked.database != "postgresql":
            found.append(_measured("sqlite", Settings(data_dir=Path(folder)), size, asked))
    if asked.database != "sqlite":
        missing = missing_postgres()
        if missing:
            sys.exit(f"postgresql: {missing}")
        with PostgresServer.started() as server, tempfile.TemporaryDirectory() as folder:
            url = server.new_database(migrated=False)
            settings = Settings(data_dir=Path(folder), database_url=url)
            found.append(_measured("postgresql", settings, size, asked))
    worst = {
        name: (min if name.endswith("_rps") else max)(each[name] for each in found)
        for name in found[0]
    }
    print(json.dumps({**worst, "addition_ns": min(addition_ns() for _ in range(5))}))


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    size = Size()
    for name, value in asdict(size).items():
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--database", choices=("sqlite", "postgresql"))
    parser.add_argument("--per-s", type=float, default=40.0, help="requests of the open loop")
    parser.add_argument("--warm-s", type=float, default=10.0)
    parser.add_argument("--open-s", type=float, default=120.0)
    parser.add_argument("--closed-s", type=float, default=15.0)
    parser.add_argument("--connections", type=int, default=4, help="of the closed loop")
    parser.add_argument("--deep-page", type=int, default=2000)
    return parser.parse_args()


def _measured(
    kind: str, settings: Settings, size: Size, asked: argparse.Namespace
) -> dict[str, float]:
    begun = time.perf_counter()
    upgrade(settings)
    database = open_database(settings)
    try:
        words, counts = fill(database, size)
        token = make_user(database)
    finally:
        database.close()
    told = ", ".join(f"{count:,} {name}" for name, count in counts.items())
    print(f"{kind:<11} loaded in {time.perf_counter() - begun:.0f} s: {told}", flush=True)
    words.write(settings.data_dir / _WORDS)
    return measure(kind, settings, token, asked)


def measure(
    kind: str, settings: Settings, token: str, asked: argparse.Namespace
) -> dict[str, float]:
    """Return the figures of one installation that was filled, and print them."""
    with _web_process(settings) as served:
        plan = Plan(
            int(served.address.rpartition(":")[2]),
            token,
            str(settings.data_dir / _WORDS),
            asked.per_s,
            asked.warm_s,
            asked.open_s,
            asked.closed_s,
            asked.connections,
            asked.deep_page,
        )
        cpu_s = _cpu_s(served.process.pid)
        made = json.loads(
            subprocess.run(
                [sys.executable, "-m", "tests.bench.api.load", json.dumps(asdict(plan))],
                stdout=subprocess.PIPE,
                check=True,
            ).stdout
        )
        print(f"{kind:<11} {_cpu_s(served.process.pid) - cpu_s:.1f} CPU s of the web process")
        rss_mb = _peak_mb(served.process.pid)
    found = {f"{name}_p99_ms": 0.0 for name in MIX}
    for name, taken in sorted(made["latencies_ms"].items()):
        cuts = quantiles(taken, n=100, method="inclusive") if len(taken) > 1 else [taken[0]] * 99
        found[f"{name}_p99_ms"] = round(cuts[98], 1)
        print(
            f"{kind:<11} {name:<12} {len(taken):>6} requests, p50 {cuts[49]:6.1f} ms, "
            f"p99 {cuts[98]:6.1f} ms, longest {max(taken):6.1f} ms"
        )
    for name in ("saturation_rps", "deep_page_rps"):
        found[name] = round(made.get(name, 0.0), 1)
        print(f"{kind:<11} {name:<14} {found[name]:.1f}")
    found["rss_mb"] = rss_mb
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{kind:<11} web process {rss_mb:.0f} MB; load of the machine {load}", flush=True)
    return found


@contextmanager
def _web_process(settings: Settings) -> Iterator[Served]:
    """Run the web process as `preau serve` does; its limits raised: one token asks all."""
    port = free_port()
    log = settings.data_dir / "web.log"
    command = [sys.executable, "-P", "-m", "api.cli", "serve", "--only", "web", "--port", str(port)]
    limits = {"PREAU_API_REQUESTS_PER_S": "100000", "PREAU_API_BURST": "100000"}
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            env={**environment(settings), **limits},
            stdout=output,
            stderr=output,
            text=True,
        )
    served = Served(process, f"http://127.0.0.1:{port}", log)
    try:
        wait_until(lambda: served.answers() or process.poll() is not None, "it does not answer")
        assert process.poll() is None, log.read_text()
        yield served
    finally:
        process.terminate()
        process.wait()


def _cpu_s(pid: int) -> float:
    """Return the CPU seconds, user and system, of a process and its threads so far."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / _TICKS_A_SECOND


def _peak_mb(pid: int) -> float:
    """Return the largest resident set that a process had."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return round(int(line.split()[1]) * 1024 / _MB, 1)
    raise RuntimeError(f"/proc/{pid}/status tells no VmHWM")


if __name__ == "__main__":
    main()
