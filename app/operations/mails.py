"""Mails that shall leave: rows of the outbox, written in the transaction that asks for them."""

import json

from flask_babel import gettext as _

from app.errors import Invalid
from app.extensions import db
from app.i18n import language_of
from app.models import Account, OutgoingMail, now
from app.operations import audit
from app.queries import settings
from app.rules import scope
from app.transaction import operation

About = tuple[str, int]
"""What a mail is sent for, as kind and id: ("invitation", 7). queries.mails tells by it how the mail fares."""


def queue(account: Account, template: str, *, about: About | None = None, **arguments) -> OutgoingMail:
    """Have a mail sent to an account, in its language. arguments: ids and plain values;
    the text is made on leaving."""
    return queue_to(account.address, template, language_of(account), about=about, **arguments)


def queue_to(
    recipient: str, template: str, language: str, *, about: About | None = None, **arguments
) -> OutgoingMail:
    """Have a mail sent to any address. Only inside of an operation: it leaves when that is committed."""
    about_kind, about_id = about or (None, None)
    mail = OutgoingMail(
        recipient=recipient,
        template=template,
        language=language,
        arguments=json.dumps(arguments),
        about_kind=about_kind,
        about_id=about_id,
        due_at=now(),
    )
    db.session.add(mail)
    return mail


@operation
def send_test_mail(actor, address: str, language: str) -> None:
    """Have a mail sent that only says that mails arrive. Server and web administrators only."""
    scope.require_server_wide(actor)
    if settings.mail_server() is None:
        raise Invalid(_("No mail server is set."), code="no_mail_server")
    queue_to(address, "test", language)
    audit.record(actor, "mail.test", kind="mail", name=address[:320])
