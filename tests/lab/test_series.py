"""Figures over time from end to end: from agents that are polled to the API and the pages."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

import httpx
import pytest
from sqlmodel import select

from api.usecases.discovery import discover
from api.usecases.polling import poll
from api.usecases.zones import define_zone
from collectors.series import (
    History,
    Sample,
    SeriesStore,
    Subject,
    SubjectKind,
    open_series,
)
from collectors.series.tiers import RAW
from inventory import clock
from inventory.database import Database
from inventory.models import Device, GrantScope, Site, UserRole
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from lab.history import write_synthetic_history
from tests.agents import SmallDevice, running_agents
from tests.network import add_school
from tests.seed import Seeded, seed, seed_network
from tests.webapp import bearer, log_in, person, web_client

pytestmark = pytest.mark.lab


def told(store: SeriesStore, subject: Subject) -> History:
    now = clock.now()
    [history] = store.histories(
        None, [subject], start=now - timedelta(hours=1), end=now + timedelta(seconds=1), tier=RAW
    )
    return history


def _now(at: datetime) -> datetime:
    return at


def means(history: History, metric: str) -> list[float | None]:
    return [
        point.figures[metric].mean if metric in point.figures else None for point in history.points
    ]


def test_polls_leave_figures_and_neither_silence_nor_a_restart_makes_up_any(
    settings: Settings, database: Database, vault: Vault
) -> None:
    quick = settings.model_copy(update={"snmp_timeout_s": 0.3, "snmp_retries": 4})
    one = SmallDevice(
        name="sw1", serial="A", mac="00:00:0a:00:00:01",
        neighbours=[("00:00:0a:00:00:11", "sw2")],
    )  # fmt: skip
    two = SmallDevice(name="sw2", serial="B", mac="00:00:0a:00:00:11")
    moment = clock.now() - timedelta(minutes=30)
    try:
        with running_agents(one, two) as agents:
            with database.write("test") as session:
                site_id = add_school(session).site_id
                store_secret(session, vault, "snmp", "lab-read")
                session.flush()
                define_zone(
                    session,
                    "tilleuls",
                    site_id=site_id,
                    networks=[agents.network],
                    snmp_port=agents.port,
                    community_secret="snmp",
                )
            discover(database, vault, quick, actor="test")
            for minutes, uptime_s, silent in (
                (0, 1000, False),
                (5, 1300, False),
                (10, 1600, True),
                (15, 20, False),
                (20, 320, False),
            ):
                at = moment + timedelta(minutes=minutes)
                clock.set_source(partial(_now, at))
                one.change(uptime_s=float(uptime_s))
                two.change(silent=silent)
                poll(database, vault, quick, actor="test")
    finally:
        clock.set_source(None)
    with database.read() as session:
        ids = {device.name: device.id or 0 for device in session.exec(select(Device))}
    with open_series(settings, database) as store:
        sw1 = told(store, Subject(SubjectKind.DEVICE, ids["sw1"]))
        assert means(sw1, "reachable") == [1, 1, 1, 1, 1]
        assert all(rtt is not None and 0 <= rtt < 300 for rtt in means(sw1, "rtt_ms"))
        sw2 = told(store, Subject(SubjectKind.DEVICE, ids["sw2"]))
        assert means(sw2, "reachable") == [1, 1, 0, 1, 1]
        site = told(store, Subject(SubjectKind.SITE, site_id))
        assert means(site, "devices") == [2] * 5
        assert means(site, "devices_reachable") == [2, 2, 1, 2, 2]
        assert not site.told("clients")
        ports = [each.key for each in store.subjects(None, [ids["sw1"]]) if each.key]
        assert ports == ["1/1/1"]
        port = told(store, Subject(SubjectKind.INTERFACE, ids["sw1"], "1/1/1"))
        rates = means(port, "in_bps")
        # Three intervals are sure; the one with the restart in it is not there.
        assert [point.at for point in port.points] == [
            point.at for place, point in enumerate(sw1.points) if place in {1, 2, 4}
        ]
        assert all(rate is not None and 0 <= rate < 10**7 for rate in rates)


def test_a_store_that_cannot_be_written_never_fails_a_poll(
    settings: Settings, database: Database, vault: Vault
) -> None:
    if settings.database_url is not None:
        return  # a PostgreSQL that cannot be written has failed the poll long before
    (settings.data_dir / "series.sqlite").mkdir()
    assert poll(database, vault, settings, actor="test").failures == []
    seeded = seed(database)
    person(database, "alice")
    with web_client(settings, database) as client:
        log_in(client, "alice")
        for path in (f"/sites/{seeded.site_ids[0]}", f"/appareils/{seeded.device_ids[2]}"):
            page = client.get(path)
            assert page.status_code == 200
            assert "L’historique ne peut pas être lu" in page.text


@pytest.fixture
def seeded(database: Database, settings: Settings) -> Seeded:
    rows = seed(database)
    seed_network(database, rows)
    write_synthetic_history(settings, database, days=1)
    return rows


@pytest.fixture
def client(settings: Settings, database: Database, seeded: Seeded) -> Iterator[httpx.Client]:
    person(database, "alice")
    person(database, "marc", UserRole.SCHOOL_HEAD, GrantScope.PROVINCE, "Liège")
    with web_client(settings, database) as client:
        yield client


def test_pages_and_api_tell_the_same_history_to_whom_it_concerns_alone(
    settings: Settings, database: Database, client: httpx.Client, seeded: Seeded
) -> None:
    site_id, ap = seeded.site_ids[0], seeded.device_ids[2]
    _check_made_up(settings, database, seeded)
    with open_series(settings, database) as store:
        port = Subject(SubjectKind.INTERFACE, seeded.device_ids[0], "1/1/<b>24&")
        at = clock.now() - timedelta(minutes=3)
        store.write([Sample(port, at, {"in_bps": 2_500_000, "out_bps": 1})])
    _check_api(client, bearer(database, "alice"), site_id, ap)
    marc = bearer(database, "marc")
    for path in (f"devices/{ap}/series", f"sites/{site_id}/series"):
        assert client.get(f"/api/v1/{path}", headers=marc).status_code == 404
    log_in(client, "alice")
    _check_pages(client, site_id, ap, seeded.device_ids[0])
    client.cookies.clear()
    log_in(client, "marc")
    assert client.get(f"/appareils/{ap}").status_code == 404


def _check_api(client: httpx.Client, alice: dict[str, str], site_id: int, ap: int) -> None:
    def get(path: str, **query: object) -> httpx.Response:
        return client.get(f"/api/v1/{path}", params=query, headers=alice)  # type: ignore[arg-type]

    day = get(f"devices/{ap}/series").json()
    assert {each["resolution"] for each in day["series"]} == {"raw"}
    radios = [each for each in day["series"] if each["kind"] == "radio"]
    assert [each["key"] for each in radios] == ["radio0", "radio1"]
    [clients] = [metric for metric in radios[0]["metrics"] if metric["name"] == "clients"]
    assert len(clients["mean"]) == len(radios[0]["at"]) > 90
    week = get(f"devices/{ap}/series", span="7d", kind="device").json()
    assert [each["resolution"] for each in week["series"]] == ["hour"]
    assert 22 <= len(week["series"][0]["at"]) <= 26
    year = get(f"sites/{site_id}/series", span="1y").json()["series"][0]
    assert (year["kind"], year["resolution"]) == ("site", "day")
    part = get(f"devices/{ap}/series", start=day["start"], end=day["series"][0]["at"][3])
    assert len(part.json()["series"][0]["at"]) == 3
    backwards = {"start": day["end"], "end": day["start"]}
    assert get(f"devices/{ap}/series", **backwards).status_code in {400, 422}
    assert get(f"devices/{ap}/series", start="2026-01-01T00:00:00").status_code == 422
    assert get("devices/99999/series").status_code == 404
    first, last = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"
    for ends in ({"start": first}, {"end": last}, {"end": first}, {"start": first, "end": last}):
        for path in (f"sites/{site_id}/series", f"devices/{ap}/series"):
            assert get(path, **ends).status_code in {200, 400}, ends


def _check_pages(client: httpx.Client, site_id: int, ap: int, switch: int) -> None:
    page = client.get(f"/appareils/{ap}").text
    for title in ("Clients connectés", "Disponibilité", "Temps de réponse"):
        assert title in page
    assert "Chiffres de démonstration, inventés" in page
    assert page.count("<svg") > 5
    for period in ("1y", "nonsense"):
        assert client.get(f"/appareils/{ap}?periode={period}").status_code == 200
    site = client.get(f"/sites/{site_id}?periode=7d").text
    assert f'href="/appareils/{ap}"' in site
    assert "Équipements joignables" in site
    told = client.get(f"/appareils/{switch}", params={"port": "1/1/<b>24&"}).text
    assert "Trafic du port" in told
    assert "<b>24" not in told
    assert "Mbit/s" in told
    assert client.get(f"/appareils/{switch}?port=%00").status_code == 200


def _check_made_up(settings: Settings, database: Database, seeded: Seeded) -> None:
    """Only what devices told is made up, until the first real reading."""
    with open_series(settings, database) as store, database.read() as session:
        until = store.synthetic_until(None)
        assert until is not None
        sites = [site.id or 0 for site in session.exec(select(Site))]
        start = clock.now() - timedelta(days=3)
        [site, *others] = store.histories(
            None,
            [Subject(SubjectKind.SITE, number) for number in sites],
            start=start,
            end=clock.now(),
            tier=RAW,
        )
        aps = store.histories(
            None,
            [Subject(SubjectKind.DEVICE, number) for number in seeded.device_ids],
            start=start,
            end=clock.now(),
            tier=RAW,
        )
    assert all(point.at < until for history in (site, *aps) for point in history.points)
    assert [history.points for history in others] == [(), ()]
    assert not any(history.told("poe_w") for history in aps)
    noon = max(site.points, key=lambda point: point.figures["clients"].mean)
    parts = [
        point.figures["clients"].mean
        for ap in aps
        for point in ap.points
        if point.at == noon.at and "clients" in point.figures
    ]
    assert noon.figures["clients"].mean == sum(parts) > 20
