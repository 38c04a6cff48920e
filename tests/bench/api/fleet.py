"""The devices of the sites, made up: roles, families, serials, addresses, health, findings."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from inventory.findings.finding import Severity
from inventory.models import (
    Device,
    DeviceRole,
    FindingRow,
    Health,
    Incident,
    Interface,
    Lifecycle,
    ManagementEndpoint,
    Waiver,
    Zone,
)
from inventory.programme.spelling import bare, plain
from tests.bench.api.bulk import Loader
from tests.bench.api.territory import MadeSite

FAMILIES = {
    DeviceRole.ACCESS_POINT: ("openwrt", "unifi", "aruba_instant", "ruckus", "hiveos_wireless"),
    DeviceRole.SWITCH: ("aruba_cx", "procurve", "ios", "ciscosb", "edgeswitch"),
    DeviceRole.ROUTER: ("routeros", "edgeos"),
    DeviceRole.CONTROLLER: ("cisco_wlc", "ruckus"),
    DeviceRole.OTHER: ("generic",),
}
TAGS = ("lot-2024", "prêt", "à-remplacer", "bâtiment-b", "pilote")
_SHORT = {
    DeviceRole.ACCESS_POINT: "ap",
    DeviceRole.SWITCH: "sw",
    DeviceRole.ROUTER: "rt",
    DeviceRole.CONTROLLER: "wlc",
    DeviceRole.OTHER: "ups",
}
_COLUMNS = (
    "id",
    "site_id",
    "role",
    "name",
    "search_name",
    "family",
    "vendor",
    "model",
    "serial",
    "search_serial",
    "base_mac",
    "firmware",
    "lifecycle",
    "health",
    "tags",
    "recent_readings",
    "core",
    "legacy_ssh",
    "last_seen_at",
    "last_error_kind",
    "last_error",
)


@dataclass(frozen=True, slots=True)
class MadeDevice:
    """A device as the other tables and the questions need it."""

    id: int
    site: MadeSite
    name: str
    serial: str
    mac: str
    host: str
    health: Health


def load_devices(
    loader: Loader, sites: list[MadeSite], count: int, now: datetime, chance: random.Random
) -> list[MadeDevice]:
    """Make `count` devices over the sites, with ports, endpoints, incidents and findings."""
    made: list[MadeDevice] = []
    loader.load(Device, _COLUMNS, _devices(sites, count, now, chance, made))
    loader.load(
        Zone,
        ("id", "name", "site_id", "networks", "snmp_port", "ssh_port", "ssh_via"),
        ((each.id, f"{each.slug}-{each.id}", each.id, [], 161, 22, "direct") for each in sites),
    )
    loader.load(
        ManagementEndpoint,
        ("id", "zone_id", "host", "protocol", "port", "via", "device_id"),
        ((each.id, each.site.id, each.host, "snmp", 161, "direct", each.id) for each in made),
    )
    loader.load(
        Interface,
        ("device_id", "name", "if_index", "admin", "oper", "speed_bps", "mac"),
        (
            (each.id, f"eth{n}", n, "up", "up", 10**9, f"{int(each.mac, 16) + n:012x}")
            for each in made
            for n in (1, 2)
        ),
    )
    down = [each for each in made if each.health is Health.DOWN]
    loader.load(
        Incident,
        (
            "site_id",
            "device_id",
            "shadowed_ids",
            "whole_site",
            "opened_at",
            "closed_at",
            "reopened",
        ),
        _incidents(down, made, now, chance),
    )
    _load_findings(loader, made, now, chance)
    return made


def _devices(
    sites: list[MadeSite],
    count: int,
    now: datetime,
    chance: random.Random,
    made: list[MadeDevice],
) -> Iterator[tuple[Any, ...]]:
    # Each site has its share, a village school three devices and a campus two hundred.
    weights = [chance.lognormvariate(0, 0.7) for _ in sites]
    owners = sorted(chance.choices(range(len(sites)), weights, k=count))
    # Devices came over years, not school by school: their ids are spread over the sites.
    chance.shuffle(owners)
    numbers = dict.fromkeys(range(len(sites)), 0)
    for row_id, owner in enumerate(owners, 1):
        site = sites[owner]
        number = numbers[owner] = numbers[owner] + 1
        role = chance.choices(list(FAMILIES), (80, 15, 3, 1, 1))[0]
        family = chance.choice(FAMILIES[role])
        health = chance.choices(list(Health), (90, 3, 3, 1, 3))[0]
        name = f"{site.slug}-{_SHORT[role]}{number}"
        serial = f"{family[:2].upper()}{chance.randrange(36**6):08X}{row_id:06d}"
        mac = f"0a{row_id * 16:010x}"
        host = f"10.{site.id >> 6 & 255}.{(site.id & 63) * 4 + (number >> 8)}.{number & 255}"
        made.append(MadeDevice(row_id, site, name, serial, mac, host, health))
        lifecycle = chance.choices(list(Lifecycle), (2, 2, 2, 4, 85, 2, 1, 2))[0]
        silent = health is Health.DOWN
        yield (
            row_id,
            site.id,
            role.value,
            name,
            plain(name),
            family,
            family.split("_")[0].title(),
            f"{family.upper()}-{chance.randrange(100, 900)}",
            serial,
            bare(serial),
            mac,
            f"{chance.randrange(5, 24)}.{chance.randrange(12)}.{chance.randrange(9)}",
            lifecycle.value,
            health.value,
            sorted(chance.sample(TAGS, chance.choices((0, 1, 2), (70, 20, 10))[0])),
            "",
            False,
            False,
            now - timedelta(minutes=chance.randrange(15)),
            "Unreachable" if silent else None,
            f"{host}: no answer" if silent else None,
        )


def _incidents(
    down: list[MadeDevice], made: list[MadeDevice], now: datetime, chance: random.Random
) -> Iterator[tuple[Any, ...]]:
    for each in down[::3]:
        yield each.site.id, each.id, [], False, now - timedelta(hours=chance.randrange(72)), None, 0
    for each in chance.sample(made, len(made) // 20):
        opened = now - timedelta(hours=chance.randrange(100, 26_000))
        yield each.site.id, each.id, [], False, opened, opened + timedelta(hours=3), 0


def _load_findings(
    loader: Loader, made: list[MadeDevice], now: datetime, chance: random.Random
) -> None:
    found = chance.sample(made, len(made) // 6)
    grades = list(Severity)
    loader.load(
        FindingRow,
        (
            "rule_id",
            "subject",
            "label",
            "site_id",
            "device_id",
            "severity",
            "message",
            "evidence",
            "first_seen_at",
            "last_seen_at",
            "resolved_at",
        ),
        (
            (
                f"radio.rule{n % 20}",
                f"device:{each.id}",
                "",
                each.site.id,
                each.id,
                chance.choices(grades, (5, 20, 45, 30))[0].value,
                "Le canal a changé.",
                {"channel": 36},
                now - timedelta(days=chance.randrange(1, 900)),
                now,
                now if n % 3 else None,
            )
            for n, each in enumerate(found)
        ),
    )
    loader.load(
        Waiver,
        ("rule_id", "subject", "reason", "granted_by", "granted_at", "ends_at"),
        (
            (
                f"radio.rule{n % 20}",
                f"device:{each.id}",
                "Travaux en cours.",
                "user:alice",
                now - timedelta(days=20),
                now + timedelta(days=chance.randrange(-10, 60)),
            )
            for n, each in enumerate(found)
            if n % 60 == 0
        ),
    )
