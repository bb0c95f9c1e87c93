"""Queues of the worker: outgoing mails and jobs."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, false
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Dated, Keyed
from app.models.types import BigInt, Choice, UtcDateTime, exact, label, long_text


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


class TaskState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """The result for one row."""

    CHANGED = "changed"
    SKIPPED = "skipped"
    FAILED = "failed"


class Task(Keyed, Dated, Base):
    """A task of a kind, such as "accounts.disable", with its arguments as JSON. place: the last row that was processed.

    Owner and subject are stored as ids and names without foreign keys: the task outlives them. subject: a name, such
    as a domain's or a file's. file_name: of the resulting file.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_owner_id", "owner_id", "id"),
        Index("ix_tasks_finished_at", "finished_at"),
    )

    kind: Mapped[str] = mapped_column(exact(64))
    subject: Mapped[str | None] = mapped_column(label(320))
    owner_id: Mapped[int | None] = mapped_column(BigInt)
    owner_name: Mapped[str | None] = mapped_column(label(320))
    domain_id: Mapped[int | None] = mapped_column(BigInt)
    arguments: Mapped[str] = mapped_column(long_text())
    state: Mapped[TaskState] = mapped_column(Choice(TaskState), default=TaskState.WAITING)
    is_cancelling: Mapped[bool] = mapped_column(default=False, server_default=false())
    place: Mapped[int] = mapped_column(BigInt, default=0)
    total_count: Mapped[int] = mapped_column(Integer, default=0)
    done_count: Mapped[int] = mapped_column(Integer, default=0)
    changed_count: Mapped[int] = mapped_column(Integer, default=0)
    skipped_count: Mapped[int] = mapped_column(Integer, default=0)
    failed_count: Mapped[int] = mapped_column(Integer, default=0)
    last_error: Mapped[str | None] = mapped_column(long_text())
    file_name: Mapped[str | None] = mapped_column(label(200))
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_over(self) -> bool:
        """Return whether the task has ended."""
        return self.state not in (TaskState.WAITING, TaskState.RUNNING)


class TaskLine(Keyed, Base):
    """A row that a task did not change, and the reason. line: in the imported file, 0 without a file."""

    __tablename__ = "task_lines"
    __table_args__ = (Index("ix_task_lines_task_id", "task_id", "id"),)

    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    line: Mapped[int] = mapped_column(Integer, default=0)
    name: Mapped[str | None] = mapped_column(label(320))
    outcome: Mapped[Outcome] = mapped_column(Choice(Outcome))
    sentence: Mapped[str] = mapped_column(long_text())
