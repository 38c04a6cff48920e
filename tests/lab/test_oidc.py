"""The login by an identity provider: a foreign one in a process of its own, and one that lies."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from joserfc.jwk import RSAKey
from sqlmodel import select

from api.usecases.access import find_user
from api.usecases.accounts import block
from inventory.database import Database
from inventory.models import Change, User, WebSession
from inventory.settings import Settings
from lab.ports import free_port
from tests.oidc_provider import CLIENT_ID, CLIENT_SECRET, FalseProvider, false_provider
from tests.patience import PATIENCE_S, wait_until
from tests.webapp import log_in, person, web_client

NO_ANSWER = (
    "Le service d’identité ne répond pas\u00a0: réessayez dans quelques minutes, ou "
    "connectez-vous avec votre mot de passe Préau."
)
REFUSED = "La connexion par le service d’identité n’a pas abouti\u00a0: recommencez."
NO_ACCOUNT = "Le service d’identité vous connaît, mais vous n’avez pas de compte Préau"


@pytest.fixture
def provider() -> Iterator[FalseProvider]:
    with false_provider() as made:
        made.person = {
            "sub": "1234",
            "preferred_username": "Alice",
            "email": "alice@example.be",
            "email_verified": True,
        }
        yield made


def trusting(settings: Settings, issuer: str, **more: object) -> Settings:
    secret = settings.data_dir / "client-secret"
    secret.parent.mkdir(exist_ok=True, parents=True)
    secret.write_text(f"{CLIENT_SECRET}\n")
    return settings.model_copy(
        update={
            "oidc_issuer": issuer,
            "oidc_client_id": CLIENT_ID,
            "oidc_client_secret_file": secret,
            "oidc_name": "l’ULiège",
            **more,
        }
    )


@pytest.fixture
def client(
    settings: Settings, database: Database, provider: FalseProvider
) -> Iterator[httpx.Client]:
    person(database, "alice")
    with web_client(trusting(settings, provider.issuer), database) as client:
        yield client


def through(client: httpx.Client, suite: str = "/incidents") -> httpx.Response:
    """Go to the provider and come back from it; return what we answered then."""
    to = client.get("/connexion/oidc", params={"suite": suite})
    assert to.status_code == 303, to.text
    back = httpx.get(to.headers["location"], timeout=PATIENCE_S)
    return client.get(back.headers["location"])


def shown(answer: httpx.Response) -> str:
    return re.sub(r"\s*<[^>]+>\s*", " ", answer.text)


def test_who_the_provider_vouches_for_is_logged_in_and_goes_where_they_wanted(
    client: httpx.Client, database: Database
) -> None:
    form = client.get("/connexion", params={"suite": "/incidents"})
    assert "Se connecter avec l’ULiège" in form.text
    assert 'href="/connexion/oidc?suite=/incidents"' in form.text
    answer = through(client)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/incidents"
    assert client.get("/incidents").status_code == 200
    told = {name.split("=")[0]: name for name in answer.headers.get_list("set-cookie")}
    assert "HttpOnly" in told["preau_session"]
    assert "SameSite=lax" in told["preau_session"]
    assert 'preau_oidc=""' in told["preau_oidc"]
    with database.read() as session:
        assert session.exec(select(WebSession)).one().address == "127.0.0.1"
        last = session.exec(select(Change).where(Change.action == "login")).one()
    assert (last.actor, last.after) == (
        "user:alice",
        {"address": "127.0.0.1", "by": "provider"},
    )


def test_the_first_login_binds_the_account_to_the_person_for_ever(
    client: httpx.Client, database: Database, provider: FalseProvider
) -> None:
    assert through(client).status_code == 303
    provider.person["preferred_username"] = "alice-renamed"
    assert through(client).status_code == 303
    # Another person who was given her old name is not her.
    provider.person |= {"sub": "5678", "preferred_username": "alice"}
    answer = through(client)
    assert answer.status_code == 403
    assert NO_ACCOUNT in shown(answer)
    with database.read() as session:
        assert session.exec(select(User.oidc_subject)).one() == f"{provider.issuer}|1234"


def test_who_has_no_account_or_a_blocked_one_gets_no_session(
    client: httpx.Client, database: Database, provider: FalseProvider
) -> None:
    provider.person["preferred_username"] = "nobody"
    answer = through(client)
    assert answer.status_code == 403
    assert NO_ACCOUNT in shown(answer)
    provider.person["preferred_username"] = "alice"
    with database.write("test") as session:
        block(session, find_user(session, "alice"), by=None)
    assert through(client).status_code == 403
    with database.read() as session:
        assert session.exec(select(WebSession)).first() is None
        failed = session.exec(select(Change).where(Change.action == "login_failed")).all()
    assert [each.after for each in failed] == [{"address": "127.0.0.1", "by": "provider"}] * 2


@pytest.mark.one_database
@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another login"},
        {"nonce": None},
        {"aud": "another client"},
        {"iss": "https://elsewhere.example"},
        {"exp": -3600},
        {"exp": None},
        {"iat": 3600},
        {"sub": None},
        {"preferred_username": None},
        {"azp": "another client"},
        {"at_hash": "of another token"},
    ],
    ids=str,
)
def test_a_token_that_is_not_of_this_login_opens_nothing(
    client: httpx.Client, database: Database, provider: FalseProvider, claims: dict[str, object]
) -> None:
    # Moments are told from now on: a test's name is the same in every process that collects it.
    moments = {
        name: value + int(time.time()) for name, value in claims.items() if type(value) is int
    }
    provider.claims = {**claims, **moments}
    answer = through(client)
    assert answer.status_code == 401
    assert REFUSED in shown(answer)
    with database.read() as session:
        assert session.exec(select(WebSession)).first() is None


@pytest.mark.one_database
def test_a_token_that_another_signed_opens_nothing_and_a_new_key_of_the_provider_does(
    client: httpx.Client, provider: FalseProvider
) -> None:
    assert through(client).status_code == 303
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"})
    assert through(client).status_code == 401
    provider.key = provider.signs_with
    assert through(client).status_code == 303


@pytest.mark.one_database
def test_an_answer_is_taken_once_and_from_the_browser_that_asked_alone(
    client: httpx.Client, provider: FalseProvider
) -> None:
    to = client.get("/connexion/oidc")
    query = parse_qs(urlsplit(to.headers["location"]).query)
    assert query["code_challenge_method"] == ["S256"]
    assert len(query["code_challenge"][0]) == 43
    kept = client.cookies["preau_oidc"]
    assert query["state"][0] not in kept
    back = httpx.get(to.headers["location"], timeout=PATIENCE_S).headers["location"]
    client.cookies.clear()
    assert client.get(back).status_code == 401  # another browser: no cookie
    client.cookies.set("preau_oidc", "x" * 43 + ".Lw==")
    assert client.get(back).status_code == 401  # another browser's own attempt
    client.cookies.set("preau_oidc", kept)
    assert client.get(back).status_code == 303
    client.cookies.set("preau_oidc", kept)
    assert client.get(back).status_code == 401  # the code was used
    for address in ("/connexion/oidc/retour", "/connexion/oidc/retour?error=access_denied"):
        assert client.get(address).status_code == 401


@pytest.mark.one_database
def test_an_address_of_elsewhere_is_not_where_one_lands(client: httpx.Client) -> None:
    assert through(client, suite="https://elsewhere.example/").headers["location"] == "/"
    assert through(client, suite="//elsewhere.example").headers["location"] == "/"


@pytest.mark.one_database
def test_an_email_counts_once_it_is_verified(
    settings: Settings, database: Database, provider: FalseProvider
) -> None:
    person(database, "a.dupont")
    with database.write("test") as session:
        session.exec(select(User)).one().email = "Alice@Example.be"
    by_email = trusting(settings, provider.issuer, oidc_claim="email")
    with web_client(by_email, database) as client:
        for verified in (False, None):
            provider.person["email_verified"] = verified
            assert through(client).status_code == 401
        provider.person["email_verified"] = True
        assert through(client).status_code == 303


@pytest.mark.one_database
@pytest.mark.parametrize(
    "fault",
    [
        {"status": {"/.well-known/openid-configuration": 500}},
        {"metadata": {"token_endpoint": None}},
        {"metadata": {"jwks_uri": "http://elsewhere.example/keys"}},
        {"metadata": {"issuer": "https://elsewhere.example"}},
    ],
    ids=str,
)
def test_a_provider_that_fails_is_said_and_a_password_still_works(
    settings: Settings, database: Database, provider: FalseProvider, fault: dict[str, object]
) -> None:
    person(database, "alice")
    for name, value in fault.items():
        setattr(provider, name, value)
    with web_client(trusting(settings, provider.issuer), database) as client:
        answer = client.get("/connexion/oidc")
        assert answer.status_code == 503
        assert NO_ANSWER in shown(answer)
        assert log_in(client, "alice") == 303


@pytest.mark.one_database
def test_a_provider_that_is_not_there_is_said_and_a_password_still_works(
    settings: Settings, database: Database
) -> None:
    person(database, "alice")
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        issuer = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with web_client(trusting(settings, issuer), database) as client:
            answer = client.get("/connexion/oidc")
            assert answer.status_code == 503
            assert NO_ANSWER in shown(answer)
            assert log_in(client, "alice") == 303


@pytest.mark.one_database
def test_a_provider_that_stops_between_the_two_steps_is_said(
    client: httpx.Client, provider: FalseProvider
) -> None:
    provider.status = {"/token": 502}
    answer = through(client)
    assert answer.status_code == 503
    assert NO_ANSWER in shown(answer)


@pytest.mark.one_database
def test_without_a_provider_there_is_no_such_login_and_over_http_there_is_none_either(
    settings: Settings, database: Database
) -> None:
    with web_client(settings, database) as client:
        assert client.get("/connexion/oidc").status_code == 404
        assert "connexion/oidc" not in client.get("/connexion").text
    with web_client(trusting(settings, "http://idp.example.be"), database) as client:
        assert client.get("/connexion/oidc").status_code == 503
        assert client.get("/connexion").status_code == 200


@contextmanager
def foreign_provider(folder: Path) -> Iterator[str]:
    """Run somebody else's provider in a process of its own and yield its issuer."""
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port)]
    with ExitStack() as stack:
        log = stack.enter_context((folder / "provider.log").open("wb"))
        process = subprocess.Popen(command, stdout=log, stderr=log, env=dict(os.environ))
        stack.callback(process.wait)
        stack.callback(process.terminate)
        issuer = f"http://localhost:{port}"

        def answers() -> bool:
            assert process.poll() is None, (folder / "provider.log").read_text()
            try:
                httpx.get(f"{issuer}/.well-known/openid-configuration", timeout=PATIENCE_S)
            except httpx.TransportError:
                return False
            return True

        wait_until(answers, "the provider answers")
        yield issuer


@pytest.mark.one_database
def test_the_login_works_with_a_provider_that_we_did_not_write(
    settings: Settings, database: Database, tmp_path: Path
) -> None:
    person(database, "alice")
    with (
        foreign_provider(tmp_path) as issuer,
        web_client(trusting(settings, issuer, oidc_claim="sub"), database) as client,
    ):
        to = client.get("/connexion/oidc").headers["location"]
        assert httpx.get(to, timeout=PATIENCE_S).status_code == 200  # its own login form
        back = httpx.post(to, data={"sub": "alice"}, timeout=PATIENCE_S)
        assert back.status_code == 302, back.text
        answer = client.get(back.headers["location"])
        assert answer.status_code == 303, shown(answer)
        assert client.get("/").status_code == 200
