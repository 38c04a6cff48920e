"""A person's calendar as an iCalendar file (RFC 5545), which their own program reads again."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.http.dependencies import Here, Reading
from api.http.needs import Anybody
from api.mail.calendar_file import made_calendar
from api.usecases.calendar_feed import whose_feed
from api.usecases.guide import tasks_of
from api.web.language import SOURCE, tongue
from inventory import clock
from inventory.errors import NotFound
from inventory.sentences import Sentence

router = APIRouter(
    include_in_schema=False,
    dependencies=[Anybody("a calendar program cannot log in: the address holds a secret")],
)

_EVENTS_AT_MOST = 1000


@router.get("/calendrier/{token}.ics")
def calendar(here: Here, session: Reading, token: Annotated[str, Path(max_length=100)]) -> Response:
    """Return what falls to a person and has a day, in their language."""
    viewer = whose_feed(session, token)
    if viewer is None:
        raise NotFound(
            Sentence("Ce calendrier n’existe pas"), todo=Sentence("faites une nouvelle adresse")
        )
    dated = [each for each in tasks_of(session, viewer) if each.task.due or each.task.at]
    made = made_calendar(
        dated[:_EVENTS_AT_MOST],
        tongue(viewer.locale or SOURCE),
        public_url=here.settings.public_url,
        now=clock.now(),
    )
    return Response(made, media_type="text/calendar; charset=utf-8")
