"""What polling costs us: `make bench-poll`. The last line is JSON.

A fleet in a process of its own is walked as the product walks (`walk_many`): 8 columns of 52 rows
of each device, each value decoded into its MibView. What is counted is the CPU time of this process
alone (user and system, `time.process_time`), for 1,000 devices. Of several rounds the one that cost
least is told, for other programmes on the machine make the others dearer; all are printed.
`unlike` is v2c where no device has the names of another's tables: nothing that is remembered of one
helps with the next. `addition_ns` says how fast the machine was then: what Python needs to add two
numbers in a loop.
"""

import argparse
import json
import time
from pathlib import Path

from collectors.outcome import Outcome
from collectors.snmp.client import walk_many
from collectors.target import SnmpTarget
from inventory.vendors.mib import MibView
from tests.bench.fleet import ALIKE, COLUMNS, ROWS, UNLIKE, running_fleet, target_of


def main() -> None:
    """Measure both versions, and devices that are unlike each other and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    found: dict[str, float] = {}
    with running_fleet() as port:
        for version, first in (("v2c", ALIKE), ("v3", ALIKE), ("unlike", UNLIKE)):
            v3 = version == "v3"
            targets = [target_of(n, port, first, v3=v3) for n in range(asked.devices)]
            walk_many(targets[:50], COLUMNS)  # imports, and what is remembered for good
            first_mb = rss_mb()
            costs = [_round(version, targets) for _ in range(asked.rounds)]
            found[f"{version}_cpu_s_per_1000"] = round(min(costs), 3)
            found[f"{version}_rss_mb_first"] = first_mb
            found[f"{version}_rss_mb_last"] = rss_mb()
    found["rss_mb"] = rss_mb()
    found["addition_ns"] = min(addition_ns() for _ in range(5))
    print(f"the least of {asked.rounds} rounds is told")
    print(json.dumps(found))


def _round(version: str, targets: list[SnmpTarget]) -> float:
    """Return the CPU seconds of one round for 1,000 devices."""
    whole = 0

    def check(outcome: Outcome[SnmpTarget, MibView]) -> None:
        nonlocal whole
        view = outcome.unwrap()
        whole += len(view) == len(COLUMNS) * ROWS and not view.problems

    started_s, cpu_s = time.perf_counter(), time.process_time()
    walk_many(targets, COLUMNS, on_done=check)
    cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - started_s
    assert whole == len(targets), f"{len(targets) - whole} devices were not read whole"
    cost = 1000 * cpu_s / len(targets)
    print(f"{version:<6} {cost:6.3f} CPU s per 1,000 devices, {wall_s:5.1f} s, {rss_mb():.0f} MB")
    return cost


def addition_ns() -> float:
    """Return what Python needs now to add two numbers in a loop."""
    total, cpu_s = 0, time.process_time()
    for number in range(1_000_000):
        total += number
    return round(1000 * (time.process_time() - cpu_s), 1)


def rss_mb() -> float:
    """Return the resident memory of this process now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * 4096 / 1e6, 1)


if __name__ == "__main__":
    main()
