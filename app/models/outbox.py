"""Work for later: mails to send and jobs to do, as rows that a worker process takes."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Dated, Keyed
from app.models.types import Choice, UtcDateTime, exact, long_text


class WorkState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Work:
    """A row that one worker at a time holds on a lease, tries, and tries again later."""

    state: Mapped[WorkState] = mapped_column(Choice(WorkState), default=WorkState.WAITING)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(long_text())


class OutgoingMail(Keyed, Dated, Work, Base):
    """A mail to make and send: its template and the ids it speaks of, as JSON; the text is made when it leaves."""

    __tablename__ = "outgoing_mails"
    __table_args__ = (Index("ix_outgoing_mails_state_due_at", "state", "due_at", "id"),)

    recipient: Mapped[str] = mapped_column(exact(320))
    template: Mapped[str] = mapped_column(exact(64))
    language: Mapped[str] = mapped_column(exact(8))
    arguments: Mapped[str] = mapped_column(long_text())


class Job(Keyed, Dated, Work, Base):
    """Something to do in the worker process; its arguments are JSON."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_state_due_at", "state", "due_at", "id"),)

    kind: Mapped[str] = mapped_column(exact(64))
    arguments: Mapped[str] = mapped_column(long_text())
