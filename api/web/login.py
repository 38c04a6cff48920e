"""The login and logout."""

import secrets
from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.http.dependencies import FormOfOurs, Here, Installation, same_token
from api.http.needs import Anybody, NeedsLogin
from api.usecases.access import WrongPassword
from api.usecases.sessions import log_in, log_out
from api.usecases.throttle import Limits, TooManyAttempts
from api.web.addresses import own_address
from api.web.templating import page
from inventory.errors import NotAllowed
from inventory.sentences import N_, Sentence
from inventory.settings import Settings

router = APIRouter(include_in_schema=False)

_MAX_FIELD = 1000
_ENTRY = Anybody("the way in")


@router.get("/connexion", dependencies=[_ENTRY])
def login_page(
    request: Request, here: Here, suite: Annotated[str, Query(max_length=_MAX_FIELD)] = "/"
) -> Response:
    """Show the login form."""
    return login_form(request, here, suite=suite)


@router.post("/connexion", dependencies=[_ENTRY])
def login(
    request: Request,
    here: Here,
    *,
    identifiant: Annotated[str, Form(max_length=_MAX_FIELD)] = "",
    mot_de_passe: Annotated[str, Form(max_length=_MAX_FIELD)] = "",
    suite: Annotated[str, Form(max_length=_MAX_FIELD)] = "/",
    csrf: Annotated[str, Form(max_length=_MAX_FIELD)] = "",
) -> Response:
    """Open a session and go where the person wanted to."""
    # Nobody has a session yet, so the token is paired with a cookie that only we could set.
    paired = request.cookies.get(here.form_cookie, "")
    if not paired or not same_token(csrf, paired):
        raise NotAllowed(
            Sentence("Ce formulaire n’est plus à jour"), todo=Sentence("rechargez la page")
        )
    address = request.client.host if request.client else "unknown"
    try:
        cookie = log_in(
            here.database,
            identifiant,
            mot_de_passe,
            address=address,
            session_hours=here.settings.session_hours,
            limits=login_limits(here.settings),
            agent=request.headers.get("user-agent", ""),
        )
    except TooManyAttempts:
        return login_form(
            request,
            here,
            suite=suite,
            login=identifiant,
            error=N_(
                "Trop de tentatives\u00a0: par sécurité, réessayez dans un quart d’heure "
                "ou appelez le support."
            ),
            status=HTTPStatus.TOO_MANY_REQUESTS,
        )
    except WrongPassword:
        return login_form(
            request,
            here,
            suite=suite,
            login=identifiant,
            error=N_("L’identifiant ou le mot de passe n’est pas correct."),
            status=HTTPStatus.UNAUTHORIZED,
        )
    end_old_session(request, here)
    answer = RedirectResponse(own_address(suite), HTTPStatus.SEE_OTHER)
    give_session(answer, here, cookie)
    answer.delete_cookie(here.form_cookie, path="/", secure=here.settings.secure_cookies)
    return answer


@router.post("/deconnexion", dependencies=[NeedsLogin()])
def logout(request: Request, here: Here, browser: FormOfOurs) -> Response:
    """End the session."""
    with here.database.write(browser.viewer.actor) as session:
        log_out(session, request.cookies.get(here.session_cookie, ""))
    answer = RedirectResponse("/connexion", HTTPStatus.SEE_OTHER)
    answer.delete_cookie(here.session_cookie, path="/", secure=here.settings.secure_cookies)
    return answer


def login_form(
    request: Request,
    here: Installation,
    *,
    suite: str,
    login: str = "",
    error: str | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Return the login form, with what went wrong when something did."""
    token = request.cookies.get(here.form_cookie) or secrets.token_urlsafe(32)
    answer: Response = page(
        request,
        "login.html",
        http_status=status,
        suite=own_address(suite),
        login=login,
        error=error,
        csrf=token,
        provider=here.settings.oidc_name if here.settings.oidc_issuer else None,
    )
    give_form_cookie(answer, here, token)
    return answer


def give_form_cookie(answer: Response, here: Installation, token: str) -> None:
    """Give a browser the cookie that pairs with the token of a form before the login."""
    _set_cookie(answer, here, here.form_cookie, token, None)


def end_old_session(request: Request, here: Installation) -> None:
    """End the session that a browser had before its login: a new one is not the old one renamed."""
    if old := request.cookies.get(here.session_cookie):
        with here.database.write("web:login") as session:
            log_out(session, old)


def give_session(answer: Response, here: Installation, cookie: str) -> None:
    """Give a browser its new session."""
    _set_cookie(answer, here, here.session_cookie, cookie, here.settings.session_hours * 3600)


def login_limits(settings: Settings) -> Limits:
    """Return how many failed logins this installation takes."""
    return Limits(
        per_login_and_address=settings.login_failures,
        per_login=settings.login_failures_anywhere,
        per_address=settings.login_failures_address,
        window=timedelta(minutes=settings.login_window_minutes),
    )


def _set_cookie(
    answer: Response, here: Installation, name: str, value: str, max_age_s: int | None
) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=max_age_s,
        path="/",
        secure=here.settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )
