"""A person's calendar as an iCalendar file (RFC 5545), which their own program reads again."""

import hashlib
from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Response

from api.http.dependencies import Here, Reading
from api.http.needs import Anybody
from api.usecases.calendar_feed import whose_feed
from api.usecases.guide import SiteTask, tasks_of
from api.web.language import SOURCE, Tongue, tongue
from inventory import clock
from inventory.errors import NotFound

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
        raise NotFound("there is no such calendar", todo="make a new address")
    dated = [each for each in tasks_of(session, viewer) if each.task.due or each.task.at]
    made = made_calendar(
        dated[:_EVENTS_AT_MOST],
        tongue(viewer.locale or SOURCE),
        public_url=here.settings.public_url,
        now=clock.now(),
    )
    return Response(made, media_type="text/calendar; charset=utf-8")


def made_calendar(
    found: list[SiteTask], speech: Tongue, *, public_url: str | None, now: datetime
) -> bytes:
    """Return the file: one event a whole day long for each task. Its UID stays while it stands."""
    from icalendar import Calendar, Event  # noqa: PLC0415 - only who has a calendar waits for it

    calendar = Calendar()
    calendar.add("prodid", "-//Préau//preau//FR")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Préau")
    for each in found:
        day = each.task.due or each.task.at
        assert isinstance(day, date)
        event = Event()
        key = f"{each.site_id}/{each.task.kind}"
        event.add("uid", f"{hashlib.sha256(key.encode()).hexdigest()[:32]}@preau")
        event.add("dtstamp", now)
        event.add("dtstart", day)
        event.add("dtend", day + timedelta(days=1))  # RFC 5545, 3.6.1: the day after, not in it
        event.add("summary", f"{each.site}\u00a0: {speech.say(each.task.text)}")
        event.add("transp", "TRANSPARENT")
        if public_url:
            event.add("url", f"{public_url}/sites/{each.site_id}/guide")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
