"""Days and numbers from forms and URLs."""

import re
from datetime import date

# Days between these can be shown in any time zone, and be counted from.
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(9000, 1, 1)

DAY_PATTERN = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)

# Digits that fit any column of whole numbers; 19 may not.
DIGITS_MAX = 18


def parse_day(text: str | None) -> date | None:
    """Return the day that a date field sends, such as 2026-12-31 (ISO 8601), None for anything else."""
    if text is None or not DAY_PATTERN.fullmatch(text):
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def parse_whole_number(text: str | None) -> int | None:
    """Return a whole number in plain digits, not below 0. Return None for anything else, as for ² or 5,000 digits."""
    if not text or len(text) > DIGITS_MAX or not text.isascii() or not text.isdigit():
        return None
    return int(text)
