"""Numbers that people, or their programs, have written."""

LONGEST = 18
"""Digits that fit any column of whole numbers (19 may not)."""


def whole_number(text: str | None) -> int | None:
    """A whole number in plain digits, not below 0; None for anything else: also for ² and for 5,000 digits."""
    is_one = bool(text) and len(text) <= LONGEST and text.isascii() and text.isdigit()
    return int(text) if is_one else None
