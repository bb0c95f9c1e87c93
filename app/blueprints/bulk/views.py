"""Choose what to do with the chosen rows, see what will change and what will not, run."""

from functools import partial

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from app.blueprints.access_control import me
from app.blueprints.dialogs import back_from, dialog
from app.blueprints.forms import refusals_to
from app.errors import Invalid
from app.htmx import see_other
from app.operations import bulk, tasks
from app.operations.bulk import Action, Collection, Selection

blueprint = Blueprint("bulk", __name__, url_prefix="/admin/actions")

# Seconds that a page does the work itself; what is left then is the worker's.
AT_ONCE = 1.5

FILTER = "filter-"
VALUE = "value-"


@blueprint.post("/<name>")
def preview_action(name: str) -> Response:
    """Show what an action would change, after asking for its values.

    Nothing is written. Fragments: dialog.
    """
    collection, selection = bulk.collection_named(name), _selection()
    action = collection.action(me(), request.form.get("action", ""))
    problem = _problem(selection)
    if problem or (action.fields and not _given()):
        return _page(collection, action, selection, problem=problem, status=422 if problem else 200)
    with refusals_to(partial(_page, collection, action, selection), only=Invalid):
        values = bulk.checked_values(me(), action, selection.filters, _given())
        preview = bulk.preview(me(), collection, action, selection, values)
    return _page(collection, action, selection, found=preview, values=values)


@blueprint.post("/<name>/run")
def start_action(name: str) -> Response:
    """Do it: what is small is over when the page comes back, what is large goes on as a task."""
    collection, selection = bulk.collection_named(name), _selection()
    action = collection.action(me(), request.form.get("action", ""))
    problem = _problem(selection)
    if problem:
        return _page(collection, action, selection, problem=problem, status=422)
    with refusals_to(partial(_page, collection, action, selection), only=Invalid):
        values = bulk.checked_values(me(), action, selection.filters, _given())
    task = bulk.start_action(me(), collection, action, selection, values)
    tasks.run(task.id, seconds=AT_ONCE)
    return _result(collection, task)


def _result(collection: Collection, task) -> Response:
    """Back to the list where all went well; else to the task, which says what did not and why."""
    has_worked = task.is_over and not task.failed_count and not task.skipped_count
    if not has_worked:
        return see_other(url_for("tasks.show", task_id=task.id))
    text = _("Done: %(things)s.", things=collection.counted(task.changed_count))
    return see_other(_back(), toast=text)


def _selection() -> Selection:
    list_filters = {
        name.removeprefix(FILTER): value for name, value in request.form.items() if name.startswith(FILTER)
    }
    if "all" in request.form:
        return Selection(None, list_filters)
    ids = dict.fromkeys(request.form.getlist("ids", type=int))
    return Selection(tuple(ids)[: bulk.IDS_AT_MOST], list_filters)


def _problem(selection: Selection) -> str | None:
    if selection.ids == ():
        return _("Select at least one.")
    return None


def _given() -> dict:
    return {name.removeprefix(VALUE): value for name, value in request.form.items() if name.startswith(VALUE)}


def _back() -> str:
    """Return the list that the person came from."""
    return back_from(url_for("dashboard.show"))


def _page(collection: Collection, action: Action, selection: Selection, status: int = 200, **context):
    list_filters = selection.filters
    asked_fields = [(field, list(field.choices(me(), list_filters))) for field in action.fields]
    preview, values = context.get("found"), context.get("values", {})
    consequence = None
    if preview is not None and preview.changing and action.consequence is not None:
        consequence = action.consequence(me(), preview.changing, values)
    return dialog(
        "bulk/action.html",
        status,
        back=_back(),
        collection=collection,
        action=action,
        selection=selection,
        asked=asked_fields,
        given=_given(),
        answers=[(field.label, _label(choices, values.get(field.name))) for field, choices in asked_fields],
        consequence=consequence,
        **context,
    )


def _label(choices: list, value) -> str:
    return next((str(label) for key, label in choices if str(key) == str(value)), "")
