"""The page on which an invited person sets a password, once."""

import secrets
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.http.dependencies import Here, Installation, same_token
from api.http.needs import Anybody
from api.usecases.accounts import INVITATION_PATH, accept_invitation, whose_invitation
from api.web import account_texts
from api.web.login import give_form_cookie
from api.web.templating import page
from inventory.errors import InvalidInput, NotAllowed, NotFound
from inventory.sentences import Sentence

router = APIRouter(include_in_schema=False, dependencies=[Anybody("the link is the key")])

_MAX = 1000


@router.get(INVITATION_PATH)
def invitation_page(
    request: Request, here: Here, jeton: Annotated[str, Query(max_length=_MAX)] = ""
) -> Response:
    """Show the form to who has the link. Its token is in the query, which is never logged."""
    return _form(request, here, jeton)


@router.post(INVITATION_PATH)
def accept(
    request: Request,
    here: Here,
    *,
    jeton: Annotated[str, Form(max_length=_MAX)] = "",
    nouveau: Annotated[str, Form(max_length=_MAX)] = "",
    encore: Annotated[str, Form(max_length=_MAX)] = "",
    csrf: Annotated[str, Form(max_length=_MAX)] = "",
) -> Response:
    """Keep the password and go to the login."""
    paired = request.cookies.get(here.form_cookie, "")
    if not paired or not same_token(csrf, paired):
        raise NotAllowed(
            Sentence("Ce formulaire n’est plus à jour"), todo=Sentence("rechargez la page")
        )
    if nouveau != encore:
        return _form(request, here, jeton, error=account_texts.NOT_TWICE)
    with here.database.read() as session:
        user = whose_invitation(session, jeton)
    actor = f"user:{user.login}" if user else "web:login"
    try:
        with here.database.write(actor) as session:
            accept_invitation(session, jeton, nouveau)
    except NotFound:
        return _form(request, here, jeton)
    except InvalidInput:
        return _form(request, here, jeton, error=account_texts.TOO_SHORT)
    return RedirectResponse("/connexion", HTTPStatus.SEE_OTHER)


def _form(request: Request, here: Installation, jeton: str, error: str | None = None) -> Response:
    with here.database.read() as session:
        user = whose_invitation(session, jeton)
    token = request.cookies.get(here.form_cookie) or secrets.token_urlsafe(32)
    status = HTTPStatus.OK if user else HTTPStatus.NOT_FOUND
    answer = page(
        request,
        "invitation.html",
        http_status=HTTPStatus.BAD_REQUEST if error and user else status,
        user=user,
        jeton=jeton,
        error=error,
        form_token=token,
    )
    give_form_cookie(answer, here, token)
    return answer
