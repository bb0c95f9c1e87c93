"""The outbox: mails are made in the reader's language at the moment they leave."""

from flask import render_template

from app.htmx import render_block
from app.i18n import speaking
from app.integrations import mail
from app.integrations.mail import MailServer
from app.models import ServiceName
from app.operations import jobs
from app.operations.jobs import Taken
from app.queries import settings
from app.rules import server


def send_next() -> bool:
    """Send the next mail that is due. Without a mail server, or while the service is stopped, mails wait."""
    target = settings.mail_server() if ServiceName.MAIL in server.state().running else None
    taken = jobs.take_mail() if target is not None else None
    if taken is None:
        return False
    try:
        _send(target, taken)
    except Exception as error:
        jobs.try_again(taken, error)
        raise
    jobs.finish(taken)
    return True


def made(template: str, language: str, arguments: dict) -> tuple[str, str, str]:
    """A mail's subject, text and HTML."""
    with speaking(language):
        known = {**arguments, "public_url": settings.public_url(), "language": language}
        subject = render_block(f"mails/{template}.txt", "subject", **known)
        text = render_template(f"mails/{template}.txt", **known)
        html = render_template(f"mails/{template}.html", **known)
    return " ".join(subject.split()), text, html


def _send(target: MailServer, taken: Taken) -> None:
    subject, text, html = made(taken.name, taken.language, taken.arguments)
    host = target.sender.rpartition("@")[2]
    mail.send(target, taken.recipient, subject, text, html, message_id=f"<mail-{taken.id}@{host}>")
