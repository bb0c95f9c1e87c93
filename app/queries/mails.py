"""How outgoing mails fare."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.extensions import db
from app.models import MailFailure, OutgoingMail, WorkState


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
