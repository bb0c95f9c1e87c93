"""Keyset paging: a page begins behind a row, not at a number: the last one costs what the first does."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_

from app.extensions import db

SIZE = 50
"""Rows of a page."""


@dataclass(frozen=True)
class Page:
    """Rows in order, and the cursors of the pages to both sides; None where there is none."""

    rows: list
    previous: str | None
    next: str | None


def keyset(
    statement, order: Sequence, *, cursor: str | None = None, descending=False, size: int = SIZE
) -> Page:
    """The page of a statement that a cursor names.

    order: columns of the rows, none of them ever NULL; the last one makes every row's place its own.
    """
    is_backwards, place = _read(cursor, len(order))
    downwards = descending != is_backwards
    if place:
        statement = statement.where(_beyond(order, place, downwards))
    columns = [column.desc() if downwards else column for column in order]
    rows = list(db.session.execute(statement.order_by(*columns).limit(size + 1)).unique().all())
    has_more, rows = len(rows) > size, rows[:size]
    if is_backwards:
        rows.reverse()
    return _page(
        rows, order, has_before=has_more if is_backwards else bool(place), has_after=is_backwards or has_more
    )


def _page(rows: list, order: Sequence, *, has_before: bool, has_after: bool) -> Page:
    if not rows:
        return Page([], None, None)
    previous = _cursor("<", rows[0], order) if has_before else None
    return Page(rows, previous, _cursor(">", rows[-1], order) if has_after else None)


def _beyond(order: Sequence, place: list, downwards: bool):
    """Rows behind a place. The first condition repeats the others: it lets the index be entered there."""
    first = order[0] <= place[0] if downwards else order[0] >= place[0]
    steps = []
    for depth, column in enumerate(order):
        same = [order[before] == place[before] for before in range(depth)]
        steps.append(and_(*same, column < place[depth] if downwards else column > place[depth]))
    return and_(first, or_(*steps))


def _cursor(direction: str, row, order: Sequence) -> str:
    values = [_value(row, column) for column in order]
    text = json.dumps([direction, *values], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _value(row, column):
    """What a row holds in a column: rows carry the whole object first, or the column itself."""
    return getattr(row[0], column.key) if hasattr(row[0], column.key) else getattr(row, column.key)


def _read(cursor: str | None, length: int) -> tuple[bool, list]:
    """The direction and place that a cursor means. What is no cursor means the first page."""
    try:
        padded = (cursor or "") + "=" * (-len(cursor or "") % 4)
        direction, *place = json.loads(base64.urlsafe_b64decode(padded.encode()))
    except (ValueError, TypeError, binascii.Error):
        return False, []
    is_sound = (
        direction in ("<", ">") and len(place) == length and all(isinstance(x, str | int) for x in place)
    )
    return (direction == "<", place) if is_sound else (False, [])
