"""How a person wants to see the pages: language and theme, kept in cookies.

The language of a person who is logged in is kept with the account too, so that it is the same on
each of their devices.
"""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Response
from fastapi.responses import RedirectResponse

from api.http.dependencies import Asking, Here, same_token
from api.http.needs import Anybody
from api.usecases.access import choose_language
from api.web import appearance, language
from api.web.addresses import own_address

router = APIRouter(include_in_schema=False)

_KEPT_FOR_S = 365 * 86400
_Text = Annotated[str, Form(max_length=2000)]


@router.post("/preferences", dependencies=[Anybody("the language and theme of a browser")])
def choose(
    here: Here,
    asker: Asking,
    *,
    langue: _Text = "",
    theme: _Text = "",
    suite: _Text = "/",
    csrf: _Text = "",
) -> Response:
    """Keep what was chosen and go back to the page."""
    answer = RedirectResponse(own_address(suite), HTTPStatus.SEE_OTHER)
    secure = here.settings.secure_cookies
    chosen = {}
    if langue in language.LOCALES:
        chosen[language.COOKIE] = langue
        # The cookie is harmless; the account changes only by a form of its own session.
        browser = asker.browser
        if browser is not None and same_token(csrf, browser.csrf_token):
            with here.database.write(browser.viewer.actor) as session:
                choose_language(session, browser.viewer.user_id, langue)
    if theme in appearance.THEMES:
        chosen[appearance.COOKIE] = theme
    for name, value in chosen.items():
        answer.set_cookie(
            name, value, max_age=_KEPT_FOR_S, secure=secure, httponly=True, samesite="lax"
        )
    return answer
