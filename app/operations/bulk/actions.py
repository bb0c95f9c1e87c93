"""Parts of an action on many rows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, select

from app.errors import NotFound
from app.models import Account
from app.operations.bulk import effects


@dataclass(frozen=True)
class Field:
    """A value that an action asks for. choices(actor, filters): (value, label) pairs to choose from."""

    name: str
    label: Any
    choices: Callable


@dataclass(frozen=True)
class Action:
    """An action on many rows.

    effect(count, things): the sentence that says how many things it changes, from effects.py.
    consequence(actor, count, values): a sentence with numbers, for what cannot be undone. may(actor): whether
    it is offered.
    """

    name: str
    title: Any
    do: Callable
    effect: Callable[[int, str], str]
    judge: Callable = lambda actor, row, values: None
    prepare: Callable | None = None
    fields: tuple[Field, ...] = ()
    icon: str = "pencil"
    is_destructive: bool = False
    consequence: Callable | None = None
    may: Callable = lambda actor: True


@dataclass(frozen=True)
class Collection:
    """A list whose rows can be chosen.

    counted(3): “3 accounts”. subject(actor, filters): what the task is about, such as a domain's name.
    domain_of(actor, filters): the id of the domain that all rows belong to, if any. fixed: the filters that say
    which list it is, and so also count for rows that are chosen by id.
    """

    name: str
    title: Any
    counted: Callable[[int], str]
    columns: tuple
    matching: Callable
    find: Callable
    actions: tuple[Action, ...]
    joins: tuple = ()
    subject: Callable = lambda actor, filters: None
    domain_of: Callable = lambda actor, filters: None
    fixed: tuple[str, ...] = ()

    def offered(self, actor: Account) -> list[Action]:
        """Return the actions a person may choose from."""
        return [action for action in self.actions if action.may(actor)]

    def effect(self, action: Action, count: int) -> str:
        """Return the sentence about what an action would change, such as “2 accounts will be disabled”."""
        return action.effect(count, self.counted(count))

    def unchanged(self, count: int) -> str:
        """Return the sentence about what would stay, such as “3 guests stay as they are”."""
        return effects.unchanged(count, self.counted(count))

    def action(self, actor: Account, name: str) -> Action:
        """Return an action by its name. Error: NotFound."""
        for action in self.offered(actor):
            if action.name == name:
                return action
        raise NotFound()

    def statement(self, actor: Account, selection: "Selection") -> Select:
        """Return the chosen rows that exist in the actor's scope, in the order of their ids."""
        list_filters = selection.filters
        if selection.ids is not None:
            list_filters = {name: value for name, value in list_filters.items() if name in self.fixed}
        statement = select(*self.columns).where(*self.matching(actor, list_filters))
        for join in self.joins:
            statement = statement.join(join)
        if selection.ids is not None:
            statement = statement.where(self.columns[0].in_(selection.ids))
        return statement.order_by(self.columns[0])


@dataclass(frozen=True)
class Selection:
    """Selected rows: by id, or (ids is None) all that the list's filters leave when they are read."""

    ids: tuple[int, ...] | None = None
    filters: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class UnchangedRows:
    """Rows that would stay as they are, for one reason."""

    reason: str
    count: int
    examples: list[str]


@dataclass(frozen=True)
class Preview:
    """Effects of an action: rows that would change, and rows that would not, with reasons."""

    total: int
    changing: int
    examples: list[str]
    kept: list[UnchangedRows]
