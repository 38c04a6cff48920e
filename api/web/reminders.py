"""A person's own reminders: which mail they want, and the address of their calendar."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from api.http.dependencies import Browser, FormOfOurs, Here, Reading
from api.http.needs import NeedsLogin
from api.usecases.access import LoggedIn
from api.usecases.calendar_feed import end_feed, has_feed, new_feed
from api.usecases.mail_wishes import choose_mail, mail_address, mail_wish
from api.web.templating import page
from inventory.models import MailWish
from inventory.sentences import N_

router = APIRouter(include_in_schema=False, dependencies=[NeedsLogin()])

WISHES = {
    MailWish.DEADLINES: N_("Quand un délai approche, et chaque lundi s’il est dépassé"),
    MailWish.WEEKLY: N_("Chaque lundi, tout ce qui m’attend"),
    MailWish.NONE: N_("Jamais"),
}


@router.get("/rappels")
def reminders_page(request: Request, browser: Browser, session: Reading) -> Response:
    """Show what the person chose."""
    return _page(
        request,
        browser,
        wish=mail_wish(session, browser.viewer.user_id),
        address=mail_address(session, browser.viewer.user_id),
        feed=has_feed(session, browser.viewer.user_id),
    )


@router.post("/rappels")
def choose_reminders(
    here: Here, browser: FormOfOurs, courrier: Annotated[MailWish, Form()]
) -> Response:
    """Keep which mail the person wants."""
    with here.database.write(browser.viewer.actor) as session:
        choose_mail(session, browser.viewer.user_id, courrier)
    return RedirectResponse("/rappels", HTTPStatus.SEE_OTHER)


@router.post("/rappels/agenda")
def make_calendar(
    request: Request, here: Here, browser: FormOfOurs, action: Annotated[str, Form(max_length=20)]
) -> Response:
    """Make a new address for the person's calendar and show it this once, or end the one there."""
    user_id = browser.viewer.user_id
    with here.database.write(browser.viewer.actor) as session:
        token = None
        if action == "retirer":
            end_feed(session, user_id)
        else:
            token = new_feed(session, user_id)
        wish, address = mail_wish(session, user_id), mail_address(session, user_id)
    if token is None:
        return RedirectResponse("/rappels", HTTPStatus.SEE_OTHER)
    base = here.settings.public_url or str(request.base_url).rstrip("/")
    feed_address = f"{base}/calendrier/{token}.ics"
    return _page(request, browser, wish=wish, address=address, feed=True, feed_address=feed_address)


def _page(
    request: Request,
    browser: LoggedIn,
    *,
    wish: MailWish,
    address: str | None,
    feed: bool,
    feed_address: str | None = None,
) -> Response:
    return page(
        request,
        "reminders.html",
        viewer=browser.viewer,
        csrf=browser.csrf_token,
        wishes=WISHES,
        wish=wish,
        address=address,
        feed=feed,
        feed_address=feed_address,
    )
