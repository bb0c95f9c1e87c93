"""Rooms that differ: those of a group whose list is another one than their folder's."""

from flask import Response, request, url_for
from flask_babel import ngettext

from app.blueprints import lists
from app.blueprints.gate import me
from app.blueprints.rights import words
from app.blueprints.rights.window import blueprint
from app.errors import NotFound
from app.htmx import page, see_other
from app.operations import grants
from app.queries import rights as questions
from app.rules import scope

AT_ONCE = 1_000
"""Rooms that are reset at once."""


@blueprint.get("/groups/<int:group_id>/rights/drift")
def differing_rooms(group_id: int) -> Response:
    """The rooms that differ, and in what. Fragments: list."""
    group = scope.find_group(me(), group_id)
    folder = questions.tree_of(group.id).folder
    found, total = questions.drifting(folder, request.args.get("cursor")) if folder else (None, 0)
    return page(
        "rights/drift.html",
        blocks=("list",),
        group=group,
        folder=folder,
        rows=found.rows if found else [],
        total=total,
        next_url=lists.next_address(found) if found else None,
        previous_url=lists.previous_address(found) if found else None,
        words=words,
    )


@blueprint.post("/groups/<int:group_id>/rights/drift")
def reset_rooms(group_id: int) -> Response:
    """Have the rooms that were ticked, or all of them, inherit again."""
    group = scope.find_group(me(), group_id)
    folder = questions.tree_of(group.id).folder
    if folder is None:
        raise NotFound()
    wanted = request.form.getlist("room")[:AT_ONCE]
    if not all(text.isascii() and text.isdigit() and len(text) < 19 for text in wanted):
        raise NotFound()
    ids = (
        questions.drifting_ids(folder)[:AT_ONCE] if "all" in request.form else [int(text) for text in wanted]
    )
    count = grants.reset_rooms(me(), folder, ids)
    text = ngettext("%(num)s room inherits again.", "%(num)s rooms inherit again.", count)
    return see_other(url_for("rights.differing_rooms", group_id=group.id), toast=text)
