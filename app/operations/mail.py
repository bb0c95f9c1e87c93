"""Mails that shall leave: rows of the outbox, written in the transaction that asks for them."""

import json
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.errors import Conflict, Invalid, NotFound
from app.extensions import db
from app.i18n import language_of
from app.integrations.mail import MailServer
from app.models import Account, MailFailure, OutgoingMail, WorkState, now
from app.operations import audit
from app.operations.locks import execute_update
from app.rules.rights import scope
from app.rules.server import settings
from app.transaction import operation

# What a mail is sent for, as kind and id: ("invitation", 7). queries.mails tells by it how the mail fares.
About = tuple[str, int]


def queue(account: Account, template: str, *, about: About | None = None, **arguments: Any) -> OutgoingMail:
    """Queue a mail to an account, in its language. arguments: ids and plain values; the text is made when it leaves."""
    return queue_to(account.address, template, language_of(account), about=about, **arguments)


def queue_to(
    recipient: str, template: str, language: str, *, about: About | None = None, **arguments: Any
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
def send_test_mail(actor: Account, address: str, language: str) -> None:
    """Have a mail sent that only says that mails arrive. Server administrators only."""
    scope.require_server_administrator(actor)
    if settings.mail_server() is None:
        raise Invalid(_("No mail server is set."), code="no_mail_server")
    queue_to(address, "test", language)
    audit.record(actor, "mail.test", kind="mail", name=address[:320])


@operation
def note_trial(actor: Account, server: MailServer, address: str, outcome: str) -> None:
    """Record that a mail server was tried: which one, for whom; outcome: "ok", or what failed."""
    scope.require_server_administrator(actor)
    audit.record(
        actor, "mail.test", kind="mail", name=address[:320], after={"host": server.host, "outcome": outcome}
    )


@operation
def resend_mail(actor: Account, mail_id: int) -> OutgoingMail:
    """Have a mail leave now. One that waits is not kept waiting; one that left is sent once more, as a new mail."""
    mail = _locked(actor, mail_id)
    if mail.state is WorkState.DONE:
        mail = _copy_of(mail)
        db.session.flush()
    else:
        _due_now(mail)
    _record(actor, "mail.resend", mail)
    return mail


@operation
def cancel_mail(actor: Account, mail_id: int) -> OutgoingMail:
    """Have a mail that waits never leave. Error: Conflict when it is leaving at this moment, or has left."""
    mail = _locked(actor, mail_id)
    if mail.state is not WorkState.WAITING or _is_leaving(mail):
        raise Conflict(_("This mail has left, or is leaving at this moment."), code="mail_left")
    mail.state, mail.finished_at = WorkState.CANCELLED, now()
    _record(actor, "mail.cancel", mail)
    return mail


@operation
def resend_failed_mails(actor: Account) -> int:
    """Have every mail that was given up tried again. Gives how many."""
    scope.require_server_administrator(actor)
    failed = update(OutgoingMail).where(OutgoingMail.state == WorkState.FAILED)
    values = {
        "state": WorkState.WAITING,
        "attempts": 0,
        "due_at": now(),
        "finished_at": None,
        "failure": None,
    }
    count = execute_update(failed.values(values))
    audit.record(actor, "mail.resend_failed", kind="mail", after={"count": count})
    return count


@operation(audited=False)
def note_bounce(mail_id: int, failure: MailFailure, answer: str) -> None:
    """Record that a mail came back undelivered and is not tried again. Error: NotFound.

    answer: the other server's words. A mail that is waiting again meanwhile stays as it is.
    """
    mail = db.session.get(OutgoingMail, mail_id, with_for_update=True)
    if mail is None:
        raise NotFound()
    if mail.state is WorkState.DONE:
        mail.state, mail.failure, mail.last_error = WorkState.FAILED, failure, answer


def _locked(actor: Account, mail_id: int) -> OutgoingMail:
    scope.require_server_administrator(actor)
    statement = select(OutgoingMail).where(OutgoingMail.id == mail_id).with_for_update()
    mail = db.session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()
    if mail is None:
        raise NotFound()
    return mail


def _is_leaving(mail: OutgoingMail) -> bool:
    return mail.leased_until is not None and mail.leased_until > now()


def _due_now(mail: OutgoingMail) -> None:
    if mail.state is not WorkState.WAITING:
        mail.state, mail.attempts, mail.finished_at, mail.failure = WorkState.WAITING, 0, None, None
    if not _is_leaving(mail):
        mail.due_at = now()


def _copy_of(mail: OutgoingMail) -> OutgoingMail:
    copied = ("recipient", "template", "language", "arguments", "about_kind", "about_id")
    copy = OutgoingMail(**{name: getattr(mail, name) for name in copied}, due_at=now())
    db.session.add(copy)
    return copy


def _record(actor: Account, act: str, mail: OutgoingMail) -> None:
    audit.record(actor, act, kind="mail", id=mail.id, name=mail.recipient, after={"template": mail.template})
