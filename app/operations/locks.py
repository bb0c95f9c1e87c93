"""Locks that hold until the running transaction ends, among all processes and servers."""

from typing import Any, Literal, TypeVar, cast

from sqlalchemy import CursorResult, ScalarResult, UpdateBase, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import lazyload

from app.errors import Conflict, NotFound
from app.extensions import db
from app.models import Base, ServerSetting


def named_lock(name: str) -> None:
    """Wait for the lock of this name and hold it until the running transaction ends."""
    # The prefix is stored: another one would let two versions of the application hold the same lock.
    statement = select(ServerSetting.id).where(ServerSetting.name == f"turn:{name}").with_for_update()
    if db.session.scalar(statement) is not None:
        return
    try:
        with db.session.begin_nested():
            db.session.add(ServerSetting(name=f"turn:{name}"))
    except IntegrityError:
        # Another transaction has inserted the row meanwhile: wait for it.
        db.session.scalar(statement)


def locked_setting(name: str) -> ServerSetting:
    """Return the row of a setting, locked. It is inserted if it does not exist."""
    row = existing_setting(name)
    if row is not None:
        return row
    try:
        with db.session.begin_nested():
            row = ServerSetting(name=name)
            db.session.add(row)
    except IntegrityError:
        row = _locked_settings(name).one()
    return row


def existing_setting(name: str) -> ServerSetting | None:
    """Return the row of a setting, locked, or None."""
    return _locked_settings(name).one_or_none()


def _locked_settings(name: str) -> ScalarResult[ServerSetting]:
    statement = select(ServerSetting).where(ServerSetting.name == name).with_for_update()
    return db.session.scalars(statement, execution_options={"populate_existing": True})


Model = TypeVar("Model", bound=Base)


def lock_row(row: Model | None, seen_version: int | None = None) -> Model:
    """Return the row as the database has it now, locked until the commit.

    seen_version: the row version that the person's form showed, None where there was no form.
    Errors: NotFound if the row is gone or None; Conflict if it has another version.
    """
    if row is None:
        raise NotFound()
    model: Any = type(row)
    statement = select(model).where(model.id == cast(Any, row).id).options(lazyload("*")).with_for_update()
    fresh = db.session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()
    if fresh is None:
        raise NotFound()
    if seen_version is not None and fresh.row_version != seen_version:
        raise Conflict()
    return fresh


def apply_values(row: Base, values: dict[str, Any]) -> None:
    """Set columns of a row by name."""
    for name, value in values.items():
        setattr(row, name, value)


def execute_update(statement: UpdateBase, *, synchronize: Literal["auto", "fetch", False] = False) -> int:
    """Run an UPDATE or DELETE and return the number of rows.

    synchronize: how loaded rows follow (synchronize_session of SQLAlchemy); by default they do not.
    """
    result = db.session.execute(statement, execution_options={"synchronize_session": synchronize})
    return cast(CursorResult[Any], result).rowcount
