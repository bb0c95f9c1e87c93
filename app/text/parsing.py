"""Days that people have typed or chosen."""

import re
from datetime import date

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(9000, 1, 1)
"""Whatever the time zone, a day between them can be shown, counted from and gone beyond."""

DAY_PATTERN = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def parse_day(text: str | None) -> date | None:
    """A day as a date field writes it, 2026-12-31 (ISO 8601); None for anything else."""
    try:
        day = date.fromisoformat(text) if DAY_PATTERN.fullmatch(text or "") else None
    except ValueError:
        return None
    return day if day and FIRST_DAY <= day <= LAST_DAY else None


DIGITS_MAX = 18
"""Digits that fit any column of whole numbers (19 may not)."""


def parse_whole_number(text: str | None) -> int | None:
    """A whole number in plain digits, not below 0; None for anything else: also for ² and for 5,000 digits."""
    is_one = bool(text) and len(text) <= DIGITS_MAX and text.isascii() and text.isdigit()
    return int(text) if is_one else None
