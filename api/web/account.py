"""One's own account: password, sessions, tokens for programs."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.http.dependencies import Browser, FormOfOurs, Here, Installation, RowId
from api.http.needs import NeedsLogin
from api.usecases.access import LoggedIn, WrongPassword
from api.usecases.accounts import change_own_password
from api.usecases.grants import scope_name
from api.usecases.scope import Right
from api.usecases.sessions import end_session, end_sessions, open_session, sessions_of
from api.usecases.throttle import TooManyAttempts
from api.usecases.tokens import held_of, new_token, revoke_token, tokens_of
from api.web import account_texts
from api.web.login import give_session, login_limits
from api.web.templating import page
from inventory.errors import InvalidInput

router = APIRouter(include_in_schema=False, dependencies=[NeedsLogin()])

PATH = "/compte"
_Text = Annotated[str, Form(max_length=1000)]


@router.get(PATH)
def account_page(request: Request, here: Here, browser: Browser) -> Response:
    """Show the account of who is logged in."""
    return _page(request, here, browser)


@router.post(f"{PATH}/mot-de-passe")
def change_password(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    *,
    actuel: _Text = "",
    nouveau: _Text = "",
    encore: _Text = "",
) -> Response:
    """Change the password; every other session ends, this browser gets a new one."""
    viewer = browser.viewer
    address = request.client.host if request.client else "unknown"
    if nouveau != encore:
        return _page(request, here, browser, error=account_texts.NOT_TWICE)
    try:
        change_own_password(
            here.database,
            viewer,
            current=actuel,
            wanted=nouveau,
            address=address,
            limits=login_limits(here.settings),
        )
    except TooManyAttempts:
        return _page(request, here, browser, error=account_texts.TOO_OFTEN)
    except WrongPassword:
        return _page(request, here, browser, error=account_texts.WRONG_PASSWORD)
    except InvalidInput:
        return _page(request, here, browser, error=account_texts.TOO_SHORT)
    with here.database.write(viewer.actor) as session:
        opened = open_session(
            session,
            viewer.user_id,
            hours=here.settings.session_hours,
            address=address,
            agent=request.headers.get("user-agent", ""),
        )
    answer = _back()
    give_session(answer, here, opened.cookie)
    return answer


@router.post(f"{PATH}/sessions")
def end_others(request: Request, here: Here, browser: FormOfOurs, nom: _Text = "") -> Response:
    """End one session by its name, or every other one."""
    with here.database.write(browser.viewer.actor) as session:
        if nom:
            end_session(session, browser.viewer.user_id, nom)
        else:
            cookie = request.cookies.get(here.session_cookie, "")
            end_sessions(session, browser.viewer.user_id, but=cookie)
    return _back("#sessions")


@router.post(f"{PATH}/jetons")
def make_token(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    *,
    nom: _Text = "",
    jours: Annotated[str, Form(max_length=4)] = "90",
    role: Annotated[str, Form(max_length=4)] = "",
    lecture: _Text = "",
) -> Response:
    """Make a token and show it, this once; `role` is the place of one of the person's grants."""
    viewer = browser.viewer
    try:
        with here.database.write(viewer.actor) as session:
            grants = None
            if role.isascii() and role.isdigit() and int(role) < len(viewer.grants):
                grants = [viewer.grants[int(role)]]
            days = int(jours) if jours.isascii() and jours.isdigit() else 0
            token = new_token(
                session, viewer.login, name=nom, days=days, grants=grants, read_only=bool(lecture)
            )
    except InvalidInput:
        return _page(request, here, browser, error=account_texts.BAD_TOKEN)
    return _page(request, here, browser, token=token)


@router.post(f"{PATH}/jetons/{{token_id}}/revoquer")
def revoke(here: Here, browser: FormOfOurs, token_id: RowId) -> Response:
    """End one of one's own tokens."""
    with here.database.write(browser.viewer.actor) as session:
        revoke_token(session, browser.viewer.user_id, token_id)
    return _back("#jetons")


def _back(part: str = "") -> Response:
    return RedirectResponse(PATH + part, HTTPStatus.SEE_OTHER)


def _page(
    request: Request,
    here: Installation,
    browser: LoggedIn,
    *,
    error: str | None = None,
    token: str | None = None,
) -> Response:
    viewer = browser.viewer
    with here.database.read() as session:
        cookie = request.cookies.get(here.session_cookie, "")
        sessions = sessions_of(session, viewer.user_id, cookie)
        tokens = [
            (row, [(g, scope_name(session, g)) for g in held_of(row) or ()])
            for row in tokens_of(session, viewer.user_id)
        ]
        grants = [(grant, scope_name(session, grant)) for grant in viewer.grants]
    return page(
        request,
        "account.html",
        viewer=viewer,
        csrf=browser.csrf_token,
        http_status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        scopes=account_texts.SCOPE,
        sessions=sessions,
        tokens=tokens,
        grants=grants,
        error=error,
        token=token,
        manages=viewer.holds(Right.MANAGE_USERS),
        audits=viewer.everywhere(Right.READ_AUDIT_LOG),
    )
