"""What routes ask for: a reading session, who is asking, and proof that a form is ours."""

import hmac
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from anyio import CapacityLimiter, to_thread
from fastapi import Depends, Form, Header, Path, Request, Response
from fastapi.security import APIKeyCookie, HTTPBearer
from sqlmodel import Session

from api.http.cursor import MAX_ROW_ID
from api.http.problems import NotLoggedIn, is_api
from api.http.speech import speech_of
from api.usecases.access import LoggedIn
from api.usecases.scope import Viewer
from api.usecases.sessions import Lasting, note_seen, who_is_logged_in
from api.usecases.tokens import note_used, whose_token
from api.web.language import Tongue
from collectors.series import SeriesStore
from inventory import origin
from inventory.database import Database
from inventory.errors import NotAllowed
from inventory.sentences import Sentence
from inventory.settings import Settings

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that write nothing (RFC 9110, 9.2.1)."""


@dataclass(frozen=True, slots=True)
class Installation:
    """What the web process holds. It has no vault: it opens no secret."""

    settings: Settings
    database: Database
    series: SeriesStore

    @property
    def session_cookie(self) -> str:
        """Return the cookie's name; `__Host-` (RFC 6265bis, 4.1.3.2) where cookies are secure."""
        return "__Host-preau_session" if self.settings.secure_cookies else "preau_session"

    @property
    def oidc_cookie(self) -> str:
        """Return the name of the cookie of a login by an identity provider that is under way."""
        return "__Host-preau_oidc" if self.settings.secure_cookies else "preau_oidc"

    @property
    def form_cookie(self) -> str:
        """Return the name of the cookie that pairs with the login form's token."""
        return "__Host-preau_form" if self.settings.secure_cookies else "preau_form"


async def installation(request: Request) -> Installation:
    """Return the installation that this application serves."""
    return installation_of(request)


def installation_of(request: Request) -> Installation:
    """Return the installation that the application of a request serves."""
    here = request.app.state.installation
    assert isinstance(here, Installation)
    return here


Here = Annotated[Installation, Depends(installation)]


# What only computes is `async`, so that it needs no thread: each way to a thread and back costs a
# tenth of a millisecond, and a turn behind whatever else runs.
async def reading_session(request: Request) -> AsyncIterator[Session]:
    """Yield the request's one reading session, which connects when it is first asked something."""
    session = installation_of(request).database.reader()
    try:
        yield session
    finally:
        if session.in_transaction():
            # A thread beyond those that requests wait for: they may all wait for a connection.
            await to_thread.run_sync(session.close, limiter=CapacityLimiter(1))


# Closed before the answer is sent: who reads it slowly must not hold a connection meanwhile.
Reading = Annotated[Session, Depends(reading_session, scope="function")]

_bearer = HTTPBearer(auto_error=False, scheme_name="token", description="preau user token LOGIN")
_cookie = APIKeyCookie(name="preau_session", auto_error=False, scheme_name="session")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks: by the session of a browser, by a token of the API, by neither, or by both."""

    browser: LoggedIn | None
    holder: Viewer | None


def who_asks(
    request: Request,
    session: Reading,
    _token: Annotated[object, Depends(_bearer)] = None,
    _session: Annotated[object, Depends(_cookie)] = None,
) -> Asker:
    """Return who asks, as far as the database knows.

    Raises NotLoggedIn for a wrong token, NotAllowed for a write with one that only reads.
    """
    here = installation_of(request)
    browser = _browser(request, here, session)
    return Asker(browser, _token_holder(request, here, session))


Asking = Annotated[Asker, Depends(who_asks)]


def _browser(request: Request, here: Installation, session: Session) -> LoggedIn | None:
    """Return whose browser this is, or None."""
    cookie = request.cookies.get(here.session_cookie)
    lasting = Lasting(here.settings.session_hours, here.settings.session_idle_minutes)
    found = who_is_logged_in(session, cookie, idle_since=lasting.idle_since()) if cookie else None
    request.state.browser = found  # a page that tells of a failure speaks this person's language
    if cookie and found is not None and not lasting.is_fresh(found.last_seen_at):
        note_seen(here.database, cookie)
    return found


def _token_holder(request: Request, here: Installation, session: Session) -> Viewer | None:
    """Return who calls the API by a token, None without one; raises as `who_asks`."""
    token = bearer_token(request)
    if token is None or not is_api(request):
        return None
    viewer = whose_token(session, token)
    if viewer is None:
        raise NotLoggedIn(
            Sentence("Ce jeton n’est pas connu, ou il a pris fin\u00a0; demandez-en un nouveau")
        )
    request.state.holder = viewer  # a problem is told in this person's language
    assert viewer.token is not None
    origin.current().token = viewer.token.name
    note_used(here.database, viewer.token)
    if viewer.token.read_only and request.method not in SAFE:
        raise NotAllowed(Sentence("Ce jeton ne permet que de lire"))
    return viewer


async def logged_in(asker: Asking) -> LoggedIn:
    """Return whose browser this is; raises NotLoggedIn."""
    return in_browser(asker)


def in_browser(asker: Asker) -> LoggedIn:
    """Return the session of the browser that asks; raises NotLoggedIn."""
    if asker.browser is None:
        raise NotLoggedIn(Sentence("Personne n’est connecté"), todo=Sentence("connectez-vous"))
    return asker.browser


Browser = Annotated[LoggedIn, Depends(logged_in)]


async def form_of_ours(browser: Browser, csrf: Annotated[str, Form()] = "") -> LoggedIn:
    """Return whose form this is; raises NotAllowed when its token is not that of the session."""
    if not same_token(csrf, browser.csrf_token):
        raise NotAllowed(
            Sentence("Ce formulaire n’est plus à jour"), todo=Sentence("rechargez la page")
        )
    return browser


FormOfOurs = Annotated[LoggedIn, Depends(form_of_ours)]


def asking(request: Request, asker: Asker) -> Viewer:
    """Return who asks for a page or calls the API; raises NotLoggedIn."""
    if asker.holder is not None:
        return asker.holder
    if asker.browser is not None:
        return asker.browser.viewer
    if is_api(request):
        raise NotLoggedIn(Sentence("Personne n’est connecté\u00a0; donnez un jeton Bearer"))
    raise NotLoggedIn(Sentence("Personne n’est connecté"), todo=Sentence("connectez-vous"))


CsrfHeader = Annotated[str | None, Header(description="with a session's cookie")]


async def api_viewer(request: Request, asker: Asking, x_csrf_token: CsrfHeader = None) -> Viewer:
    """Return who calls the API, by token or by session; raises NotLoggedIn.

    A write with a session's cookie needs its CSRF token: a browser sends cookies by itself.
    """
    return calling(request, asker, x_csrf_token)


def calling(request: Request, asker: Asker, csrf_token: str | None) -> Viewer:
    """Return who calls the API with this CSRF token; raises as `api_viewer`."""
    viewer = asking(request, asker)
    browser = asker.browser
    if (
        asker.holder is None
        and browser is not None
        and request.method not in SAFE
        and not same_token(csrf_token or "", browser.csrf_token)
    ):
        raise NotAllowed(
            Sentence("Avec une session de navigateur, une écriture demande l’en-tête X-CSRF-Token")
        )
    return viewer


ApiViewer = Annotated[Viewer, Depends(api_viewer)]


async def speech(request: Request, response: Response, _viewer: ApiViewer) -> Tongue:
    """Return the language of an answer, and say in its headers which one that is."""
    spoken = speech_of(request)
    response.headers["Content-Language"] = spoken.tag
    response.headers["Vary"] = "Accept-Language, Authorization, Cookie"
    return spoken


Speech = Annotated[Tongue, Depends(speech)]
RowId = Annotated[int, Path(ge=1, le=MAX_ROW_ID)]


def bearer_token(request: Request) -> str | None:
    """Return the token of the Authorization header, or None (RFC 6750, 2.1)."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" and token.strip() else None


def same_token(given: str, expected: str) -> bool:
    """Compare two tokens in constant time."""
    return hmac.compare_digest(given.encode(), expected.encode())
