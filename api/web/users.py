"""People's accounts, for who manages them: who there is, what they may, invitations."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from api.http.cursor import MAX_CURSOR_CHARACTERS, read_site_cursor, site_cursor
from api.http.dependencies import Browser, FormOfOurs, Here, Installation, RowId
from api.http.needs import Needs
from api.usecases import accounts
from api.usecases.access import LoggedIn, WrongAccount
from api.usecases.grants import give, may_give_to, parse_scope, scope_name, take_back
from api.usecases.lookup import find_site
from api.usecases.scope import GIVABLE, HeldGrant, Right
from api.usecases.sites import Position
from api.web import account_texts
from api.web.templating import page
from inventory.errors import Conflict, InvalidInput, NotAllowed, NotFound, PreauError
from inventory.models import GrantScope, UserRole
from inventory.sentences import Sentence

router = APIRouter(include_in_schema=False, dependencies=[Needs(Right.MANAGE_USERS)])

PATH = "/utilisateurs"
_ROWS = 50
_Text = Annotated[str, Form(max_length=200)]


@router.get(PATH)
def users_page(
    request: Request,
    here: Here,
    browser: Browser,
    suite: Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)] = None,
) -> Response:
    """Show the accounts that the person manages."""
    return _list(request, here, browser, suite=suite)


@router.post(PATH)
def invite(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    *,
    identifiant: _Text = "",
    nom: _Text = "",
    courriel: _Text = "",
    role: _Text = "",
    perimetre: _Text = "",
    valeur: _Text = "",
) -> Response:
    """Make an account and show the link by which the person sets a password, this once."""
    try:
        with here.database.write(browser.viewer.actor) as session:
            wanted = _grant(session, role, perimetre, valeur)
            user, link = accounts.invite(
                session,
                browser.viewer,
                identifiant,
                wanted,
                display_name=nom,
                email=courriel,
            )
            user_id = user.id or 0
    except PreauError as error:
        return _list(request, here, browser, error=_said(error))
    return _one(request, here, browser, user_id, link=link)


@router.get(f"{PATH}/{{user_id}}")
def user_page(request: Request, here: Here, browser: Browser, user_id: RowId) -> Response:
    """Show one account."""
    return _one(request, here, browser, user_id)


@router.post(f"{PATH}/{{user_id}}/droits")
def give_grant(
    request: Request,
    here: Here,
    browser: FormOfOurs,
    user_id: RowId,
    *,
    role: _Text = "",
    perimetre: _Text = "",
    valeur: _Text = "",
) -> Response:
    """Let the person do something more, or somewhere more."""
    try:
        with here.database.write(browser.viewer.actor) as session:
            user = accounts.managed_user(session, browser.viewer, user_id).user
            give(session, user, _grant(session, role, perimetre, valeur), by=browser.viewer)
    except (InvalidInput, NotAllowed) as error:
        return _one(request, here, browser, user_id, error=_said(error))
    return _back(user_id)


@router.post(f"{PATH}/{{user_id}}/droits/retirer")
def take_grant_back(
    here: Here,
    browser: FormOfOurs,
    user_id: RowId,
    *,
    role: _Text = "",
    perimetre: _Text = "",
    cle: _Text = "",
) -> Response:
    """Take a grant back, as it stands on the page."""
    with here.database.write(browser.viewer.actor) as session:
        user = accounts.managed_user(session, browser.viewer, user_id).user
        if role not in set(UserRole) or perimetre not in set(GrantScope):
            raise InvalidInput(Sentence("Ce n’est pas un rôle qui se donne"))
        held = HeldGrant(UserRole(role), GrantScope(perimetre), cle)
        take_back(session, user, held, by=browser.viewer)
    return _back(user_id)


@router.post(f"{PATH}/{{user_id}}/bloquer")
def block(here: Here, browser: FormOfOurs, user_id: RowId, retablir: _Text = "") -> Response:
    """Let the account do nothing any more, or again."""
    with here.database.write(browser.viewer.actor) as session:
        user = accounts.managed_user(session, browser.viewer, user_id).user
        (accounts.unblock if retablir else accounts.block)(session, user, by=browser.viewer)
    return _back(user_id)


@router.post(f"{PATH}/{{user_id}}/invitation")
def invite_again(request: Request, here: Here, browser: FormOfOurs, user_id: RowId) -> Response:
    """Show a new link by which the person sets a password, this once."""
    with here.database.write(browser.viewer.actor) as session:
        user = accounts.managed_user(session, browser.viewer, user_id).user
        link = accounts.invite_again(session, user, by=browser.viewer)
    return _one(request, here, browser, user_id, link=link)


def _grant(session: Session, role: str, kind: str, value: str) -> HeldGrant:
    """Return the grant that a form asks for; raises InvalidInput."""
    value = value.replace("\0", "").strip()
    if role not in set(UserRole) or kind not in set(GrantScope):
        raise InvalidInput(Sentence("Ce n’est pas un rôle qui se donne"))
    try:
        if kind == GrantScope.ALL:
            return HeldGrant(UserRole(role), GrantScope.ALL)
        if kind == GrantScope.SITE:
            return HeldGrant(UserRole(role), GrantScope.SITE, str(find_site(session, value).id))
        return HeldGrant(UserRole(role), *parse_scope(session, f"{kind}:{value}"))
    except (InvalidInput, NotFound) as error:
        raise InvalidInput(Sentence("Cette portée n’existe pas")) from error


def _said(error: PreauError) -> str:
    if isinstance(error, NotAllowed):
        return account_texts.NOT_YOURS
    if isinstance(error, Conflict | WrongAccount):
        return account_texts.BAD_LOGIN
    return account_texts.BAD_SCOPE


def _back(user_id: int) -> Response:
    return RedirectResponse(f"{PATH}/{user_id}", HTTPStatus.SEE_OTHER)


def _list(
    request: Request,
    here: Installation,
    browser: LoggedIn,
    *,
    suite: str | None = None,
    error: str | None = None,
) -> Response:
    place = read_site_cursor(suite)
    after = place.search_key if place else None
    with here.database.read() as session:
        found = accounts.list_users(session, browser.viewer, after=after, limit=_ROWS + 1)
        shown = found[:_ROWS]
        names = {grant: scope_name(session, grant) for each in shown for grant in each.grants}
    more = None
    if len(found) > _ROWS:
        last = shown[-1].user
        more = site_cursor(Position(last.login, last.id or 0))
    return page(
        request,
        "users.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        http_status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        users=shown,
        names=names,
        scopes=account_texts.SCOPE,
        givable=sorted(GIVABLE),
        next_address=f"{PATH}?suite={more}" if more else None,
        error=error,
    )


def _one(
    request: Request,
    here: Installation,
    browser: LoggedIn,
    user_id: int,
    *,
    error: str | None = None,
    link: str | None = None,
) -> Response:
    viewer = browser.viewer
    with here.database.read() as session:
        managed = accounts.managed_user(session, viewer, user_id)
        own = user_id == viewer.user_id
        grants = [
            (grant, scope_name(session, grant), not own and may_give_to(session, viewer, grant))
            for grant in managed.grants
        ]
    base = str(request.base_url).rstrip("/")
    return page(
        request,
        "user.html",
        viewer=viewer,
        csrf=browser.csrf_token,
        http_status=HTTPStatus.BAD_REQUEST if error else HTTPStatus.OK,
        managed=managed,
        grants=grants,
        own=own,
        ends=managed.whole and not own and GIVABLE.issuperset(g.role for g in managed.grants),
        scopes=account_texts.SCOPE,
        givable=sorted(GIVABLE),
        error=error,
        link=f"{base}{accounts.INVITATION_PATH}?jeton={link}" if link else None,
        days=accounts.INVITATION_DAYS,
    )
