"""Proposals on their page and over the API: who sees which, who decides, and what is told."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from sqlmodel import select

from inventory import clock
from inventory.database import Database
from inventory.models import (
    Device,
    DeviceRole,
    GrantScope,
    Proposal,
    ProposalSource,
    ProposalState,
    SiteReason,
    UserRole,
    Zone,
)
from inventory.settings import Settings
from tests.seed import Seeded, seed
from tests.webapp import bearer, hidden_field, log_in, person, web_client


@pytest.fixture
def settings(tmp_path: Path, migrated_sqlite: Path) -> Settings:
    """Settings of an installation on SQLite: what is proven here is no matter of SQL."""
    (tmp_path / "data").mkdir()
    shutil.copy2(migrated_sqlite, tmp_path / "data" / "preau.sqlite")
    return Settings(data_dir=tmp_path / "data")


@pytest.fixture
def seeded(database: Database) -> Seeded:
    return seed(database)


@pytest.fixture
def client(settings: Settings, database: Database, seeded: Seeded) -> Iterator[httpx.Client]:
    """Alice may decide everywhere, Igor in Liège, and Denise of Liège may only look."""
    namur, liege, _ = seeded.site_ids
    person(database, "alice")
    person(database, "igor", UserRole.INSTALLER, GrantScope.PROVINCE, "Liège")
    person(database, "denise", UserRole.SCHOOL_HEAD, GrantScope.SITE, str(liege))
    with database.write("test") as session:
        shared = Zone(name="partagée")
        session.add(shared)
        session.flush()
        assert shared.id is not None
        for number, (name, site_id) in enumerate(
            (("ap-namur", namur), ("ap-liege", liege), ("ap-nulle-part", None)), 1
        ):
            session.add(_proposal(shared.id, name, number, site_id))
    with web_client(settings, database) as client:
        yield client


def _proposal(zone_id: int, name: str, number: int, site_id: int | None) -> Proposal:
    return Proposal(
        zone_id=zone_id,
        source=ProposalSource.NEIGHBOUR,
        name=name,
        role=DeviceRole.ACCESS_POINT,
        serial=f"<b>{number}",
        macs=[f"00005e000a0{number}"],
        seen_by="sw1",
        seen_on="1/1/4",
        protocol="lldp",
        site_id=site_id,
        site_reason=SiteReason.NEIGHBOUR if site_id else None,
        first_seen_at=clock.now(),
        last_seen_at=clock.now(),
    )


def _ids(database: Database) -> dict[str, int]:
    with database.read() as session:
        return {row.name: row.id or 0 for row in session.exec(select(Proposal)).all()}


def _states(database: Database) -> dict[str, str]:
    with database.read() as session:
        return {row.name: row.state.value for row in session.exec(select(Proposal)).all()}


def _send(client: httpx.Client, action: str, **fields: object) -> httpx.Response:
    csrf = hidden_field(client.get("/propositions").text)
    return client.post(f"/propositions/{action}", data={"csrf": csrf, **fields})


def test_a_person_sees_and_decides_what_is_proposed_for_their_sites(
    client: httpx.Client, database: Database
) -> None:
    log_in(client, "igor")
    page = client.get("/propositions").text
    assert "ap-liege" in page
    assert "ap-namur" not in page
    assert "ap-nulle-part" not in page
    assert "Entendu en LLDP par sw1, sur le port 1/1/4 (zone partagée)" in page
    assert "Vu, mais pas lu" in page
    assert "&lt;b&gt;2" in page
    ids = _ids(database)
    assert _send(client, "accepter", numero=[ids["ap-namur"]]).status_code == 404
    assert _send(client, "accepter", numero=[ids["ap-liege"]]).status_code == 303
    assert _states(database) == {
        "ap-namur": "open", "ap-liege": "accepted", "ap-nulle-part": "open",
    }  # fmt: skip
    with database.read() as session:
        made = session.exec(select(Device).where(Device.name == "ap-liege")).one()
        decided = session.get_one(Proposal, ids["ap-liege"]).decided_by
    assert (made.serial, decided) == ("<b>2", "user:igor")
    done = client.get("/propositions", params={"etat": "accepted"}).text
    assert f"/appareils/{made.id}" in done


def test_who_may_only_look_has_no_form_and_no_right(
    client: httpx.Client, database: Database
) -> None:
    log_in(client, "denise")
    page = client.get("/propositions").text
    assert "ap-liege" in page
    assert 'name="numero"' not in page
    number = _ids(database)["ap-liege"]
    assert _send(client, "accepter", numero=[number]).status_code == 403
    assert _send(client, "refuser", numero=[number], motif="x").status_code == 403
    assert client.post("/propositions/accepter", data={"numero": [number]}).status_code == 403


def test_what_is_missing_is_told_in_french_and_nothing_is_written(
    client: httpx.Client, database: Database
) -> None:
    log_in(client, "alice")
    ids = _ids(database)
    nowhere, namur = ids["ap-nulle-part"], ids["ap-namur"]
    for action, fields, said in (
        ("accepter", {}, "Cochez d’abord"),
        ("accepter", {"numero": [namur, nowhere]}, "n’a pas d’école"),
        ("accepter", {"numero": [nowhere], "ecole": "Poudlard"}, "«\u00a0Poudlard\u00a0»"),
        ("refuser", {"numero": [nowhere], "motif": " "}, "Dites pourquoi"),
    ):
        answer = _send(client, action, **fields)
        assert answer.status_code == 400
        assert said in answer.text
    assert set(_states(database).values()) == {"open"}
    assert _send(client, "accepter", numero=[nowhere], ecole="95003/9503").status_code == 303
    assert _send(client, "refuser", numero=[namur], motif="un four").status_code == 303
    again = _send(client, "refuser", numero=[namur], motif="un four")
    assert "décidé entre-temps" in again.text
    assert "un four" in client.get("/propositions", params={"etat": "refused"}).text
    assert _states(database) == {
        "ap-namur": "refused", "ap-liege": "open", "ap-nulle-part": "accepted",
    }  # fmt: skip


def test_the_api_lists_accepts_and_refuses_within_the_caller_s_scope(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    igor, alice, ids = bearer(database, "igor"), bearer(database, "alice"), _ids(database)
    base = "/api/v1/proposals"
    listed = client.get(base, headers=igor).json()
    assert [each["name"] for each in listed["proposals"]] == ["ap-liege"]
    (told,) = listed["proposals"]
    assert (told["seen_on"], told["zone"], told["site_reason"]) == (
        "1/1/4", "partagée", "neighbour",
    )  # fmt: skip
    assert client.get(f"{base}/{ids['ap-namur']}", headers=igor).status_code == 404
    assert client.get(base).status_code == 401
    accept = f"{base}/{ids['ap-liege']}/accept"
    elsewhere = {"site_id": seeded.site_ids[0]}
    assert client.post(accept, headers=igor, json=elsewhere).status_code == 404
    assert client.post(accept, headers=igor, json={"name": "hall"}).json()["name"] == "hall"
    assert client.post(accept, headers=igor, json={}).status_code == 409
    nowhere = f"{base}/{ids['ap-nulle-part']}"
    assert client.post(f"{nowhere}/accept", headers=alice, json={}).status_code == 400
    refused = client.post(f"{nowhere}/refuse", headers=alice, json={"reason": "un four"})
    assert (refused.json()["state"], refused.json()["reason"]) == ("refused", "un four")
    assert client.post(f"{nowhere}/refuse", headers=alice, json={"reason": ""}).status_code == 422
    seen = client.get(base, headers=alice, params={"limit": 1, "state": ProposalState.REFUSED})
    assert [each["name"] for each in seen.json()["proposals"]] == ["ap-nulle-part"]
