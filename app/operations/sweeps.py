"""Taking away what nobody needs any more."""

from datetime import timedelta

from sqlalchemy import delete, func, or_, select

from app.extensions import db
from app.models import (
    AccessChange,
    Job,
    OutgoingMail,
    Session,
    SignInFailure,
    Task,
    TaskLine,
    WorkState,
    now,
)
from app.operations.sessions import end_session
from app.operations.sign_in_limits import FAILURES_KEPT
from app.transaction import operation

SWEEP_BATCH = 500
SESSIONS_KEPT = timedelta(days=30)
ACCESS_CHANGES_KEPT = timedelta(days=1)
ACCESS_CHANGES_MIN = 1000
"""Access changes that stay however old: a process that was away for long reads from where it stopped."""

DONE_WORK_KEPT = timedelta(days=30)
FAILED_WORK_KEPT = timedelta(days=90)


@operation(audited=False)
def end_expired_sessions() -> int:
    """Sign out devices whose time is over, open sockets included; forget those that are long gone."""
    expired = (
        select(Session).where(Session.revoked_at.is_(None), Session.expires_at < now()).limit(SWEEP_BATCH)
    )
    sessions = db.session.scalars(expired.with_for_update(skip_locked=True)).all()
    for session in sessions:
        end_session(session)
    db.session.flush()
    _delete(Session, Session.revoked_at < now() - SESSIONS_KEPT)
    return len(sessions)


@operation(audited=False)
def delete_old_sign_in_failures() -> int:
    """Forget failed sign-ins of the day before."""
    return _delete(SignInFailure, SignInFailure.last_at < now() - FAILURES_KEPT)


@operation(audited=False)
def delete_old_access_changes() -> int:
    """Forget old access changes, but not the newest thousand."""
    newest = db.session.scalar(select(func.max(AccessChange.epoch))) or 0
    is_old = AccessChange.created_at < now() - ACCESS_CHANGES_KEPT
    return _delete(AccessChange, is_old, AccessChange.epoch <= newest - ACCESS_CHANGES_MIN)


@operation(audited=False)
def delete_finished_work() -> int:
    """Forget mails and jobs that were done a month ago, or given up three months ago."""
    return sum(_delete(model, _is_long_finished(model)) for model in (OutgoingMail, Job))


@operation(audited=False)
def delete_finished_tasks() -> int:
    """Forget tasks that were over a month ago, with what they said of their rows."""
    gone = (
        select(Task.id).where(Task.finished_at < now() - DONE_WORK_KEPT).order_by(Task.id).limit(SWEEP_BATCH)
    )
    ids = list(db.session.scalars(gone))
    _delete(TaskLine, TaskLine.task_id.in_(ids))
    return _delete(Task, Task.id.in_(ids))


def _is_long_finished(model):
    gone = (WorkState.FAILED, WorkState.CANCELLED)
    return or_(
        (model.state == WorkState.DONE) & (model.finished_at < now() - DONE_WORK_KEPT),
        model.state.in_(gone) & (model.finished_at < now() - FAILED_WORK_KEPT),
    )


def _delete(model, *conditions) -> int:
    statement = delete(model).where(*conditions)
    return db.session.execute(statement, execution_options={"synchronize_session": False}).rowcount
