"""Queues of the worker: outgoing mails and jobs."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Dated, Keyed
from app.models.types import BigInt, Choice, UtcDateTime, exact, long_text


class WorkState(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class MailFailure(StrEnum):
    """The reason for which a mail was not sent.

    The last three are the server's permanent answers to this mail. The others may pass, or concern the settings.
    """

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    BROKEN = "broken"
    CERTIFICATE = "certificate"
    ENCRYPTION = "encryption"
    TURNED_AWAY = "turned_away"
    AUTHENTICATION = "authentication"
    BUSY = "busy"
    UNMADE = "unmade"
    SENDER = "sender"
    RECIPIENT = "recipient"
    REFUSED = "refused"


class Work:
    """Mixin: a row that one worker at a time leases and tries, possibly several times."""

    state: Mapped[WorkState] = mapped_column(Choice(WorkState), default=WorkState.WAITING)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(long_text())


class OutgoingMail(Keyed, Dated, Work, Base):
    """A mail to render and send: its template and the ids it is about, as JSON. The text is rendered when it is sent.

    about_kind and about_id: the object on whose page its state is shown, such as ("invitation", 7). failure: of the
    last attempt.
    """

    __tablename__ = "outgoing_mails"
    __table_args__ = (
        Index("ix_outgoing_mails_state_due_at", "state", "due_at", "id"),
        Index("ix_outgoing_mails_about_kind_about_id", "about_kind", "about_id", "id"),
        Index("ix_outgoing_mails_state", "state", "id"),
        Index("ix_outgoing_mails_recipient", "recipient", "id"),
        Index("ix_outgoing_mails_template", "template", "id"),
    )

    recipient: Mapped[str] = mapped_column(exact(320))
    template: Mapped[str] = mapped_column(exact(64))
    language: Mapped[str] = mapped_column(exact(8))
    arguments: Mapped[str] = mapped_column(long_text())
    about_kind: Mapped[str | None] = mapped_column(exact(32))
    about_id: Mapped[int | None] = mapped_column(BigInt)
    failure: Mapped[MailFailure | None] = mapped_column(Choice(MailFailure))


class Job(Keyed, Dated, Work, Base):
    """A job of the worker process. Its arguments are JSON."""

    __tablename__ = "jobs"
    __table_args__ = (Index("ix_jobs_state_due_at", "state", "due_at", "id"),)

    kind: Mapped[str] = mapped_column(exact(64))
    arguments: Mapped[str] = mapped_column(long_text())
