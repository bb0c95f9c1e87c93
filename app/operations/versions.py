"""Two people, one form: a row is locked before it is changed, and the slower of the two is told."""

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from app.errors import Conflict, NotFound
from app.extensions import db


def lock_row(row, seen_version: int | None = None):
    """The row as the database has it now, locked until the commit.

    seen_version: the one the person's form was made from, None where there was no form. Error: Conflict.
    """
    model = type(row)
    statement = select(model).where(model.id == row.id).options(lazyload("*")).with_for_update()
    fresh = db.session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()
    if fresh is None:
        raise NotFound()
    if seen_version is not None and fresh.row_version != seen_version:
        raise Conflict()
    return fresh


def apply_values(row, values: dict) -> None:
    """Give a row its new values."""
    for name, value in values.items():
        setattr(row, name, value)
