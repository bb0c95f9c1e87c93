"""The outbox: mails are made in the reader's language at the moment they leave."""

import time

from app.errors import NotFound
from app.integrations import mail
from app.integrations.mail import MailServer, SendFailure
from app.mail_rendering import render_mail
from app.models import MailFailure, ServiceName
from app.operations import jobs
from app.operations.jobs import Taken
from app.queries import settings
from app.rules import bounces, server

SERVER_PAUSE = 30.0
"""Seconds in which nothing is sent after the server itself failed: other mails would only wait for it in turn."""

SERVER_FAILURES = (
    MailFailure.UNREACHABLE,
    MailFailure.TIMEOUT,
    MailFailure.CERTIFICATE,
    MailFailure.ENCRYPTION,
    MailFailure.TURNED_AWAY,
    MailFailure.AUTHENTICATION,
)

_resting: dict[MailServer, float] = {}


def send_next() -> bool:
    """Send the next mail that is due. Without a mail server, or while the service is stopped, mails wait."""
    target = settings.mail_server() if ServiceName.MAIL in server.state().running else None
    if target is None or _resting.get(target, 0) > time.monotonic():
        return False
    taken = jobs.take_mail()
    if taken is None:
        return False
    try:
        _send(target, taken)
    except NotFound:
        jobs.drop_mail(taken)
    except Exception as error:
        _note_failure(target, taken, mail.failure_of(error))
        raise
    else:
        jobs.finish(taken)
    return True


def _send(target: MailServer, taken: Taken) -> None:
    subject, text, html = render_mail(taken.name, taken.language, taken.arguments)
    host = target.sender.rpartition("@")[2]
    message_id, return_path = f"<mail-{taken.id}@{host}>", bounces.return_path(taken.id)
    mail.send(target, taken.recipient, subject, text, html, message_id, return_path)


def _note_failure(target: MailServer, taken: Taken, failure: SendFailure) -> None:
    """What the server says about this very mail for good is not asked again; all else is."""
    kind = MailFailure(failure.kind)
    jobs.put_mail_back(taken, kind, failure.answer, is_permanent=failure.is_permanent)
    _resting.clear()
    if kind in SERVER_FAILURES:
        _resting[target] = time.monotonic() + SERVER_PAUSE
