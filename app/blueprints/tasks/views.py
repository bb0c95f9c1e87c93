"""Tasks: the list, one task with its progress, and what was left as it was."""

from functools import partial

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from app.blueprints import lists, tables
from app.blueprints.access_control import me
from app.blueprints.forms import refusals_to
from app.htmx import page, see_other
from app.models import Task
from app.operations import tasks
from app.queries.tasks import every_line, find_task, line_list, task_list
from app.rules.rights import scope

blueprint = Blueprint("tasks", __name__, url_prefix="/admin/tasks")


@blueprint.get("/")
def index() -> Response:
    """Show one's own tasks; with ?all=1 everybody's, for those who administer the server. Fragments: list."""
    everybody = scope.is_server_wide(me()) and request.args.get("all") == "1"
    shown = task_list(me(), request.args.get("cursor"), only_own=not everybody)
    return page(
        "tasks/index.html",
        blocks=("list",),
        task_page=shown,
        everybody=everybody,
        may_see_all=scope.is_server_wide(me()),
        title_of=title_of,
        percent=percent,
        lists=lists,
        is_moving=any(not task.is_over for task in shown.rows),
    )


@blueprint.get("/<int:task_id>/")
def show(task_id: int) -> Response:
    """Show a task: how far it is, and what was left as it was. Fragments: progress."""
    return _task(find_task(me(), task_id))


@blueprint.post("/<int:task_id>/cancel")
def cancel_task(task_id: int) -> Response:
    """Cancel a task: it stops before its next row."""
    task = find_task(me(), task_id)
    with refusals_to(partial(_task, task)):
        tasks.cancel_task(me(), task)
    return see_other(url_for("tasks.show", task_id=task.id))


@blueprint.get("/<int:task_id>/lines.csv")
def lines(task_id: int) -> Response:
    """Show the rows that were left as they were, with the reason, as a table."""
    task = find_task(me(), task_id)
    head = (_("Line"), _("Name"), _("Result"), _("Reason"))
    words = {"skipped": _("unchanged"), "failed": _("refused")}
    rows = (
        (line.line or "", line.name or "", words.get(line.outcome, line.outcome), line.sentence)
        for line in every_line(task)
    )
    return tables.download(f"task-{task.id}", head, rows)


def title_of(task: Task) -> str:
    """Return what a task does, in words."""
    kind = tasks.kinds.get(task.kind)
    return str(kind.title) if kind else task.kind


def percent(task: Task) -> int:
    """Return how far a task is. It is never shown as done before it is."""
    if task.is_over and task.state == "done":
        return 100
    return min(99, 100 * task.done_count // task.total_count) if task.total_count else 0


def _task(task: Task, status: int = 200, problem=None) -> Response:
    lines = line_list(task, request.args.get("cursor"))
    return page(
        "tasks/show.html",
        blocks=("progress",),
        status=status,
        task=task,
        results=lines,
        problem=problem,
        title_of=title_of,
        percent=percent,
        lists=lists,
        follow_up=tasks.kinds[task.kind].follow_up(task) if task.kind in tasks.kinds else None,
    )
