"""Sending of queued mails. Each is rendered in the reader's language at the moment it leaves."""

import time

from app.errors import NotFound
from app.integrations import mail
from app.integrations.mail import MailServer, SendFailure
from app.mail_rendering import render_mail
from app.models import MailFailure, ServiceName
from app.operations import jobs
from app.operations.jobs import LeasedWork
from app.rules import mail as mail_rules
from app.rules import services
from app.rules.server import settings

# Seconds without sending after the mail server itself failed: other mails would each wait for its timeout.
SERVER_PAUSE = 30.0

# Failures of the server, as opposed to failures of one mail.
SERVER_FAILURES = (
    MailFailure.UNREACHABLE,
    MailFailure.TIMEOUT,
    MailFailure.CERTIFICATE,
    MailFailure.ENCRYPTION,
    MailFailure.TURNED_AWAY,
    MailFailure.AUTHENTICATION,
)

# Moment until which nothing is sent to a server that failed, in time.monotonic().
_paused_until: dict[MailServer, float] = {}


def send_next() -> bool:
    """Send the next due mail. Return False without one, without a mail server, and while the service is stopped."""
    mail_server = settings.mail_server() if ServiceName.MAIL in services.state().running else None
    if mail_server is None or _paused_until.get(mail_server, 0) > time.monotonic():
        return False
    taken = jobs.take_mail()
    if taken is None:
        return False
    try:
        _send(mail_server, taken)
    except NotFound:
        jobs.drop_mail(taken)
    except Exception as error:
        _record_failure(mail_server, taken, mail.failure_of(error))
        raise
    else:
        jobs.finish(taken)
    return True


def _send(mail_server: MailServer, taken: LeasedWork) -> None:
    if taken.language is None or taken.recipient is None:
        raise TypeError("a job is no mail")
    subject, text, html = render_mail(taken.name, taken.language, taken.arguments)
    host = mail_server.sender.rpartition("@")[2]
    message_id, return_path = f"<mail-{taken.id}@{host}>", mail_rules.return_path(taken.id)
    mail.send(mail_server, taken.recipient, subject, text, html, message_id, return_path)


def _record_failure(mail_server: MailServer, taken: LeasedWork, failure: SendFailure) -> None:
    """Queue the mail again, unless the server refused it for good; pause if the server itself failed."""
    kind = MailFailure(failure.kind)
    jobs.put_mail_back(taken, kind, failure.answer, is_permanent=failure.is_permanent)
    _paused_until.clear()
    if kind in SERVER_FAILURES:
        _paused_until[mail_server] = time.monotonic() + SERVER_PAUSE
