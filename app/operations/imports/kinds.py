"""What can be imported: each kind of row says here what its columns are called, and how one is found, made, changed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
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
class Kind:
    """A kind of row that can be imported.

    columns: our names of them, each with what people call it. unread: columns that exports have and imports ignore.
    find(domain, address): the row that is there, or None. make(actor, domain, row). change(actor, found, row): gives
    whether anything was different. arranged(domain_name, rows): the rows in the order in which they can be done.
    tried(row): a row as it can be tried while the others are not done. titles: of the two tasks, to try and to do.
    """

    name: str
    titles: tuple[Any, Any]
    columns: dict[str, tuple[str, ...]]
    find: Callable
    make: Callable
    change: Callable
    unread: tuple[str, ...] = ()
    arranged: Callable = lambda domain_name, rows: rows
    tried: Callable = lambda row: row
    known: dict[str, str] = field(init=False)

    def __post_init__(self):
        known = {alias: name for name, aliases in self.columns.items() for alias in aliases}
        object.__setattr__(self, "known", known)

    @property
    def check(self) -> str:
        """The name of the task that tries."""
        return f"{self.name}.check_import"

    @property
    def run(self) -> str:
        """The name of the task that does it."""
        return f"{self.name}.import"
