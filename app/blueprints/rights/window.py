"""Rights window: the tree of folders, the list NOM | DROITS of a place, an entry of it."""

import json
from functools import partial

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from app.blueprints.access_control import me, open_to_accounts
from app.blueprints.dialogs import dialog
from app.blueprints.forms import refusals_to
from app.blueprints.right_names import principal_name
from app.blueprints.rights import labels, parsing
from app.errors import Conflict, NotFound, Refusal
from app.extensions import db
from app.htmx import say, see_other, wants_fragment
from app.models import Folder, Principal, Room, RoomKind
from app.operations import rights as right_operations
from app.queries.rights import find_place, grants_of, outdone, reaches_nobody, tree_of, without_effect
from app.rules import rooms
from app.rules.rights import PRESETS, WRITE, Right, access, lists, scope
from app.rules.rights.explanation import NamedEntry, names_of

blueprint = Blueprint("rights", __name__, url_prefix="/admin")


@blueprint.get("/groups/<int:group_id>/rights")
def show_group(group_id: int) -> Response:
    """Show a group's folders: its public one, and all of them when asked. Fragments: dialog."""
    group = scope.find_group(me(), group_id)
    return dialog(
        "rights/window.html",
        group=group,
        tree=tree_of(group.id),
        shows_all="all" in request.args,
        place=None,
        back=url_for("groups.show", group_id=group.id),
        labels=labels,
    )


@blueprint.get("/rights/<kind>/<int:place_id>")
@open_to_accounts
def show_place(kind: str, place_id: int) -> Response:
    """Show the list of a folder or a room; ?line= opens one of its grants. Fragments: dialog."""
    return window(find_place(me(), kind, place_id))


@blueprint.post("/rights/<kind>/<int:place_id>/save")
@open_to_accounts
def save_grant(kind: str, place_id: int) -> Response:
    """Give a principal of the list other rights."""
    place = find_place(me(), kind, place_id)
    subject = parsing.subject_of(request.form.get("line", ""))
    return written(
        place,
        lambda **how: right_operations.set_grant(me(), place, subject, parsing.rights(), **how),
        _("Saved."),
    )


@blueprint.post("/rights/<kind>/<int:place_id>/remove")
@open_to_accounts
def remove_grant(kind: str, place_id: int) -> Response:
    """Take a principal out of the list."""
    place = find_place(me(), kind, place_id)
    subject = parsing.subject_of(request.form.get("line", ""))
    return written(
        place,
        lambda **how: right_operations.remove_grant(me(), place, subject, **how),
        _("The line is removed."),
    )


@blueprint.post("/rights/<kind>/<int:place_id>/inherit")
@open_to_accounts
def inherit_again(kind: str, place_id: int) -> Response:
    """Drop a room's own list."""
    place = find_place(me(), kind, place_id)
    if isinstance(place, Folder):
        raise NotFound()
    text = _("The room inherits the rights of its folder again.")
    return written(place, lambda **how: right_operations.inherit_again(me(), place, **how), text)


def written(place, write, text: str) -> Response:
    """Write, and show the list; or the window with what prevents it: another change, a question, a refusal."""
    with refusals_to(partial(_shown_again, place), passing=NotFound):
        write(seen=parsing.seen(), accepts_own_loss=parsing.accepts_own_loss())
    if parsing.accepts_own_loss() and rooms.has_lost_administration(me(), place):
        return see_other(_conversation(place), toast=text)
    if wants_fragment():
        return say(window(place, grant_key=None), text)
    return see_other(url_of(place), toast=text)


def url_of(place, endpoint: str = "rights.show_place", **values) -> str:
    """Return the address of something about a place."""
    return url_for(endpoint, kind=labels.place_kind(place), place_id=place.id, **values)


def window(place: Folder | Room, status: int = 200, grant_key: str | None = "", **context) -> Response:
    """Return the list of a place. grant_key: of the open grant; from the request by default."""
    grants = grants_of(place)
    opened_key = request.values.get("line") if grant_key == "" else grant_key
    opened = next((entry for entry in grants if key_of(entry) == opened_key), None)
    if opened_key and opened is None and not context:
        parsing.subject_of(opened_key)
    return dialog(
        "rights/window.html",
        status,
        place=place,
        url_of=url_of,
        key_of=key_of,
        lines=grants,
        opened=opened,
        form=_shown(opened),
        seen=json.dumps(lists.snapshot(place)),
        labels=labels,
        focused=_last(grants),
        **_about(place, grants, opened),
        **context,
    )


def key_of(entry: NamedEntry) -> str:
    """Return how forms name a grant."""
    return lists.key_of(entry.entry.principal, entry.entry.principal_id)


def _last(grants) -> str | None:
    """Return the id of the row edited last, so that focus returns to it."""
    key = request.form.get("line") or request.args.get("last")
    return key if any(key_of(entry) == key for entry in grants) else None


def _about(place, grants, opened) -> dict:
    """Return what surrounds a list: the tree it stands in, and what is to be known about its grants."""
    is_named = opened is not None and opened.entry.principal in (Principal.GROUP, Principal.DOMAIN)
    group = place.group if place.group_id else None
    is_mine = rooms.administers(me(), place)
    return {
        "group": group,
        "tree": tree_of(place.group_id) if group and is_mine else None,
        "shows_all": True,
        "is_mine": is_mine,
        "back": _back(place) if is_mine else _conversation(place),
        "folder_url": None if is_mine else _folder_url(place),
        "without_effect": without_effect(place, grants),
        "reaches_nobody": is_named
        and reaches_nobody(place, opened.entry.principal, opened.entry.principal_id),
        "outdone": outdone(grants),
    }


def _back(place) -> str:
    if place.group_id:
        return url_for("groups.show", group_id=place.group_id)
    return url_for("rooms.show", room_id=place.id)


def _conversation(place) -> str:
    """Return the way back for people who change rights without administering the place."""
    if isinstance(place, Room) and access.rights_in(me(), place.id) & Right.FOLDER_READ:
        return url_for("chat.room", room_id=place.id)
    return url_for("chat.home")


def _folder_url(place) -> str | None:
    """Return the list that a room inherits, for whoever may change it too: they are shown no tree to reach it by."""
    if not isinstance(place, Room) or place.folder_id is None or place.kind is not RoomKind.PUBLIC:
        return None
    folder = db.session.get_one(Folder, place.folder_id)
    return url_of(folder) if rooms.may(me(), Right.ADMINISTRATION_ADMINISTER, folder) else None


def _shown(opened) -> dict:
    """Return what the form of a grant shows: what was typed, else what the grant holds."""
    held = opened.entry.rights if opened else WRITE
    if request.method == "POST" and request.form.get("preset"):
        names = request.form.getlist("right")
        boxes = sum(right for name, right in parsing.NAMES.items() if name in names)
        preset = request.form["preset"]
        return {"preset": preset, "boxes": Right(boxes), "held": held}
    preset = next((name for name, rights in PRESETS.items() if rights == held), "custom")
    return {"preset": preset, "boxes": held, "held": held}


def _shown_again(place, status: int, problem: Refusal) -> Response:
    if not isinstance(problem, Conflict):
        return window(place, status, problem=problem)
    if problem.code == "own_loss":
        return window(place, 422, question=problem.sentence)
    seen, now = parsing.seen(), lists.snapshot(place)
    removed = rooms.nameable(me(), parsing.subjects_of(seen.keys() - now.keys()))
    names = {
        lists.key_of(*subject): principal_name(subject[0], name)
        for subject, name in names_of([*parsing.subjects_of(now), *removed]).items()
    }
    return window(place, 422, theirs=labels.changes(seen, now, names))
