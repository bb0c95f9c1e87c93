"""Days that people have typed or chosen."""

import re
from datetime import date

FIRST, LAST = date(1970, 1, 1), date(9000, 1, 1)
"""Whatever the time zone, a day between them can be shown, counted from and gone beyond."""

SHAPE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def day_of(text: str | None) -> date | None:
    """A day as a date field writes it, 2026-12-31 (ISO 8601); None for anything else."""
    try:
        day = date.fromisoformat(text) if SHAPE.fullmatch(text or "") else None
    except ValueError:
        return None
    return day if day and FIRST <= day <= LAST else None
