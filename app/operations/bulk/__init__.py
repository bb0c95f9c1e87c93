"""Actions on many rows of a list at once: choose, see what will change and what will not and why, run.

A list offers actions by registering a collection in a module of its own in this folder; `load()` imports them all:

    register(Collection(
        name="guests",                                  # as in the address /admin/actions/guests
        title=_l("Guests"),
        counted=lambda count: ngettext("%(num)s guest", "%(num)s guests", count),
        columns=(Account.id, Account.address.label("label"), Account.state),   # id, label, what `judge` looks at
        matching=lambda actor, filters: …,               # conditions: the rows in the actor's scope that the list's
                                                        # own filters, as in its address, leave
        joins=(Account.domain,),                        # what the conditions speak of beside the rows' own table
        find=scope.find_guest,                          # find(actor, id): the row itself in scope, else NotFound
        actions=(
            Action(
                name="suspend",
                title=_l("Suspend"),
                judge=lambda actor, row, values: _("Suspended already.") if … else None,
                do=lambda actor, guest, values: operations.suspend_guest(actor, guest),
                effect=effects.suspended,               # “2 guests will be suspended.”
            ),
        ),
    ))

`judge` tells from a row's columns why it would stay as it is, or gives None; it is asked for the preview (of a hundred
thousand rows: so no statements in it; `prepare(actor, values)` may look things up once, its answer is handed to judge
and do as values["prepared"]) and again when the row's turn comes. `do` calls the operation that the form calls: it has
all the checks, and its refusals are told row by row. `fields` are what an action asks for first.

A selection is either rows by id or "all that match": the filter itself, asked again in scope when the task runs.
The page's part is one macro: templates/ui/selection.html, and `blueprints/bulk` does the rest.
"""

import pkgutil
from collections import Counter
from collections.abc import Iterator
from functools import partial
from importlib import import_module

from flask_babel import gettext as _
from sqlalchemy import Row, func, select

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import Account, Task
from app.operations import tasks
from app.operations.bulk.actions import Action, Collection, Field, Preview, Selection, UnchangedRows
from app.operations.tasks import TaskKind, TaskStep, Unchanged
from app.rules.rights import scope

BATCH = 1000
IDS_AT_MOST = 1000
# Rows that the preview names for each reason.
EXAMPLES = 5


collections: dict[str, Collection] = {}


def register(collection: Collection) -> None:
    """Make a list's actions known, each as a kind of task too."""
    collections[collection.name] = collection
    for action in collection.actions:
        kind = TaskKind(
            title=action.title,
            steps=partial(_steps, collection, action.name),
            do=partial(_do, collection, action.name),
        )
        tasks.register(f"{collection.name}.{action.name}", kind)


def load() -> None:
    """Make every list's actions known."""
    for module in pkgutil.iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")


def collection_named(name: str) -> Collection:
    """Return a list by its name. Error: NotFound."""
    if name not in collections:
        raise NotFound()
    return collections[name]


def count(actor: Account, collection: Collection, selection: Selection) -> int:
    """Return the number of chosen rows within the actor's scope."""
    rows = collection.statement(actor, selection).with_only_columns(collection.columns[0]).order_by(None)
    return db.session.scalar(select(func.count()).select_from(rows.subquery())) or 0


def preview(
    actor: Account, collection: Collection, action: Action, selection: Selection, values: dict
) -> Preview:
    """Return what would become of every chosen row; memory holds a thousand at a time."""
    values = prepared(actor, action, values)
    total = changing = 0
    examples: list[str] = []
    reasons: Counter[str] = Counter()
    named: dict[str, list[str]] = {}
    for row in _all_rows(actor, collection, selection):
        total += 1
        reason = action.judge(actor, row, values)
        if reason is None:
            changing += 1
        else:
            reasons[str(reason)] += 1
        shown = examples if reason is None else named.setdefault(str(reason), [])
        if len(shown) < EXAMPLES:
            shown.append(row.label)
    kept = [UnchangedRows(reason, number, named[reason]) for reason, number in reasons.most_common()]
    return Preview(total, changing, examples, kept)


def prepared(actor: Account, action: Action, values: dict) -> dict:
    """Return an action's values, with what it has looked up for them."""
    return {**values, "prepared": action.prepare(actor, values) if action.prepare else None}


def checked_values(actor: Account, action: Action, list_filters: dict, given: dict) -> dict:
    """Return the values of an action's fields. Error: Invalid, at the field without an answer."""
    values = {}
    for field in action.fields:
        choices = {str(value): label for value, label in field.choices(actor, list_filters)}
        if given.get(field.name) not in choices:
            raise Invalid(_("Choose one."), code="not_chosen", field=field.name)
        values[field.name] = given[field.name]
    return values


def start_action(
    actor: Account, collection: Collection, action: Action, selection: Selection, values: dict
) -> Task:
    """Start the task that does it. Gives the task."""
    if not scope.is_administrator(actor):
        raise NotFound()
    return tasks.start_task(
        actor,
        f"{collection.name}.{action.name}",
        total=count(actor, collection, selection),
        subject=collection.subject(actor, selection.filters),
        domain_id=collection.domain_of(actor, selection.filters),
        ids=selection.ids and list(selection.ids),
        wanted=selection.filters,
        values=values,
    )


def _selection(arguments: dict) -> Selection:
    ids = arguments["ids"]
    return Selection(None if ids is None else tuple(ids), arguments["wanted"])


def _all_rows(actor: Account, collection: Collection, selection: Selection) -> Iterator[Row]:
    place = 0
    while rows := _rows(actor, collection, selection, place, BATCH):
        yield from rows
        place = rows[-1].id


def _rows(actor: Account, collection: Collection, selection: Selection, place: int, limit: int) -> list:
    statement = collection.statement(actor, selection).where(collection.columns[0] > place)
    return list(db.session.execute(statement.limit(limit)).all())


def _steps(
    collection: Collection, action_name: str, actor: Account, arguments: dict, place: int, limit: int
) -> list[TaskStep]:
    """Return the next rows; each brings along what was looked up for all of them."""
    rows = _rows(actor, collection, _selection(arguments), place, limit)
    if not rows:
        return []
    values = prepared(actor, collection.action(actor, action_name), arguments["values"])
    return [TaskStep(row.id, row.label, values) for row in rows]


def _do(collection: Collection, action_name: str, actor: Account, arguments: dict, step: TaskStep) -> None:
    """One row: judged as it is now, then given to the operation."""
    action = collection.action(actor, action_name)
    rows = _rows(actor, collection, _selection(arguments), step.place - 1, 1)
    if not rows or rows[0].id != step.place:
        raise Unchanged(_("It is no longer part of the selection."))
    reason = action.judge(actor, rows[0], step.value)
    if reason is not None:
        raise Unchanged(reason)
    action.do(actor, collection.find(actor, step.place), step.value)


__all__ = [
    "Action",
    "Collection",
    "Field",
    "Preview",
    "Selection",
    "checked_values",
    "collection_named",
    "count",
    "load",
    "preview",
    "register",
    "start_action",
]
