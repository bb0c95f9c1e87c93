"""One operation, one transaction: opened by the outermost operation, joined by those it calls.

Deadlocks, lost connections and rows that somebody else has changed meanwhile run the whole outermost operation again, a
bounded number of times; this is why an operation is a decorated function and not a `with` block, whose body could not
be run twice.
"""

import time
from collections.abc import Callable
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps

from sqlalchemy import event, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.errors import Unavailable
from app.events import AccessChanged, dispatch
from app.extensions import db
from app.models import ACCESS, AccessChange, AccessScope, Counter, now

ATTEMPTS = 4
DEADLOCKS = {1205, 1213, 1020}
LOST = {2002, 2003, 2006, 2013, 2014, 2055, 1053, 1927, 0}
SAVEPOINT_GONE = 1305
PARENT_GONE = 1452
"""MariaDB's error numbers (mysqld_error.h, errmsg.h); PyMySQL says 0 for a connection it has closed itself.

A deadlock takes the savepoints with the transaction: going back to one then fails, on top of the deadlock itself.
What a new row points at may be deleted between looking and writing: looking again, once, tells the person so.
"""


@dataclass
class UnitOfWork:
    """What one transaction has gathered so far."""

    audited: bool
    events: list = field(default_factory=list)
    access: list[tuple[AccessScope, int]] = field(default_factory=list)
    has_written: bool = False
    has_audit: bool = False


class MissingAudit(AssertionError):
    """An administrative operation has written something and left no audit entry."""


_current: ContextVar[UnitOfWork | None] = ContextVar("transaction", default=None)
operations: dict[str, Callable] = {}
"""Every operation by name, for the tests that hold the house together."""


def operation(function: Callable | None = None, *, audited: bool = True):
    """Make a function an operation. audited=False is for what people say and read in rooms, not for administration."""
    if function is None:
        return lambda actual: operation(actual, audited=audited)

    @wraps(function)
    def run(*args, **kwargs):
        if _current.get() is not None:
            return function(*args, **kwargs)
        return _outermost(function, args, kwargs, audited)

    run.is_audited = audited
    operations[f"{function.__module__}.{function.__name__}"] = run
    return run


def publish(fact) -> None:
    """Have this event told once the running transaction is committed."""
    _unit().events.append(fact)


def touch_access(scope: AccessScope, target_id: int = 0) -> None:
    """Say that the running operation changes who may what, so that every cache and open channel asks again."""
    if (scope, target_id) not in _unit().access:
        _unit().access.append((scope, target_id))


@contextmanager
def savepoint(*, is_rehearsal: bool = False):
    """A part of the running operation that is taken back alone when it is refused, with what it wanted told.

    is_rehearsal: it is taken back in any case; it only shows what would be refused.
    """
    unit, savepoint = _unit(), db.session.begin_nested()
    told, touched = len(unit.events), len(unit.access)
    try:
        yield
        db.session.flush()
    except BaseException:
        is_rehearsal = True
        raise
    finally:
        if is_rehearsal:
            savepoint.rollback()
            del unit.events[told:], unit.access[touched:]
        else:
            savepoint.commit()


def is_open() -> bool:
    """Whether an operation is running, which what is called now would join."""
    return _current.get() is not None


def release_connection() -> None:
    """Give the connection to the database back before work that takes long; inside of an operation it is kept."""
    if not is_open():
        db.session.commit()


def has_access_changes() -> bool:
    """Whether the running operation has changed who may what; nobody else sees it yet."""
    return _current.get() is not None and bool(_current.get().access)


def note_audit() -> None:
    """Say that the running operation has left its audit entry."""
    if _current.get() is not None:
        _current.get().has_audit = True


def _unit() -> UnitOfWork:
    unit = _current.get()
    if unit is None:
        raise RuntimeError("only an operation may do this")
    return unit


def _outermost(function, args, kwargs, audited):
    for attempt in range(1, ATTEMPTS + 1):
        try:
            result, unit = _once(function, args, kwargs, audited)
        except (DBAPIError, StaleDataError) as error:
            if not _may_run_again(error, attempt):
                raise
            if attempt == ATTEMPTS:
                raise Unavailable() from error
            time.sleep(0.05 * 3**attempt)
        else:
            dispatch(unit.events)
            return result


def _once(function, args, kwargs, audited):
    unit = UnitOfWork(audited)
    token = _current.set(unit)
    try:
        result = function(*args, **kwargs)
        db.session.flush()
        if unit.audited and unit.has_written and not unit.has_audit:
            raise MissingAudit(function.__qualname__)
        _log_access_changes(unit)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _current.reset(token)
    return result, unit


def _log_access_changes(unit: UnitOfWork) -> None:
    """Number what changed, last thing before the commit, so that the counter's lock is held for as short as can be."""
    if not unit.access:
        return
    bump = update(Counter).where(Counter.name == ACCESS).values(value=Counter.value + len(unit.access))
    db.session.execute(bump, execution_options={"synchronize_session": False})
    last = db.session.scalar(select(Counter.value).where(Counter.name == ACCESS))
    first = last - len(unit.access) + 1
    rows = [
        {"epoch": first + place, "scope": scope, "target_id": target_id, "created_at": now()}
        for place, (scope, target_id) in enumerate(unit.access)
    ]
    db.session.execute(insert(AccessChange), rows)
    unit.events.append(AccessChanged(last))


def connection_is_lost(error: DBAPIError) -> bool:
    """Whether the database went away, rather than refused."""
    return error.connection_invalidated or _number_of(error) in LOST


def _may_run_again(error: DBAPIError | StaleDataError, attempt: int) -> bool:
    """Somebody else was faster, or the database went away: what was decided rests on what no longer holds."""
    if isinstance(error, StaleDataError):
        return True
    if _number_of(error) == SAVEPOINT_GONE:
        return any(_may_run_again(earlier, attempt) for earlier in _behind(error))
    if _number_of(error) == PARENT_GONE:
        return attempt == 1
    return connection_is_lost(error) or _number_of(error) in DEADLOCKS


def _behind(error: BaseException):
    """The database's errors that were being handled when this one came up."""
    while (error := error.__context__) is not None:
        if isinstance(error, DBAPIError):
            yield error


def _number_of(error: DBAPIError):
    return error.orig.args[0] if error.orig is not None and error.orig.args else None


@event.listens_for(Session, "after_flush")
def _flushed(session, _context):
    """A row that was given the values it had is not written."""
    changed = any(session.is_modified(row) for row in session.dirty)
    if _current.get() is not None and (session.new or session.deleted or changed):
        _current.get().has_written = True


@event.listens_for(Session, "do_orm_execute")
def _executed(state):
    if _current.get() is not None and (state.is_insert or state.is_update or state.is_delete):
        _current.get().has_written = True
