"""Reminders written, mail sent."""

from typing import Any

from api.jobs.kinds import JobContext, job


@job("reminders", repeatable=True)
def run_reminders(here: JobContext, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Queue the mail of today: what falls due, and on Mondays what waits."""
    from api.mail.reminders import write_reminders  # noqa: PLC0415

    return {"reminders": write_reminders(here.database, here.settings, actor=here.actor)}


@job("mail", repeatable=True)
def run_mail(here: JobContext, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Send the mail whose time has come."""
    from api.mail.sending import send_waiting  # noqa: PLC0415

    sent = send_waiting(here.database, here.vault, here.settings, actor=here.actor)
    return {"mail": sent}
