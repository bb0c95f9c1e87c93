"""Operations: one transaction each, opened by the outermost operation and joined by those it calls.

After a deadlock, a lost connection or a concurrent change of a row the whole outermost operation runs again, a bounded
number of times. This is why an operation is a decorated function and not a `with` block, whose body cannot run twice.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, ParamSpec, TypeVar, overload

from sqlalchemy import CursorResult, Executable, event, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.errors import Unavailable
from app.events import AccessChanged, dispatch
from app.extensions import db
from app.models import ACCESS, AccessChange, AccessScope, Counter, now

P = ParamSpec("P")
R = TypeVar("R")

ATTEMPTS = 4

# MariaDB's error numbers (mysqld_error.h, errmsg.h); PyMySQL gives 0 for a connection it has closed itself.
DEADLOCKS = {1205, 1213, 1020}
LOST = {2002, 2003, 2006, 2013, 2014, 2055, 1053, 1927, 0}
# A deadlock ends the savepoints with the transaction: the rollback to one then fails on top of the deadlock.
SAVEPOINT_GONE = 1305
# The row that a new one refers to was deleted since it was read. Running again, once, produces the right refusal.
PARENT_GONE = 1452


@dataclass
class UnitOfWork:
    """Events, changes of access and writes of the running transaction."""

    audited: bool
    events: list = field(default_factory=list)
    access: list[tuple[AccessScope, int]] = field(default_factory=list)
    has_written: bool = False
    has_audit: bool = False


class MissingAudit(AssertionError):
    """An administrative operation has written without leaving an audit entry."""


_current: ContextVar[UnitOfWork | None] = ContextVar("transaction", default=None)

# Every operation by name, for the tests of the architecture.
operations: dict[str, Callable] = {}


@overload
def operation(function: Callable[P, R]) -> Callable[P, R]: ...
@overload
def operation(*, audited: bool = True) -> Callable[[Callable[P, R]], Callable[P, R]]: ...
def operation(function=None, *, audited=True):
    """Make a function an operation. audited=False: for messages and reading in rooms, as opposed to administration."""
    if function is None:
        return lambda decorated: _registered(decorated, audited)
    return _registered(function, audited)


def _registered(function: Callable[P, R], audited: bool) -> Callable[P, R]:
    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _current.get() is not None:
            return function(*args, **kwargs)
        return _run_outermost(lambda: function(*args, **kwargs), function.__qualname__, audited)

    run.is_audited = audited  # type: ignore[attr-defined]  # read by the tests of the architecture
    operations[f"{function.__module__}.{function.__name__}"] = run
    return run


def publish(fact: object) -> None:
    """Dispatch this event once the running transaction is committed."""
    _unit().events.append(fact)


def execute_built(
    statement: Executable, values: Mapping[str, Any] | Sequence[Mapping[str, Any]]
) -> CursorResult:
    """Run a statement on tables that was built once, on the transaction's connection: for what every message costs.

    The session's own work, a third of a short statement's processor time, is left out: nothing is flushed before it,
    and it does not count as a write that needs an audit entry.
    """
    return db.session.connection().execute(statement, values)


def touch_access(scope: AccessScope, target_id: int = 0) -> None:
    """Record that the running operation changes rights, so that caches and open channels check them again."""
    if (scope, target_id) not in _unit().access:
        _unit().access.append((scope, target_id))


@contextmanager
def savepoint(*, is_rehearsal: bool = False) -> Iterator[None]:
    """Run a part of the operation in a savepoint. An error rolls back this part only, with its events.

    is_rehearsal: roll back in any case; only refusals of the part are of interest.
    """
    unit, nested = _unit(), db.session.begin_nested()
    event_count, access_count = len(unit.events), len(unit.access)
    try:
        yield
        db.session.flush()
    except BaseException:
        is_rehearsal = True
        raise
    finally:
        if is_rehearsal:
            nested.rollback()
            del unit.events[event_count:], unit.access[access_count:]
        else:
            nested.commit()


def is_open() -> bool:
    """Return whether an operation is running, which an operation called now would join."""
    return _current.get() is not None


def release_connection() -> None:
    """Return the database connection to the pool before long work. An open operation keeps it."""
    if not is_open():
        db.session.commit()


def has_access_changes() -> bool:
    """Return whether the running operation has changed rights. Other transactions do not see the change yet."""
    unit = _current.get()
    return unit is not None and bool(unit.access)


def note_audit() -> None:
    """Record that the running operation has left its audit entry."""
    unit = _current.get()
    if unit is not None:
        unit.has_audit = True


def _unit() -> UnitOfWork:
    unit = _current.get()
    if unit is None:
        raise RuntimeError("only an operation may do this")
    return unit


def _run_outermost(call: Callable[[], R], name: str, audited: bool) -> R:
    attempt = 1
    while True:
        try:
            result, unit = _run_once(call, name, audited)
        except (DBAPIError, StaleDataError) as error:
            if not _may_run_again(error, attempt):
                raise
            if attempt == ATTEMPTS:
                raise Unavailable() from error
            time.sleep(0.05 * 3**attempt)
        else:
            dispatch(unit.events)
            return result
        attempt += 1


def _run_once(call: Callable[[], R], name: str, audited: bool) -> tuple[R, UnitOfWork]:
    unit = UnitOfWork(audited)
    token = _current.set(unit)
    try:
        result = call()
        db.session.flush()
        _require_audit(unit, name)
        _log_access_changes(unit)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _current.reset(token)
    return result, unit


def _require_audit(unit: UnitOfWork, name: str) -> None:
    if unit.audited and unit.has_written and not unit.has_audit:
        raise MissingAudit(name)


def _log_access_changes(unit: UnitOfWork) -> None:
    """Assign epochs to changes of access right before the commit, to hold the counter's lock only briefly."""
    if not unit.access:
        return
    increment = update(Counter).where(Counter.name == ACCESS).values(value=Counter.value + len(unit.access))
    db.session.execute(increment, execution_options={"synchronize_session": False})
    last = db.session.scalars(select(Counter.value).where(Counter.name == ACCESS)).one()
    first = last - len(unit.access) + 1
    rows = [
        {"epoch": epoch, "scope": scope, "target_id": target_id, "created_at": now()}
        for epoch, (scope, target_id) in enumerate(unit.access, first)
    ]
    db.session.execute(insert(AccessChange), rows)
    unit.events.append(AccessChanged(last))


def connection_is_lost(error: DBAPIError) -> bool:
    """Return whether the database went away, as opposed to an error it reported."""
    return error.connection_invalidated or _number_of(error) in LOST


def _may_run_again(error: DBAPIError | StaleDataError, attempt: int) -> bool:
    """Return whether the operation may succeed when it reads and decides again."""
    if isinstance(error, StaleDataError):
        return True
    if _number_of(error) == SAVEPOINT_GONE:
        return any(_may_run_again(earlier, attempt) for earlier in _earlier_errors(error))
    if _number_of(error) == PARENT_GONE:
        return attempt == 1
    return connection_is_lost(error) or _number_of(error) in DEADLOCKS


def _earlier_errors(error: BaseException) -> Iterator[DBAPIError]:
    """Yield the database's errors that were being handled when this one was raised."""
    earlier = error.__context__
    while earlier is not None:
        if isinstance(earlier, DBAPIError):
            yield earlier
        earlier = earlier.__context__


def _number_of(error: DBAPIError) -> int | str | None:
    return error.orig.args[0] if error.orig is not None and error.orig.args else None


@event.listens_for(Session, "after_flush")
def _mark_flushed(session, _context):
    """Record that rows were written. A row whose values were set to what they were is not written."""
    unit = _current.get()
    is_changed = any(session.is_modified(row) for row in session.dirty)
    if unit is not None and (session.new or session.deleted or is_changed):
        unit.has_written = True


@event.listens_for(Session, "do_orm_execute")
def _mark_executed(state):
    unit = _current.get()
    if unit is not None and (state.is_insert or state.is_update or state.is_delete):
        unit.has_written = True
