"""The columns of a table, and what their cells mean, in the words of both languages."""

from flask_babel import gettext as _

from app.errors import Invalid
from app.operations.imports.kinds import Kind
from app.text.formulas import unescape_formula
from app.text.sheets import SURPLUS, Sheet

ADDRESS = ("address", "adresse", "email", "e-mail", "mail", "courriel", "alias")
NAME = ("name", "nom")
SWITCHES = {
    **dict.fromkeys(("yes", "oui", "1", "true", "vrai", "x", "on"), True),
    **dict.fromkeys(("no", "non", "0", "false", "faux", "off"), False),
}


def check_head(kind: Kind, sheet: Sheet) -> None:
    """Refuse a table without addresses, with a column twice, or one that nobody knows."""
    unknown = [title for title in sheet.head if title and title not in kind.known]
    if unknown:
        sentence = _("This column is not known: %(names)s. Known are: %(known)s.")
        raise Invalid(
            sentence % {"names": ", ".join(unknown[:5]), "known": ", ".join(kind.columns)},
            code="unknown_column",
            field="file",
        )
    meant = [kind.known[title] for title in sheet.head if title]
    if "address" not in meant:
        raise Invalid(_("There is no column “address”."), code="no_address", field="file")
    if len(set(meant)) < len(meant):
        raise Invalid(_("A column is there twice."), code="column_twice", field="file")


def meaning(kind: Kind, record: dict[str, str]) -> dict[str, str]:
    """A row by our names of the columns; empty cells are left out, and what an export escaped is as it was."""
    cells = {kind.known[title]: text for title, text in record.items() if title in kind.known}
    read = {name: unescape_formula(text) for name, text in cells.items() if text and name not in kind.unread}
    return read | ({SURPLUS: record[SURPLUS]} if SURPLUS in record else {})


def word(name: str, cells: dict[str, str], words: dict):
    """What the word in a cell stands for. Error: Invalid, at the cell."""
    text = cells[name]
    if text.lower() not in words:
        raise Invalid(
            _("“%(text)s” is not known in the column %(name)s.", text=text[:80], name=name),
            code="bad_cell",
            field=name,
        )
    return words[text.lower()]


def differing(found, values: dict) -> dict:
    """The values that a row of the database does not have yet."""
    return {name: value for name, value in values.items() if getattr(found, name) != value}
