"""Keyset paging: a page begins behind a row, not at a number: the last one costs what the first does."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, or_

from app.extensions import db
from app.models.types import UtcDateTime

# Rows of a page.
SIZE = 50


@dataclass(frozen=True)
class Page:
    """Rows in order, and the cursors of the pages to both sides; None where there is none."""

    rows: list
    previous: str | None
    next: str | None


def keyset(
    statement: Select,
    order: Sequence,
    *,
    cursor: str | None = None,
    descending: bool = False,
    size: int = SIZE,
) -> Page:
    """Return the page of a statement that a cursor names; the first one where all that stood there has gone meanwhile.

    order: columns of the rows; the last one makes every row's place its own and is never NULL. Only the first
    of two may be NULL: such rows come first upwards, last downwards, as MariaDB sorts them.
    """
    is_backwards, place = _read(cursor, order)
    downwards = descending != is_backwards
    beyond = statement.where(_beyond(order, place, downwards)) if place else statement
    columns = [column.desc() if downwards else column for column in order]
    rows = list(db.session.execute(beyond.order_by(*columns).limit(size + 1)).unique().all())
    if place and not rows:
        return keyset(statement, order, descending=descending, size=size)
    has_more, rows = len(rows) > size, rows[:size]
    if is_backwards:
        rows.reverse()
    return _page(
        rows, order, has_before=has_more if is_backwards else bool(place), has_after=is_backwards or has_more
    )


def keyset_of(
    branches: list, order: Sequence, *, whole: Select, cursor: str | None = None, size: int = SIZE
) -> Page:
    """Return the page of several statements about the same rows, each with an index of its own, as if they were one.

    From each come only the first rows behind the cursor; the database then puts these in order. whole: the
    statement of the rows as the page shows them. order: as for keyset(); the last column is the rows' key.
    """
    is_backwards, place = _read(cursor, order)
    columns = [column.desc() if is_backwards else column for column in order]
    keys: set = set()
    for branch in branches:
        first = branch.with_only_columns(order[-1], maintain_column_froms=True)
        first = first.where(_beyond(order, place, is_backwards)) if place else first
        keys.update(db.session.scalars(first.order_by(*columns).limit(size + 1)))
    if place and not keys:
        return keyset_of(branches, order, whole=whole, size=size)
    return keyset(whole.where(order[-1].in_(keys)), order, cursor=cursor, size=size)


def _page(rows: list, order: Sequence, *, has_before: bool, has_after: bool) -> Page:
    if not rows:
        return Page([], None, None)
    previous = _cursor("<", rows[0], order) if has_before else None
    return Page(rows, previous, _cursor(">", rows[-1], order) if has_after else None)


def _beyond(order: Sequence, place: list, downwards: bool) -> ColumnElement[bool]:
    """Return rows behind a place.

    The first condition repeats the others: it lets the index be entered there.
    """
    if _may_be_null(order[0]):
        return _beyond_nullable(order, place, downwards)
    # Redundant, but MariaDB turns no OR of ANDs into a range: without it, the index is read from its beginning.
    first = order[0] <= place[0] if downwards else order[0] >= place[0]
    steps = []
    for depth, column in enumerate(order):
        same = [order[before] == place[before] for before in range(depth)]
        steps.append(and_(*same, column < place[depth] if downwards else column > place[depth]))
    return and_(first, or_(*steps))


def _beyond_nullable(order: Sequence, place: list, downwards: bool) -> ColumnElement[bool]:
    """Return the same where the first column may be NULL, which is less than anything."""
    first, last = order
    further = last < place[1] if downwards else last > place[1]
    if place[0] is None:
        same = and_(first.is_(None), further)
        return same if downwards else or_(same, first.is_not(None))
    same = and_(first == place[0], further)
    return or_(same, first < place[0], first.is_(None)) if downwards else or_(same, first > place[0])


def _may_be_null(column: Any) -> bool:
    return bool(getattr(column, "nullable", False))


def _cursor(direction: str, row: Row, order: Sequence) -> str:
    values = [_value(row, column) for column in order]
    text = json.dumps([direction, *values], ensure_ascii=False, separators=(",", ":"), default=_written)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _written(value: datetime) -> str:
    return value.isoformat()


def _value(row: Row, column: Any) -> Any:
    """Return the value of a column in a row, which holds the whole object first, or the column itself."""
    return getattr(row[0], column.key) if hasattr(row[0], column.key) else getattr(row, column.key)


def _read(cursor: str | None, order: Sequence) -> tuple[bool, list]:
    """Return the direction and place that a cursor means. What is no cursor means the first page."""
    try:
        padded = (cursor or "") + "=" * (-len(cursor or "") % 4)
        direction, *place = json.loads(base64.urlsafe_b64decode(padded.encode()))
        if direction not in ("<", ">") or len(place) != len(order):
            return False, []
        return direction == "<", [_place(*pair) for pair in zip(order, place, strict=True)]
    except (ValueError, TypeError, binascii.Error):
        return False, []


def _place(column: Any, value: Any) -> Any:
    """Return a value of a cursor as its column has it. Errors: ValueError, TypeError."""
    if value is None and _may_be_null(column):
        return None
    if isinstance(value, str) and isinstance(column.type, UtcDateTime):
        return datetime.fromisoformat(value).astimezone(UTC)
    if not isinstance(value, str | int):
        raise TypeError(value)
    return value
