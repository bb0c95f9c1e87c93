"""Deletion of expired and finished rows."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from app.extensions import db
from app.models import (
    AccessChange,
    Job,
    Message,
    OutgoingMail,
    Room,
    Session,
    SignInFailure,
    Task,
    TaskLine,
    WorkState,
    now,
)
from app.operations.locks import execute_update
from app.operations.sessions import FAILURES_KEPT, end_session
from app.transaction import operation

SWEEP_BATCH = 500
SESSIONS_KEPT = timedelta(days=30)
DONE_WORK_KEPT = timedelta(days=30)
FAILED_WORK_KEPT = timedelta(days=90)
ACCESS_CHANGES_KEPT = timedelta(days=1)

# So many access changes stay however old: a process that was away for long reads from where it stopped.
ACCESS_CHANGES_MIN = 1000


@operation(audited=False)
def end_expired_sessions() -> int:
    """End expired sessions, open sockets included, and delete those that ended long ago. Return the number ended."""
    expired = (
        select(Session).where(Session.revoked_at.is_(None), Session.expires_at < now()).limit(SWEEP_BATCH)
    )
    sessions = db.session.scalars(expired.with_for_update(skip_locked=True)).all()
    for session in sessions:
        end_session(session)
    db.session.flush()
    execute_update(delete(Session).where(Session.revoked_at < now() - SESSIONS_KEPT))
    return len(sessions)


@operation(audited=False)
def delete_old_sign_in_failures() -> int:
    """Delete counters of sign-in attempts after a day. Return their number."""
    return execute_update(delete(SignInFailure).where(SignInFailure.last_at < now() - FAILURES_KEPT))


@operation(audited=False)
def delete_old_access_changes() -> int:
    """Delete old access changes except the newest thousand. Return their number."""
    newest = db.session.scalar(select(func.max(AccessChange.epoch))) or 0
    is_old = AccessChange.created_at < now() - ACCESS_CHANGES_KEPT
    return execute_update(
        delete(AccessChange).where(is_old, AccessChange.epoch <= newest - ACCESS_CHANGES_MIN)
    )


@operation(audited=False)
def delete_finished_work() -> int:
    """Delete mails and jobs that were done a month ago, or given up three months ago. Return their number."""
    return sum(execute_update(delete(model).where(_is_long_finished(model))) for model in (OutgoingMail, Job))


@operation(audited=False)
def delete_finished_tasks() -> int:
    """Delete tasks that ended a month ago, with the results of their rows. Return their number."""
    finished = select(Task.id).where(Task.finished_at < now() - DONE_WORK_KEPT).order_by(Task.id)
    ids = list(db.session.scalars(finished.limit(SWEEP_BATCH)))
    execute_update(delete(TaskLine).where(TaskLine.task_id.in_(ids)))
    return execute_update(delete(Task).where(Task.id.in_(ids)))


def _is_long_finished(model: type[OutgoingMail | Job]) -> ColumnElement[bool]:
    given_up = (WorkState.FAILED, WorkState.CANCELLED)
    return or_(
        (model.state == WorkState.DONE) & (model.finished_at < now() - DONE_WORK_KEPT),
        model.state.in_(given_up) & (model.finished_at < now() - FAILED_WORK_KEPT),
    )


@operation(audited=False)
def age_messages(moments: dict[int, datetime]) -> None:
    """Say of messages, by their ids, that they were posted at these moments."""
    db.session.execute(
        update(Message), [{"id": key, "created_at": moment} for key, moment in moments.items()]
    )
    rooms = select(Message.room_id).where(Message.id.in_(moments)).distinct()
    latest = select(func.max(Message.created_at)).where(Message.room_id == Room.id).scalar_subquery()
    statement = update(Room).where(Room.id.in_(db.session.scalars(rooms).all())).values(last_posted_at=latest)
    db.session.execute(statement, execution_options={"synchronize_session": False})
