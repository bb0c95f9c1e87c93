"""Rooms that differ: those of a group whose list is another one than their folder's."""

import json

from flask import Response, request, url_for
from flask_babel import ngettext

from app.blueprints import lists
from app.blueprints.access_control import me
from app.blueprints.rights import labels
from app.blueprints.rights.window import blueprint
from app.errors import NotFound
from app.htmx import page, say, see_other, wants_fragment
from app.models import Folder, Group
from app.operations import rights
from app.queries.rights import drifting, drifting_marks, tree_of
from app.rules.rights import scope
from app.text.parsing import parse_whole_number

# Rooms that are reset at once.
AT_ONCE = 1_000


@blueprint.get("/groups/<int:group_id>/rights/drift")
def differing_rooms(group_id: int) -> Response:
    """Show the rooms that differ, and in what. Fragments: list."""
    group = scope.find_group(me(), group_id)
    return _list(group, tree_of(group.id).folder)


@blueprint.post("/groups/<int:group_id>/rights/drift")
def reset_rooms(group_id: int) -> Response:
    """Have one room, those that were ticked, or all that the page knew of inherit again; none that changed since."""
    group = scope.find_group(me(), group_id)
    folder = tree_of(group.id).folder
    if folder is None:
        raise NotFound()
    seen = _seen()
    room_ids = list(seen) if "all" in request.form else _wanted()
    try:
        count = rights.reset_rooms(me(), folder, room_ids, seen=seen)
    except rights.ListsChanged as refusal:
        return _list(group, folder, refusal.status if refusal.status == 403 else 422, refusal)
    text = ngettext("%(num)s room inherits again.", "%(num)s rooms inherit again.", count)
    if wants_fragment():
        return say(_list(group, folder), text)
    return see_other(url_for("rights.differing_rooms", group_id=group.id), toast=text)


def _list(group: Group, folder: Folder | None, status: int = 200, refusal=None) -> Response:
    drift, total = drifting(folder, request.args.get("cursor")) if folder else (None, 0)
    return page(
        "rights/drift.html",
        blocks=("list",),
        status=status,
        group=group,
        folder=folder,
        rows=drift.rows if drift else [],
        total=total,
        most=AT_ONCE,
        seen=json.dumps(drifting_marks(folder, AT_ONCE) if folder else {}),
        ticked=set(request.form.getlist("room")),
        problem=refusal.sentence if refusal else None,
        changed=refusal.rooms if refusal else (),
        next_url=lists.next_address(drift) if drift else None,
        previous_url=lists.previous_address(drift) if drift else None,
        labels=labels,
    )


def _wanted() -> list[int]:
    """Return the one room whose button was pressed, or those that were ticked."""
    texts = request.form.getlist("one")[:1] or lists.chosen("room", AT_ONCE)
    ids = [parse_whole_number(text) for text in texts]
    if None in ids:
        raise NotFound()
    return [room_id for room_id in ids if room_id is not None]


def _seen() -> dict[int, str]:
    """Return the marks of the rooms as the page knew them; a page that knew none has seen nothing."""
    try:
        snapshot = json.loads(request.form.get("seen", ""))
        marks = {int(key): str(mark) for key, mark in snapshot.items()}
    except (ValueError, AttributeError):
        return {}
    lists.require_few(marks, AT_ONCE)
    return marks
