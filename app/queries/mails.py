"""State of outgoing mails."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.errors import NotFound
from app.extensions import db
from app.models import MailFailure, OutgoingMail, WorkState, now
from app.queries.directory.listing import Listing, ListQuery
from app.queries.paging import Page, keyset
from app.rules import addresses


@dataclass(frozen=True)
class MailState:
    """State of a mail. due_at: the next attempt while it waits; finished_at: when it left or was given up."""

    id: int
    state: WorkState
    attempts: int
    due_at: datetime
    finished_at: datetime | None
    failure: MailFailure | None
    last_error: str | None


def state_of(kind: str, about_id: int) -> MailState | None:
    """Return the state of the latest mail about an object ("invitation", its id).

    None if there was none lately.
    """
    return states_of(kind, [about_id]).get(about_id)


def states_of(kind: str, about_ids: Iterable[int]) -> dict[int, MailState]:
    """Return the states of the latest mails about several objects, by id. One statement."""
    latest = (
        select(func.max(OutgoingMail.id))
        .where(OutgoingMail.about_kind == kind, OutgoingMail.about_id.in_(list(about_ids)))
        .group_by(OutgoingMail.about_id)
    )
    mails = db.session.scalars(select(OutgoingMail).where(OutgoingMail.id.in_(latest)))
    return {mail.about_id: _state(mail) for mail in mails}


def _state(mail: OutgoingMail) -> MailState:
    return MailState(
        mail.id, mail.state, mail.attempts, mail.due_at, mail.finished_at, mail.failure, mail.last_error
    )


@dataclass(frozen=True)
class Row:
    """A mail as the outbox lists it. language: of its text; is_leaving: whether a worker holds it now."""

    id: int
    recipient: str
    template: str
    language: str
    created_at: datetime
    fares: MailState
    is_leaving: bool


def outbox(query: ListQuery) -> Listing:
    """Return the outbox, the latest mail first. Two statements.

    It can be limited to a state, a template, or a recipient's address or its beginning.
    """
    statement = select(OutgoingMail)
    for name, value in query.filters:
        statement = statement.where(getattr(OutgoingMail, name) == value)
    if query.search:
        beginning = addresses.normalise(query.search)
        statement = statement.where(OutgoingMail.recipient.startswith(beginning, autoescape=True))
    page = keyset(statement, (OutgoingMail.id,), cursor=query.cursor, descending=True)
    total = db.session.scalar(statement.with_only_columns(func.count(OutgoingMail.id)))
    return Listing(Page([_row(row[0]) for row in page.rows], page.previous, page.next), total)


def mail_counts() -> dict[WorkState, int]:
    """Count the mails in each state. One statement."""
    statement = select(OutgoingMail.state, func.count()).group_by(OutgoingMail.state)
    return dict(db.session.execute(statement).all())


def mail(mail_id: int) -> Row:
    """Return one mail of the outbox. Error: NotFound."""
    outgoing = db.session.get(OutgoingMail, mail_id)
    if outgoing is None:
        raise NotFound()
    return _row(outgoing)


def arguments_of(mail_id: int) -> dict:
    """Return the arguments that a mail's text is made from."""
    return json.loads(db.session.get(OutgoingMail, mail_id).arguments)


def _row(mail: OutgoingMail) -> Row:
    is_leaving = (
        mail.leased_until is not None and mail.leased_until > now() and mail.state is WorkState.WAITING
    )
    return Row(
        mail.id, mail.recipient, mail.template, mail.language, mail.created_at, _state(mail), is_leaving
    )
