"""The reminders of what falls due, and the weekly digest: written once a day, each in its language.

A mail is queued in the database and leaves later (`api.mail.sending`), so that a mail server that
is down loses nothing and nobody is told twice.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlmodel import Session, col, select

from api.usecases.access import viewer_of
from api.usecases.brussels import today
from api.usecases.guide import SiteTask, tasks_of
from api.web.language import SOURCE, Tongue, tongue
from inventory import clock
from inventory.database import Database
from inventory.models import MailPreference, MailWish, OutgoingMail, User
from inventory.programme.guide import Task
from inventory.sentences import N_, Sentence
from inventory.settings import Settings

REMINDED_DAYS_BEFORE = (14, 7, 3, 1, 0)
SCHOOLS_AT_MOST = 30
_MONDAY = 0
_BATCH = 200


@dataclass(frozen=True, slots=True)
class Written:
    """One mail, ready to be queued."""

    user_id: int
    to_address: str
    subject: str
    body: str


def write_reminders(database: Database, settings: Settings, *, actor: str) -> dict[str, int]:
    """Queue today's mail for every person who wants some; return how many were queued.

    Run again on the same day it queues nothing twice: a message's key holds the person and the day.
    """
    day, queued = today(), 0
    for ids in _people(database):
        with database.read() as session:
            written = [mail for user_id in ids if (mail := _mail(session, settings, user_id, day))]
        with database.write(actor) as session:
            queued += sum(
                _queue(session, mail, f"reminder:{mail.user_id}:{day}") for mail in written
            )
    return {"queued": queued}


def is_due(task: Task, day: date) -> bool:
    """Return whether a task is reminded of on `day`: some days before, and late, on Mondays."""
    moment = task.due or task.at
    if moment is None:
        return False
    if (moment - day).days in REMINDED_DAYS_BEFORE:
        return True
    return task.late_days(day) > 0 and day.weekday() == _MONDAY


def compose(
    user: User, found: Sequence[SiteTask], day: date, public_url: str | None, speech: Tongue
) -> Written:
    """Return the mail that tells `user` of tasks, which come site by site."""
    assert user.id is not None
    by_site = [list(each) for _, each in groupby(found, key=lambda one: one.site_id)]
    subject = speech.say(
        Sentence.counted(
            "Préau\u00a0: une chose à faire pour le WiFi de vos écoles",
            "Préau\u00a0: %(num)s choses à faire pour le WiFi de vos écoles",
            len(found),
        )
    )
    lines = [speech.say(Sentence(N_("Bonjour %(name)s,"), name=user.display_name)), ""]
    for tasks in by_site[:SCHOOLS_AT_MOST]:
        lines.append(tasks[0].site)
        lines += [f"  - {_said(each.task, day, speech)}" for each in tasks]
        if public_url:
            lines.append(f"    {public_url}/sites/{tasks[0].site_id}/guide")
        lines.append("")
    more = len(by_site) - SCHOOLS_AT_MOST
    if more > 0:
        text = Sentence.counted("… et une autre école.", "… et %(num)s autres écoles.", more)
        lines += [speech.say(text), ""]
    lines.append(
        speech.say(N_("Vous recevez ce message parce que vous suivez ces écoles dans Préau."))
    )
    if public_url:
        lines.append(
            speech.say(
                Sentence(N_("Choisir vos rappels\u00a0: %(url)s"), url=f"{public_url}/rappels")
            )
        )
    return Written(user.id, user.email or "", subject, "\n".join(lines) + "\n")


def _said(task: Task, day: date, speech: Tongue) -> str:
    text = speech.say(task.text)
    late = task.late_days(day)
    if late:
        when = Sentence.counted("en retard d’un jour", "en retard de %(num)s jours", late)
    elif task.due:
        when = Sentence(N_("pour le %(day)s"), day=task.due)
    elif task.at:
        when = Sentence(N_("le %(day)s"), day=task.at)
    else:
        return text
    return f"{text} ({speech.say(when)})"


def _mail(session: Session, settings: Settings, user_id: int, day: date) -> Written | None:
    user = session.get(User, user_id)
    if user is None or not user.email:
        return None
    preference = session.get(MailPreference, user_id)
    wish = preference.wish if preference else MailWish.DEADLINES
    weekly = wish is MailWish.WEEKLY and day.weekday() == _MONDAY
    if wish is MailWish.NONE or (wish is MailWish.WEEKLY and not weekly):
        return None
    everything = tasks_of(session, viewer_of(session, user))
    found = [each for each in everything if weekly or is_due(each.task, day)]
    if not found:
        return None
    return compose(user, found, day, settings.public_url, tongue(user.locale or SOURCE))


def _people(database: Database) -> Iterator[list[int]]:
    """Yield the ids of those who can be written to, some at a time."""
    last = 0
    while True:
        with database.read() as session:
            query = (
                select(User.id)
                .where(col(User.active), col(User.email).is_not(None), col(User.id) > last)
                .order_by(col(User.id))
                .limit(_BATCH)
            )
            ids = [each for each in session.exec(query) if each is not None]
        if not ids:
            return
        yield ids
        last = ids[-1]


def _queue(session: Session, mail: Written, key: str) -> bool:
    if session.exec(select(OutgoingMail.id).where(OutgoingMail.key == key)).first() is not None:
        return False
    now = clock.now()
    session.add(
        OutgoingMail(
            key=key,
            user_id=mail.user_id,
            to_address=mail.to_address,
            subject=mail.subject,
            body=mail.body,
            created_at=now,
            not_before=now,
        )
    )
    return True
