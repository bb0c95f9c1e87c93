"""Protection of exported tables: no cell is a formula to a spreadsheet."""

import re

# A cell that begins like this is a formula to a spreadsheet, whoever wrote it (OWASP, CSV injection). Apostrophes
# before it match too, so that unescaping removes exactly the one that escaping added.
FORMULA = re.compile(r"'*[=+\-@\t\r]")


def escape_formula(text: str) -> str:
    """Return a cell's text for export, with an apostrophe before a formula."""
    return f"'{text}" if FORMULA.match(text) else text


def unescape_formula(text: str) -> str:
    """Return the text that escape_formula was given."""
    return text[1:] if text.startswith("'") and FORMULA.match(text[1:]) else text
