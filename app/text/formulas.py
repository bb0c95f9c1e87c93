"""Cells of tables as files: no text in them is a formula to a spreadsheet."""

import re

# A cell that begins like this is a formula to a spreadsheet, whoever wrote it (OWASP, CSV injection). Apostrophes in
# front of it count too, so that each of them is taken back once.
FORMULA = re.compile(r"'*[=+\-@\t\r]")


def escape_formula(text: str) -> str:
    """Return a cell's text as it is exported: a formula gets an apostrophe in front."""
    return f"'{text}" if FORMULA.match(text) else text


def unescape_formula(text: str) -> str:
    """Return the text that escape_formula was given."""
    return text[1:] if text.startswith("'") and FORMULA.match(text[1:]) else text
