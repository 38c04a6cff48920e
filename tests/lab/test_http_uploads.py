"""Files over a real socket: who may hand them in and see them, and what is refused on the way."""

import re
import resource
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from inventory.database import Database
from inventory.models import GrantScope, UserRole
from inventory.settings import Settings
from tests.patience import PATIENCE_S
from tests.seed import Seeded, seed
from tests.uploads import CABLE_TEST, CANARY, pdf, photo
from tests.webapp import bearer, hidden_field, log_in, person, web_client

UPLOADS = "/api/v1/uploads"


@pytest.fixture
def seeded(database: Database) -> Seeded:
    return seed(database)


@pytest.fixture
def client(settings: Settings, database: Database, seeded: Seeded) -> Iterator[httpx.Client]:
    person(database, "alice")
    person(database, "marc", UserRole.SCHOOL_HEAD, GrantScope.PROVINCE, "Liège")
    person(database, "sam", UserRole.SUPPLIER)
    small = settings.model_copy(update={"upload_max_mb": 3})
    with web_client(small, database) as client:
        yield client


def left_in(settings: Settings) -> list[Path]:
    found = settings.uploads_path().rglob("*")
    return [each for each in found if each.is_file() and each.name != ".lock"]


def hand_in(
    client: httpx.Client, token: dict[str, str], content: bytes, **fields: str
) -> httpx.Response:
    file = {"file": (fields.pop("name", "IMG 1.jpg"), content)}
    return client.post(UPLOADS, data={"kind": "photo", **fields}, files=file, headers=token)


def test_a_photo_of_a_school_is_seen_by_whom_the_school_concerns(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    alice, marc = bearer(database, "alice"), bearer(database, "marc")
    mine, other = (str(seeded.site_ids[n]) for n in (1, 0))
    made = hand_in(client, marc, photo(), site_id=mine)
    assert made.status_code == 201, made.text
    told = made.json()
    assert (told["media_type"], told["file_name"]) == ("image/jpeg", "IMG 1.jpg")
    where = made.headers["location"]
    for reader in (alice, marc):
        assert client.get(where, headers=reader).json() == told
        sent = client.get(f"{where}/content", headers=reader)
        assert sent.headers["content-disposition"] == "attachment; filename*=utf-8''IMG%201.jpg"
        assert sent.headers["x-content-type-options"] == "nosniff"
        assert sent.headers["content-security-policy"].startswith("sandbox")
        assert (sent.headers["content-type"], CANARY in sent.content) == ("image/jpeg", False)
    assert hand_in(client, marc, photo(), site_id=other).status_code == 404
    elsewhere = hand_in(client, alice, photo(), site_id=other)
    assert client.get(elsewhere.headers["location"], headers=marc).status_code == 404
    own = hand_in(client, alice, photo()).headers["location"]
    assert client.get(f"{own}/content", headers=marc).status_code == 404
    assert hand_in(client, bearer(database, "sam"), photo(), site_id=other).status_code == 403
    listed = client.get(UPLOADS, headers=marc).json()["uploads"]
    assert [each["id"] for each in listed] == [told["id"]]
    first = client.get(UPLOADS, params={"limit": 1}, headers=alice).json()
    rest = client.get(UPLOADS, params={"after": first["next"]}, headers=alice).json()
    assert [each["id"] for each in first["uploads"] + rest["uploads"]] == [3, 2, 1]


def test_a_file_that_a_dossier_does_not_rest_on_is_removed_by_who_handed_it_in(
    client: httpx.Client, database: Database, seeded: Seeded
) -> None:
    alice, marc = bearer(database, "alice"), bearer(database, "marc")
    where = hand_in(client, marc, photo(), site_id=str(seeded.site_ids[1])).headers["location"]
    assert client.delete(where, headers=alice).status_code == 403
    assert client.delete(where, headers=marc).status_code == 204
    assert client.get(where, headers=marc).status_code == 404


@pytest.mark.one_database
def test_two_gigabytes_are_refused_with_one_sentence_and_nothing_is_left(
    client: httpx.Client, settings: Settings, database: Database
) -> None:
    alice = bearer(database, "alice")
    head = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="plan.pdf"\r\n\r\n%PDF-1.7\n'
    )
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # A client that does not tell how much it sends, and one that does; each stops when answered.
    for told in (b"Transfer-Encoding: chunked", b"Content-Length: 2000000000"):
        with socket.create_connection((client.base_url.host, client.base_url.port or 0)) as line:
            line.sendall(
                b"POST /api/v1/uploads HTTP/1.1\r\nHost: x\r\n"
                + f"Authorization: {alice['Authorization']}\r\n".encode()
                + b"Content-Type: multipart/form-data; boundary=x\r\n"
                + told
                + b"\r\n\r\n"
            )
            sent, answer = _send_until_answered(line, head, chunked=told.startswith(b"Transfer"))
        assert b"413 Content Too Large" in answer or b"413 Request Entity Too Large" in answer
        assert sent < 40_000_000
    assert "Ce fichier dépasse 3\u00a0Mo, la taille permise".encode() in answer or (
        b"Ce formulaire est trop grand" in answer
    )
    assert left_in(settings) == []
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # KiB


def _send_until_answered(line: socket.socket, head: bytes, *, chunked: bool) -> tuple[int, bytes]:
    line.setblocking(False)
    piece, sent = head, 0
    while sent < 2_000_000_000:
        framed = b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece
        try:
            return sent, _whole(line, line.recv(65_536))
        except BlockingIOError:
            line.setblocking(True)
            line.sendall(framed)
            line.setblocking(False)
        sent += len(piece)
        piece = b"\0" * 65_536
    return sent, b""


def _whole(line: socket.socket, begun: bytes) -> bytes:
    """Return an answer whose beginning has come: its body comes when it comes."""
    line.settimeout(PATIENCE_S)
    while True:
        head, _, body = begun.partition(b"\r\n\r\n")
        told = re.search(rb"content-length: (\d+)", head.lower())
        if told and len(body) >= int(told[1]):
            return begun
        part = line.recv(65_536)
        if not part:
            return begun
        begun += part


@pytest.mark.one_database
def test_what_cannot_be_kept_is_refused_with_its_sentence(
    client: httpx.Client, settings: Settings, database: Database
) -> None:
    alice = bearer(database, "alice")
    script = pdf("5 0 obj << /S /JavaScript >> endobj\n")
    for content, fields, status in (
        (photo(), {"kind": "nonsense"}, 400),
        (photo(), {"site_id": "0"}, 400),
        (photo(), {"site_id": "99999"}, 404),
        (CABLE_TEST, {}, 415),
        (b"", {}, 400),
        (b"%PDF" + b"x" * 3_100_000, {}, 413),
        (script, {"kind": "document"}, 400),
    ):
        answer = hand_in(client, alice, content, **fields)
        assert answer.status_code == status, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["detail"]
    assert client.post(UPLOADS, json={"kind": "photo"}, headers=alice).status_code == 400
    assert client.post(UPLOADS, files={"file": ("x", photo())}).status_code == 401
    broken = {**alice, "Content-Type": "multipart/form-data; boundary=x"}
    assert client.post(UPLOADS, content=b"--x\r\n\r\n", headers=broken).status_code == 400
    assert left_in(settings) == []


@pytest.mark.one_database
def test_a_browser_needs_its_token_and_a_page_of_ours_to_hand_in_a_file(
    client: httpx.Client, settings: Settings
) -> None:
    log_in(client, "alice")
    token = {"X-CSRF-Token": hidden_field(client.get("/").text)}
    assert hand_in(client, {}, photo()).status_code == 403
    foreign = {**token, "Sec-Fetch-Site": "cross-site"}
    assert hand_in(client, foreign, photo()).status_code == 403
    assert left_in(settings) == []
    made = hand_in(client, token, photo())
    assert made.status_code == 201
    assert client.get(f"/fichiers/{made.json()['id']}").headers["content-type"] == "image/jpeg"


@pytest.mark.one_database
def test_a_form_that_takes_no_files_stays_small(client: httpx.Client) -> None:
    answer = client.post("/connexion", files={"identifiant": ("x", b"x" * 1_200_000)})
    assert answer.status_code == 413


@pytest.mark.one_database
def test_who_goes_away_half_way_leaves_nothing(
    client: httpx.Client, settings: Settings, database: Database
) -> None:
    alice = bearer(database, "alice")

    def half() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n%PDF-1.7\n'
        raise ConnectionAbortedError

    headers = {**alice, "Content-Type": "multipart/form-data; boundary=x"}
    for _ in range(20):  # more than are taken at once: each gives its place back
        with pytest.raises(ConnectionAbortedError):
            client.post(UPLOADS, content=half(), headers=headers)
    assert hand_in(client, alice, photo()).status_code == 201
    assert len(left_in(settings)) == 1
