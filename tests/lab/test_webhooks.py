"""Webhooks: signed, within their owner's scope, never lost, and nothing inside is reached."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from sqlmodel import select

from api.usecases.access import find_user, viewer_of
from api.usecases.retention import run_retention
from api.usecases.webhook_delivery import deliver_due
from api.usecases.webhook_sending import checked_url, send, signature
from api.usecases.webhooks import change_webhook, own_webhook, replay, subscribe
from inventory import clock
from inventory.database import Database
from inventory.errors import InvalidInput, NotFound
from inventory.events import record_event
from inventory.models import DeliveryState, Event, GrantScope, UserRole, Webhook, WebhookDelivery
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from tests.seed import Seeded, seed
from tests.serving import preau_here
from tests.webapp import bearer, person, web_client

SECRET = "canary-signing-secret"


@dataclass
class Receiver:
    """A program that listens, and answers with `status`."""

    url: str
    status: int = 200
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]

    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.got]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            self.send_response(told.status)
            self.send_header("Location", "http://169.254.169.254/")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = Receiver(f"http://127.0.0.1:{server.server_port}/hook")
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def here(settings: Settings) -> Settings:
    return settings.model_copy(update={"webhooks_allow_private": True})


@pytest.fixture
def seeded(database: Database, vault: Vault) -> Seeded:
    with database.write("test") as session:
        store_secret(session, vault, "webhook-spw", SECRET)
    person(database, "paul", UserRole.PROGRAMME_MANAGER)
    person(database, "lena", UserRole.PROGRAMME_MANAGER, GrantScope.PROVINCE, "Liège")
    return seed(database)


@pytest.fixture
def moving() -> Iterator[list[timedelta]]:
    """A clock that tests move: what is in the list is added to the system's time."""
    from datetime import UTC, datetime

    added: list[timedelta] = []
    clock.set_source(lambda: datetime.now(UTC) + sum(added, timedelta()))
    yield added
    clock.set_source(None)


def hook(
    database: Database, here: Settings, url: str, kinds: list[str], login: str = "paul"
) -> int:
    with database.write("test") as session:
        viewer = viewer_of(session, find_user(session, login))
        made = subscribe(session, here, viewer, url=url, secret_name="webhook-spw", kinds=kinds)
        return made.id or 0


def happens(database: Database, kind: str, site_id: int | None) -> None:
    with database.write("test") as session:
        record_event(session, kind, kind, site_id=site_id)


def test_a_message_is_signed_and_tells_the_event(
    database: Database, here: Settings, vault: Vault, seeded: Seeded, receiver: Receiver
) -> None:
    hook(database, here, receiver.url, ["push.", "dossier.moved"])
    for kind in ("push.verified", "dossier.moved", "audit.done", "pushed.away"):
        happens(database, kind, seeded.site_ids[0])
    assert deliver_due(database, vault, here) == 2
    assert sorted(receiver.kinds()) == ["dossier.moved", "push.verified"]
    headers, body = receiver.got[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    digest = hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()
    assert headers["webhook-signature"] == f"v1,{base64.b64encode(digest).decode()}"
    assert json.loads(body)["data"]["site_id"] == seeded.site_ids[0]
    assert deliver_due(database, vault, here) == 0
    assert len(receiver.got) == 2


def test_the_signature_is_that_of_the_standards_own_example() -> None:
    # Standard Webhooks, "Signature scheme": the values of its reference libraries' tests.
    told = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_webhook_is_told_what_its_owner_may_see_and_no_more(
    database: Database, here: Settings, vault: Vault, seeded: Seeded, receiver: Receiver
) -> None:
    hook(database, here, receiver.url, ["*"], "lena")
    happens(database, "a.here", seeded.site_ids[1])
    happens(database, "b.elsewhere", seeded.site_ids[0])
    happens(database, "c.of_no_site", None)
    deliver_due(database, vault, here)
    assert receiver.kinds() == ["a.here"]
    with database.write("test") as session:
        find_user(session, "lena").active = False
    happens(database, "d.after", seeded.site_ids[1])
    assert deliver_due(database, vault, here) == 0


def test_a_receiver_that_answers_500_for_a_day_loses_nothing(
    database: Database,
    here: Settings,
    vault: Vault,
    seeded: Seeded,
    receiver: Receiver,
    *,
    moving: list[timedelta],
) -> None:
    number = hook(database, here, receiver.url, ["x."])
    receiver.status = 500
    for place in range(3):
        happens(database, f"x.{place}", seeded.site_ids[0])
    for _ in range(24 * 12):
        assert deliver_due(database, vault, here) == 0
        moving.append(timedelta(minutes=5))
    assert len(receiver.got) < 3 * 15  # it was not hammered
    assert len(set(receiver.ids())) == 3
    with database.read() as session:
        row = session.exec(select(WebhookDelivery)).first()
        assert row is not None
        assert (row.last_status, row.state) == (500, DeliveryState.PENDING)
        assert session.get_one(Webhook, number).disabled_at is None
    receiver.status, receiver.got = 204, []
    moving.append(timedelta(hours=6))
    assert deliver_due(database, vault, here) == 3
    assert sorted(receiver.kinds()) == ["x.0", "x.1", "x.2"]


def test_after_days_of_failure_it_is_disabled_told_of_and_taken_up_again_by_a_person(
    database: Database,
    here: Settings,
    vault: Vault,
    seeded: Seeded,
    receiver: Receiver,
    *,
    moving: list[timedelta],
) -> None:
    number = hook(database, here, receiver.url, ["x."])
    receiver.status = 503
    happens(database, "x.a", seeded.site_ids[0])
    for _ in range(12):
        deliver_due(database, vault, here)
        moving.append(timedelta(hours=12))
    before = len(receiver.got)
    happens(database, "x.b", seeded.site_ids[0])
    deliver_due(database, vault, here)
    assert len(receiver.got) == before
    with database.read() as session:
        told = session.exec(select(Event).where(Event.kind == "webhook.disabled")).one()
    assert f"n°{number} est suspendu" in told.message
    receiver.status, receiver.got = 200, []
    with database.write("test") as session:
        change_webhook(session, here, session.get_one(Webhook, number), enabled=True)
    assert deliver_due(database, vault, here) == 2
    assert sorted(receiver.kinds()) == ["x.a", "x.b"]


def test_what_was_delivered_is_told_again_under_the_same_id(
    database: Database, here: Settings, vault: Vault, seeded: Seeded, receiver: Receiver
) -> None:
    number = hook(database, here, receiver.url, ["x."])
    start = clock.now()
    happens(database, "x.a", seeded.site_ids[0])
    deliver_due(database, vault, here)
    with database.write("test") as session:
        assert replay(session, session.get_one(Webhook, number), start) == 1
    assert deliver_due(database, vault, here) == 1
    first, again = receiver.got
    assert first[0]["webhook-id"] == again[0]["webhook-id"]
    assert first[1] == again[1]


def test_a_process_that_is_killed_while_sending_has_it_sent_again(
    database: Database,
    here: Settings,
    vault: Vault,
    seeded: Seeded,
    receiver: Receiver,
    *,
    moving: list[timedelta],
) -> None:
    from api.usecases import webhook_delivery

    hook(database, here, receiver.url, ["x."])
    happens(database, "x.a", seeded.site_ids[0])
    with database.write("webhooks") as session:
        for webhook in session.exec(select(Webhook)):
            webhook_delivery._queue_events(session, webhook)
        assert len(webhook_delivery._claim(session, vault)) == 1
    assert deliver_due(database, vault, here) == 0  # it is on its way, for all that is known
    moving.append(timedelta(minutes=2))
    assert deliver_due(database, vault, here) == 1


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x", "https://[::1]/x", "https://10.0.0.1/", "https://169.254.169.254/",
        "https://[::ffff:10.0.0.1]/", "https://localhost/", "https://db.internal/",
        "http://example.com/", "https://user:pass@example.com/", "https://", "ftp://example.com/",
        "https://exa mple.com/", "https://example.com:99999/", "https://192.168.1.1:8443/x",
        "https://100.64.0.1/", "https://[fd00::1]/", "https://0.0.0.0/",
    ],
)  # fmt: skip
def test_an_address_inside_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput):
        checked_url(url, allow_private=False)


def test_a_name_that_leads_inside_is_not_spoken_to(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket

    def inside(host: str, port: int, *args: object, **more: object) -> list[object]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", inside)
    url = receiver.url.replace("http://127.0.0.1", "https://hooks.example.com")
    sent = send(url, "s", "evt_1", clock.now(), b"{}", allow_private=False)
    assert (sent.well, sent.status) == (False, None)
    assert "not public" in (sent.error or "")
    assert receiver.got == []


def test_a_redirect_is_a_failure_and_is_not_followed(receiver: Receiver) -> None:
    receiver.status = 302
    sent = send(receiver.url, "s", "evt_1", clock.now(), b"{}", allow_private=True)
    assert (sent.well, sent.status, len(receiver.got)) == (False, 302, 1)


def test_subscriptions_are_made_changed_and_ended_over_the_api_by_their_owner(
    database: Database, here: Settings, vault: Vault, seeded: Seeded, receiver: Receiver
) -> None:
    wanted = {"url": receiver.url, "secret_name": "webhook-spw", "kinds": ["x."]}
    paul, lena = bearer(database, "paul"), bearer(database, "lena")
    with web_client(here, database) as client:
        key = {"Idempotency-Key": "w1"}
        made = client.post("/api/v1/webhooks", json=wanted, headers={**paul, **key})
        again = client.post("/api/v1/webhooks", json=wanted, headers={**paul, **key})
        assert (made.status_code, again.json()) == (201, made.json())
        path = made.headers["location"]
        assert client.get(path, headers=lena).status_code == 404
        assert client.get("/api/v1/webhooks", headers=lena).json()["webhooks"] == []
        happens(database, "x.a", seeded.site_ids[0])
        deliver_due(database, vault, here)
        log = client.get(f"{path}/deliveries", headers=paul).json()["deliveries"]
        assert [(each["kind"], each["state"], each["last_status"]) for each in log] == [
            ("x.a", "delivered", 200)
        ]
        ago = (clock.now() - timedelta(hours=1)).isoformat()
        told = client.post(f"{path}/replay", json={"since": ago}, headers=paul)
        assert (told.status_code, told.json()) == (202, {"messages": 1})
        for change, status in (
            ({"enabled": False}, 200),
            ({"kinds": []}, 422),
            ({"secret_name": "ssh-ecoles"}, 422),
            ({"url": "ftp://x"}, 400),
        ):
            about = {**paul, "If-Match": client.get(path, headers=paul).headers["etag"]}
            assert client.patch(path, json=change, headers=about).status_code == status, change
        assert SECRET not in client.get(path, headers=paul).text
        assert client.delete(path, headers=paul).status_code == 204
        assert client.get(path, headers=paul).status_code == 404
        inside = client.post(
            "/api/v1/webhooks", json={**wanted, "secret_name": "webhook-x"}, headers=paul
        )
        assert inside.status_code == 201
    with database.read() as session, pytest.raises(NotFound):
        own_webhook(session, viewer_of(session, find_user(session, "lena")), 2)


@pytest.mark.one_database
def test_the_commands_subscribe_show_and_replay(
    database: Database, settings: Settings, vault: Vault, seeded: Seeded
) -> None:
    refused = preau_here(
        settings, "webhook", "add", "https://10.0.0.1/", "--login", "paul",
        "--secret", "webhook-spw", "--kind", "push.",
    )  # fmt: skip
    assert (refused.returncode, refused.stderr) == (
        2,
        "preau: This address is not on the public Internet\n",
    )
    made = preau_here(
        settings, "webhook", "add", "https://hooks.example.com/x", "--login", "paul",
        "--secret", "webhook-spw", "--kind", "push.", "--kind", "dossier.moved",
    )  # fmt: skip
    assert made.stdout == (
        "Webhook 1 tells https://hooks.example.com/x of push., dossier.moved.\n"
    ), made.stderr
    listed = preau_here(settings, "webhook", "list")
    assert listed.stdout == "1  well  https://hooks.example.com/x  dossier.moved, push.\n"
    assert preau_here(settings, "webhook", "show", "1").stdout == ""
    told = preau_here(settings, "webhook", "replay", "1", "--since", "2026-01-01")
    assert told.stdout == "0 messages will be sent by the jobs process.\n"
    assert preau_here(settings, "webhook", "disable", "1").returncode == 0
    assert "disabled" in preau_here(settings, "webhook", "list").stdout
    assert preau_here(settings, "webhook", "remove", "1").returncode == 0
    assert preau_here(settings, "webhook", "show", "1").returncode == 2


def test_deliveries_of_long_ago_are_forgotten(
    database: Database,
    here: Settings,
    vault: Vault,
    seeded: Seeded,
    receiver: Receiver,
    *,
    moving: list[timedelta],
) -> None:
    hook(database, here, receiver.url, ["x."])
    happens(database, "x.a", seeded.site_ids[0])
    deliver_due(database, vault, here)
    receiver.status = 500
    happens(database, "x.b", seeded.site_ids[0])
    deliver_due(database, vault, here)
    for days, kept in ((89, {"x.a", "x.b"}), (2, {"x.b"}), (1740, set())):
        moving.append(timedelta(days=days))
        run_retention(database, here, actor="test")
        with database.read() as session:
            assert set(session.exec(select(WebhookDelivery.kind))) == kept
