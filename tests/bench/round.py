"""What a health round of a fleet costs: `make bench-round DEVICES=100000`. The last line is JSON.

A fleet in a process of its own; each of its access points is asked for 10 figures in one request,
and they are kept in a SQLite series store, by `collectors.health` at its own pace. Then the same
with one dead device in ten, and 20 rounds of 5,000 devices at most, as fast as they answer, to see
whether memory grows. CPU is that of this process alone, memory its resident set.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from collectors.health import DEVICES_A_SECOND, Round, Source, Watched, health_round
from collectors.series import SeriesStore, Subject, SubjectKind, open_series
from inventory.database import open_database, upgrade
from inventory.settings import Settings
from tests.bench.fleet import ALIKE, DEAD, health_names, running_fleet, target_of
from tests.bench.poll import rss_mb

DEAD_ONE_IN = 10
_GROWTH_DEVICES = 5_000


def main() -> None:
    """Measure and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, running_fleet() as port:
        settings = Settings(data_dir=Path(folder))
        upgrade(settings)
        database = open_database(settings)
        with open_series(settings, database) as store:
            print(json.dumps(_measured(store, port, asked.devices, asked.rounds)))
        database.close()


def _measured(store: SeriesStore, port: int, devices: int, rounds: int) -> dict[str, float]:
    _round(store, port, min(devices, 500), "the first, not counted", per_s=None)
    alive_wall_s, alive_cpu_s = _round(store, port, devices, "all alive")
    dead_wall_s, dead_cpu_s = _round(store, port, devices, "one in ten dead", dead=True)
    few = min(devices, _GROWTH_DEVICES)
    sizes_mb = []
    for number in range(rounds):
        _round(store, port, few, f"round {number + 1} of {rounds}", per_s=None)
        sizes_mb.append(rss_mb())
    return {
        "devices": devices,
        "devices_a_second": DEVICES_A_SECOND,
        "wall_s": round(alive_wall_s, 1),
        "cpu_s": round(alive_cpu_s, 1),
        "cpu_of_one_core": round(alive_cpu_s / alive_wall_s, 2),
        "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6, 1),
        "dead_wall_ratio": round(dead_wall_s / alive_wall_s, 2),
        "dead_cpu_ratio": round(dead_cpu_s / alive_cpu_s, 2),
        "rounds": rounds,
        "rss_mb_first": sizes_mb[0] if sizes_mb else 0.0,
        "rss_mb_last": sizes_mb[-1] if sizes_mb else 0.0,
    }


def _round(
    store: SeriesStore,
    port: int,
    devices: int,
    what: str,
    *,
    dead: bool = False,
    per_s: float | None = DEVICES_A_SECOND,
) -> tuple[float, float]:
    """Return the seconds that a round took, by the clock and of CPU."""
    started_s, cpu_s = time.perf_counter(), time.process_time()
    done = health_round(_fleet(devices, port, dead=dead), store, per_s=per_s)
    wall_s, cpu_s = time.perf_counter() - started_s, time.process_time() - cpu_s
    _check(done, devices, dead=dead)
    print(
        f"{what:<24} {devices:>7} devices {wall_s:7.1f} s, {cpu_s:6.1f} CPU s, {rss_mb():4.0f} MB"
    )
    return wall_s, cpu_s


def _check(done: Round, devices: int, *, dead: bool) -> None:
    silent = devices // DEAD_ONE_IN if dead else 0
    assert (done.answered, done.silent) == (devices - silent, silent), done
    assert done.samples == 3 * done.answered + done.silent, done


def _fleet(devices: int, port: int, *, dead: bool) -> Iterator[Watched]:
    for number in range(devices):
        is_dead = dead and number % DEAD_ONE_IN == DEAD_ONE_IN - 1
        yield Watched(
            number + 1, target_of(number, port, DEAD if is_dead else ALIKE), _figures(number + 1)
        )


def _figures(device_id: int) -> list[Source]:
    device = Subject(SubjectKind.DEVICE, device_id)
    radios = [Subject(SubjectKind.RADIO, device_id, f"radio{place}") for place in range(2)]
    told = [(device, "cpu_percent"), (device, "memory_percent")]
    for radio in radios:
        told += [
            (radio, "clients"),
            (radio, "utilisation_percent"),
            (radio, "noise_floor_dbm"),
            (radio, "tx_power_dbm"),
        ]
    return [Source(name, *each) for name, each in zip(health_names(), told, strict=True)]


if __name__ == "__main__":
    main()
