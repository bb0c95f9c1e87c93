"""Writes of stored rows: locked and compared with the version that a form showed, or past the session."""

from typing import Any, Literal, TypeVar, cast

from sqlalchemy import CursorResult, UpdateBase, select
from sqlalchemy.orm import lazyload

from app.errors import Conflict, NotFound
from app.extensions import db
from app.models import Base

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
