"""What falls to a person as an iCalendar file (RFC 5545)."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from api.usecases.guide import SiteTask
from api.web.language import Tongue


def made_calendar(
    found: Sequence[SiteTask], speech: Tongue, *, public_url: str | None, now: datetime
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
