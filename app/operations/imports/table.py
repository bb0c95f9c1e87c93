"""Tables that can be imported: kinds of rows, with columns and how a row is found, created and changed."""

import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from app.background import run_in_thread
from app.encryption import decrypt, encrypt
from app.errors import Invalid
from app.models import Account, Domain
from app.operations.tasks import Unchanged
from app.rules.accounts import addresses
from app.text import sheets
from app.text.formulas import unescape_formula
from app.text.sheets import SURPLUS, Sheet


@dataclass(frozen=True)
class ImportRow:
    """A row of a table. address: in full, as it is compared. first: the line this address comes up on first.

    promised: members that other rows of the table make. circle: addresses from a group to itself, where rows of the
    table would put it inside of itself. is_awaiting: it changes something that cannot be tried yet.
    """

    line: int
    address: str
    cells: dict[str, str]
    first: int
    promised: frozenset[str] = frozenset()
    circle: tuple[str, ...] = ()
    is_awaiting: bool = False


@dataclass(frozen=True, eq=False)
class ImportKind:
    """A kind of row that can be imported.

    columns: our names of them, each with what people call it. unread: columns that exports have and imports ignore.
    find(domain, address): the row that is there, or None. make(actor, domain, row). change(actor, found, row): gives
    whether anything was different. arranged(domain_name, rows): the rows in the order in which they can be done.
    tried(row): a row as it can be tried while the others are not done. titles: of the two tasks, to try and to do.
    label(count): of the button that imports so many.
    """

    name: str
    titles: tuple[Any, Any]
    label: Callable[[int], str]
    columns: dict[str, tuple[str, ...]]
    find: Callable
    make: Callable
    change: Callable
    unread: tuple[str, ...] = ()
    arranged: Callable = lambda _domain_name, rows: rows
    tried: Callable = lambda row: row
    known: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        aliases_known = {alias: name for name, aliases in self.columns.items() for alias in aliases}
        object.__setattr__(self, "known", aliases_known)

    @property
    def check(self) -> str:
        """The name of the task that tries."""
        return f"{self.name}.check_import"

    @property
    def run(self) -> str:
        """The name of the task that does it."""
        return f"{self.name}.import"


ADDRESS = ("address", "adresse", "email", "e-mail", "mail", "courriel", "alias")
NAME = ("name", "nom")
SWITCHES = {
    **dict.fromkeys(("yes", "oui", "1", "true", "vrai", "x", "on"), True),
    **dict.fromkeys(("no", "non", "0", "false", "faux", "off"), False),
}


def check_head(kind: ImportKind, sheet: Sheet) -> None:
    """Refuse a table without addresses, with a column twice, or one that nobody knows."""
    unknown = [title for title in sheet.head if title and title not in kind.known]
    if unknown:
        sentence = _("Unknown columns: %(names)s. The columns are: %(known)s.")
        raise Invalid(
            sentence % {"names": ", ".join(unknown[:5]), "known": ", ".join(kind.columns)},
            code="unknown_column",
            field="file",
        )
    meant = [kind.known[title] for title in sheet.head if title]
    if "address" not in meant:
        raise Invalid(_("There is no column “address”."), code="no_address", field="file")
    if len(set(meant)) < len(meant):
        raise Invalid(_("The same column appears twice."), code="column_twice", field="file")


def meaning_of_row(kind: ImportKind, record: dict[str, str]) -> dict[str, str]:
    """Return a row by our names of the columns; empty cells are left out, and what an export escaped is as it was."""
    cells = {kind.known[title]: text for title, text in record.items() if title in kind.known}
    read = {name: unescape_formula(text) for name, text in cells.items() if text and name not in kind.unread}
    return read | ({SURPLUS: record[SURPLUS]} if SURPLUS in record else {})


def value_of_word(name: str, cells: dict[str, str], words: dict) -> Any:
    """Return the value that a word in a cell stands for. Error: Invalid, at the cell."""
    text = cells[name]
    if text.lower() not in words:
        raise Invalid(
            _("“%(text)s” is not known in the column %(name)s.", text=text[:80], name=name),
            code="bad_cell",
            field=name,
        )
    return words[text.lower()]


def differing(stored: Any, values: dict) -> dict:
    """Return the values that a row of the database does not have yet."""
    return {name: value for name, value in values.items() if getattr(stored, name) != value}


# Seconds.
KEPT = 2 * 24 * 3600

TOKEN = re.compile(r"[0-9a-f]{32}")


def keep(text: str) -> str:
    """Keep a text, and give the name it is kept by."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    token = secrets.token_hex(16)
    path = folder / token
    path.touch(mode=0o600)
    path.write_text(encrypt(text), encoding="ascii")
    return token


def is_kept(token: str) -> bool:
    """Return whether a text is still there."""
    return bool(TOKEN.fullmatch(token)) and (_folder() / token).exists()


def require_kept(token: str) -> None:
    """Refuse to go on with a text that is gone. Error: Invalid."""
    if not is_kept(token):
        raise _gone()


def table(token: str) -> Sheet:
    """Return the table that was kept. Error: Invalid, when it is gone."""
    require_kept(token)
    text = decrypt((_folder() / token).read_text(encoding="ascii"))
    if text is None:
        raise _gone()
    return run_in_thread(sheets.read, text)


def forget_files() -> int:
    """Forget what was uploaded two days ago. Returns how many."""
    old = [path for path in _folder().glob("*") if path.stat().st_mtime < time.time() - KEPT]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _gone() -> Invalid:
    return Invalid(_("The file is no longer kept: choose it again."), code="file_gone", field="file")


def _folder() -> Path:
    return Path(current_app.config["VAR_DIR"]) / "imports"


def import_row(actor: Account, kind: ImportKind, domain: Domain, row: ImportRow) -> None:
    """Do one row. Errors: what the operations of its kind refuse; Unchanged, when there is nothing to do."""
    _check_address(domain, row)
    stored = kind.find(domain, row.address)
    if stored is None:
        try:
            kind.make(actor, domain, row)
            return  # noqa: TRY300 (an else block would stand far below)
        except Invalid as refusal:
            # Somebody else may have made it between the look and the write: then it is theirs that is changed.
            stored = kind.find(domain, row.address) if refusal.code == "address_taken" else None
            if stored is None:
                raise
    if not kind.change(actor, stored, row) and not row.is_awaiting:
        raise Unchanged(_("Already identical."))


def full_address(text: str, domain_name: str) -> str:
    """Return an address as it is compared; what stands before the @ is enough."""
    return addresses.normalise(text if "@" in text else f"{text}@{domain_name}") if text else ""


def _check_address(domain: Domain, row: ImportRow) -> None:
    if SURPLUS in row.cells:
        raise Invalid(
            _(
                "This line has more cells than there are columns: “%(text)s”. "
                "Put quotes around text with a separator in it.",
                text=row.cells[SURPLUS][:80],
            ),
            code="surplus_cells",
        )
    if not row.address:
        raise Invalid(_("The address is missing."), code="no_address")
    if row.first != row.line:
        raise Invalid(_("This address is already in line %(line)s.", line=row.first), code="address_twice")
    if row.address.rpartition("@")[2] != domain.name:
        raise Invalid(
            _(
                "%(address)s is not an address of %(domain)s.",
                address=row.cells["address"][:120],
                domain=domain.name,
            ),
            code="foreign_address",
        )
