"""How outgoing mails fare."""

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
    """Where a mail stands. due_at: the next attempt while it waits; finished_at: when it left or was given up."""

    id: int
    state: WorkState
    attempts: int
    due_at: datetime
    finished_at: datetime | None
    failure: MailFailure | None
    last_error: str | None


def state_of(kind: str, about_id: int) -> MailState | None:
    """How the latest mail about something fares ("invitation", its id); None: none was sent, or it is
    long gone."""
    return states_of(kind, [about_id]).get(about_id)


def states_of(kind: str, about_ids: Iterable[int]) -> dict[int, MailState]:
    """How the latest mails about several things fare, by their ids. One statement however many there are."""
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
    """The outbox, the latest mail first: all of it, or of one state or template, or for one recipient's address or its
    beginning. Two statements."""
    statement = select(OutgoingMail)
    for name, value in query.filters:
        statement = statement.where(getattr(OutgoingMail, name) == value)
    if query.search:
        beginning = addresses.normalise(query.search)
        statement = statement.where(OutgoingMail.recipient.startswith(beginning, autoescape=True))
    page = keyset(statement, (OutgoingMail.id,), cursor=query.cursor, descending=True)
    total = db.session.scalar(statement.with_only_columns(func.count(OutgoingMail.id)))
    return Listing(Page([_row(row[0]) for row in page.rows], page.previous, page.next), total)


def counts() -> dict[WorkState, int]:
    """How many mails are in each state. One statement."""
    statement = select(OutgoingMail.state, func.count()).group_by(OutgoingMail.state)
    return dict(db.session.execute(statement).all())


def mail(mail_id: int) -> Row:
    """One mail of the outbox. Error: NotFound."""
    found = db.session.get(OutgoingMail, mail_id)
    if found is None:
        raise NotFound()
    return _row(found)


def arguments_of(mail_id: int) -> dict:
    """What a mail's text is made from."""
    return json.loads(db.session.get(OutgoingMail, mail_id).arguments)


def _row(mail: OutgoingMail) -> Row:
    is_leaving = (
        mail.leased_until is not None and mail.leased_until > now() and mail.state is WorkState.WAITING
    )
    return Row(
        mail.id, mail.recipient, mail.template, mail.language, mail.created_at, _state(mail), is_leaving
    )
