"""What a health round of a fleet costs: `make bench-round DEVICES=100000`. The last line is JSON.

The product's own job (`api.usecases.health`) over a database of so many access points, on SQLite: a
fleet in a process of its own answers for them, each tells 10 figures, and they are kept over time.
The first round walks every device; its figures stand beside those of the rounds after it, which ask
in one request what the walks found. Then the same with one dead device in ten, and 20 rounds of
5,000 devices at most, to see whether memory grows. CPU is that of this process alone, memory its
resident set.
"""

import argparse
import json
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import insert, update
from sqlmodel import col

from api.usecases.health import run_health_round
from collectors.health import DEVICES_A_SECOND
from inventory.database import Database, open_database, upgrade
from inventory.models import (
    Credential,
    CredentialKind,
    Device,
    DeviceRole,
    Lifecycle,
    ManagementEndpoint,
    Protocol,
    Site,
    Zone,
)
from inventory.secrets import Vault, open_vault, store_secret
from inventory.settings import Settings
from tests.bench.fleet import DEAD, FAMILY, POINTS, host_of, running_fleet
from tests.bench.poll import rss_mb

DEAD_ONE_IN = 10
_GROWTH_DEVICES = 5_000
_A_SITE = 20  # access points of a school


def main() -> None:
    """Measure and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    with running_fleet() as port, _installation(asked.devices, port) as here:
        print(json.dumps(_measured(here, asked.devices, asked.rounds)))


@dataclass(frozen=True)
class _Here:
    database: Database
    vault: Vault
    settings: Settings


@contextmanager
def _installation(devices: int, port: int) -> Iterator[_Here]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        upgrade(settings)
        here = _Here(open_database(settings), open_vault(settings, create=True), settings)
        _populate(here, devices, port)
        yield here
        here.database.close()


def _populate(here: _Here, devices: int, port: int) -> None:
    with here.database.write("bench") as session:
        store_secret(session, here.vault, "community", "public")
        credential = Credential(
            name="snmp", kind=CredentialKind.SNMP_COMMUNITY, secret_name="community"
        )
        session.add(credential)
        session.flush()
        zone = Zone(name="bench", snmp_credential_id=credential.id)
        session.add(zone)
        session.flush()
        zone_id = zone.id
    numbers = range(1, devices + 1)
    sites = [
        {"id": place, "name": f"School {place}", "search_key": f"school {place}"}
        for place in range(1, 2 + devices // _A_SITE)
    ]
    rows = [
        {
            "id": number,
            "site_id": 1 + number // _A_SITE,
            "name": f"ap{number}",
            "search_name": f"ap{number}",
            "role": DeviceRole.ACCESS_POINT,
            "family": FAMILY,
            "lifecycle": Lifecycle.ACTIVE,
        }
        for number in numbers
    ]
    endpoints = [
        {
            "device_id": number,
            "zone_id": zone_id,
            "host": host_of(number - 1, POINTS),
            "protocol": Protocol.SNMP,
            "port": port,
        }
        for number in numbers
    ]
    with here.database.append() as connection:
        connection.execute(insert(Site), sites)
        connection.execute(insert(Device), rows)
        connection.execute(insert(ManagementEndpoint), endpoints)


def _measured(here: _Here, devices: int, rounds: int) -> dict[str, float]:
    walk_wall_s, walk_cpu_s = _round(here, devices, "all alive, walked")
    alive_wall_s, alive_cpu_s = _round(here, devices, "all alive")
    _answer_from(here, devices, DEAD)
    dead_wall_s, dead_cpu_s = _round(here, devices, "one in ten dead", dead=True)
    _answer_from(here, devices, POINTS)
    few = min(devices, _GROWTH_DEVICES)
    sizes_mb = []
    for number in range(rounds):
        _round(here, few, f"round {number + 1} of {rounds}", part=few < devices)
        sizes_mb.append(rss_mb())
    return {
        "devices": devices,
        "devices_a_second": DEVICES_A_SECOND,
        "walked_wall_s": round(walk_wall_s, 1),
        "walked_cpu_s": round(walk_cpu_s, 1),
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


def _answer_from(here: _Here, devices: int, first: int) -> None:
    """Give one device in ten its address in another part of the fleet."""
    numbers = range(DEAD_ONE_IN, devices + 1, DEAD_ONE_IN)
    with here.database.append() as connection:
        for number in numbers:
            connection.execute(
                update(ManagementEndpoint)
                .where(col(ManagementEndpoint.device_id) == number)
                .values(host=host_of(number - 1, first))
            )


def _round(
    here: _Here, devices: int, what: str, *, dead: bool = False, part: bool = False
) -> tuple[float, float]:
    """Return the seconds that a round took, by the clock and of CPU."""
    sites = list(range(1, 1 + devices // _A_SITE)) if part else None
    started_s, cpu_s = time.perf_counter(), time.process_time()
    done = run_health_round(here.database, here.vault, here.settings, site_ids=sites, actor="bench")
    wall_s, cpu_s = time.perf_counter() - started_s, time.process_time() - cpu_s
    silent = devices // DEAD_ONE_IN if dead else 0
    assert part or (done.answered, done.failed) == (devices - silent, silent), done
    assert not part or (done.answered, done.failed) == (devices - 1, 0), done
    print(
        f"{what:<24} {devices:>7} devices {wall_s:7.1f} s, {cpu_s:6.1f} CPU s, {rss_mb():4.0f} MB"
    )
    return wall_s, cpu_s


if __name__ == "__main__":
    main()
