"""Queued mail leaves by SMTP (RFC 5321): tried again while the server says "later", for three days.

No database session is open while the server is spoken to. A message keeps its Message-ID, so that
one sent twice, because we were killed before we noted it, is known as one.
"""

import hashlib
import smtplib
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import structlog
from sqlmodel import Session, col, func, select

from inventory import clock
from inventory.database import Database
from inventory.errors import Misconfigured, PreauError
from inventory.models import OutgoingMail
from inventory.secrets import Vault, open_secret
from inventory.settings import Settings

log = structlog.get_logger()

TRIED_FOR = timedelta(days=3)
FIRST_PAUSE = timedelta(minutes=5)
LONGEST_PAUSE = timedelta(hours=6)
_BATCH = 50
_TIMEOUT_S = 30.0


class MailServerFailed(PreauError):
    """The mail server cannot be reached, or does not take us; the mail waits."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    id: int
    message: EmailMessage
    attempts: int


def send_waiting(
    database: Database, vault: Vault, settings: Settings, *, actor: str
) -> dict[str, int]:
    """Send the mail whose time has come; return how many were sent, put off and given up.

    Raises MailServerFailed, after which all that was not sent waits as before.
    """
    counts = {"sent": 0, "put_off": 0, "given_up": 0}
    while True:
        with database.read() as session:
            waiting = _next(session, settings)
        if not waiting:
            return counts
        with _server(database, vault, settings) as server:
            for each in waiting:
                outcome = _send(server, each.message)
                with database.write(actor) as session:
                    counts[_note(session, each.id, outcome)] += 1


def send_test(database: Database, vault: Vault, settings: Settings, to_address: str) -> None:
    """Send one message to see whether mail leaves at all; raises MailServerFailed."""
    message = _message(settings, to_address, "Préau", "Préau peut envoyer du courrier.\n", "test")
    with _server(database, vault, settings) as server:
        refused = _send(server, message)
    if refused is not None:
        raise MailServerFailed(f"the mail server refused the message: {refused[1]}")


def mail_status(session: Session) -> Mapping[str, int]:
    """Return how many messages wait, were sent, and were given up."""
    sent, gone = col(OutgoingMail.sent_at), col(OutgoingMail.given_up_at)
    row = session.exec(select(func.count(), func.count(sent), func.count(gone))).one()
    total, were_sent, given_up = row
    return {"waiting": total - were_sent - given_up, "sent": were_sent, "given_up": given_up}


def _next(session: Session, settings: Settings) -> list[_Waiting]:
    rows = session.exec(
        select(OutgoingMail)
        .where(col(OutgoingMail.sent_at).is_(None), col(OutgoingMail.given_up_at).is_(None))
        .where(col(OutgoingMail.not_before) <= clock.now())
        .order_by(col(OutgoingMail.not_before), col(OutgoingMail.id))
        .limit(_BATCH)
    )
    return [
        _Waiting(
            row.id or 0,
            _message(settings, row.to_address, row.subject, row.body, row.key),
            row.attempts,
        )
        for row in rows
    ]


def _message(
    settings: Settings, to_address: str, subject: str, body: str, key: str
) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.mail_from
    message["To"] = to_address
    message["Subject"] = " ".join(subject.split())
    message["Date"] = format_datetime(clock.now())
    domain = settings.mail_from.rpartition("@")[2].rstrip(">") or "localhost"
    message["Message-ID"] = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834, 5: no holiday notice answers it
    if settings.public_url:
        message["List-Unsubscribe"] = f"<{settings.public_url}/rappels>"
    message.set_content(body)
    return message


@contextmanager
def _server(database: Database, vault: Vault, settings: Settings) -> Iterator[smtplib.SMTP]:
    if settings.smtp_host is None:
        raise Misconfigured("no mail server is set", todo="set smtp_host and mail_from")
    password = None
    if settings.smtp_password_secret:
        with database.read() as session:
            password = open_secret(session, vault, settings.smtp_password_secret)
    where = f"{settings.smtp_host}:{settings.smtp_port}"
    try:
        with _connected(settings) as server:
            if settings.smtp_user and password is not None:
                server.login(settings.smtp_user, password)
            yield server
    except (smtplib.SMTPException, OSError) as error:
        # The server's own words may repeat what we said to it: its code alone is told.
        code = getattr(error, "smtp_code", None)
        raise MailServerFailed(
            f"the mail server does not take mail: {code or type(error).__name__}",
            where=where,
            todo="see the settings smtp_*; the mail waits",
        ) from None


def _connected(settings: Settings) -> smtplib.SMTP:
    host = settings.smtp_host or ""
    context = ssl.create_default_context()
    if settings.smtp_security == "tls":
        return smtplib.SMTP_SSL(host, settings.smtp_port, timeout=_TIMEOUT_S, context=context)
    server = smtplib.SMTP(host, settings.smtp_port, timeout=_TIMEOUT_S)
    if settings.smtp_security == "starttls":
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server


def _send(server: smtplib.SMTP, message: EmailMessage) -> tuple[int, str] | None:
    """Return None when the server took the message, else its code and what it refused."""
    try:
        server.send_message(message)
    except smtplib.SMTPRecipientsRefused as refused:
        code = max(code for code, _ in refused.recipients.values())
        return code, f"the address was refused ({code})"
    except smtplib.SMTPResponseException as refused:
        return refused.smtp_code, f"the message was refused ({refused.smtp_code})"
    return None


def _note(session: Session, mail_id: int, refused: tuple[int, str] | None) -> str:
    row = session.get_one(OutgoingMail, mail_id)
    now = clock.now()
    row.attempts += 1
    if refused is None:
        row.sent_at, row.error = now, None
        return "sent"
    code, row.error = refused
    # RFC 5321, 4.2.1: 5yz is final, 4yz asks for another try.
    if code >= 500 or now - row.created_at > TRIED_FOR:
        row.given_up_at = now
        log.warning("mail_given_up", mail=mail_id, code=code)
        return "given_up"
    row.not_before = now + min(FIRST_PAUSE * 2 ** (row.attempts - 1), LONGEST_PAUSE)
    return "put_off"
