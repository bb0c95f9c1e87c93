"""Who is in a private room: added, removed, made its owner by an administrator who is not in it."""

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints import creation, lists
from app.blueprints.gate import me
from app.blueprints.rooms.views import blueprint
from app.errors import NotFound, Refusal
from app.htmx import page, see_other, wants_fragment
from app.models import EntryKind, Room
from app.operations import rooms as verbs
from app.queries import directory
from app.queries import people as questions
from app.rules import scope

LONGEST_CHOICE = 500
"""People that can be chosen at once."""


@blueprint.get("/rooms/<int:room_id>/people")
def people(room_id: int) -> Response:
    """A room's own members. Fragments: list."""
    return _list(directory.find_room(me(), room_id))


@blueprint.get("/rooms/<int:room_id>/people/add")
def choose_people(room_id: int) -> Response:
    """The picker. Fragments: dialog, candidates."""
    return _picker(directory.find_room(me(), room_id))


@blueprint.post("/rooms/<int:room_id>/people/add")
def add_people(room_id: int) -> Response:
    """Bring in those who were chosen."""
    room = directory.find_room(me(), room_id)
    try:
        count = verbs.add_people(me(), room, _chosen())
    except NotFound:
        raise
    except Refusal as refusal:
        return _picker(room, refusal.status, refusal.sentence)
    text = ngettext("%(num)s person added.", "%(num)s people added.", count)
    return creation.created(url_for("rooms.people", room_id=room.id), text)


@blueprint.post("/rooms/<int:room_id>/people/<int:account_id>/remove")
def remove_person(room_id: int, account_id: int) -> Response:
    """Take somebody out of the room."""
    room = directory.find_room(me(), room_id)
    text = _("The person is no longer in this room.")
    return _done(room, lambda: verbs.remove_person(me(), room, directory.find_person(room, account_id)), text)


@blueprint.post("/rooms/<int:room_id>/people/<int:account_id>/own")
def hand_over(room_id: int, account_id: int) -> Response:
    """Make somebody an owner of the room."""
    room = directory.find_room(me(), room_id)
    text = _("The room has a new owner.")
    return _done(room, lambda: verbs.hand_over(me(), room, directory.find_person(room, account_id)), text)


def _done(room: Room, write, text: str) -> Response:
    try:
        write()
    except NotFound:
        raise
    except Refusal as refusal:
        return _list(room, refusal.status, refusal.sentence)
    return see_other(url_for("rooms.people", room_id=room.id), toast=text)


def _list(room: Room, status: int = 200, problem=None) -> Response:
    search = request.args.get("q", "").strip()[: lists.LONGEST_SEARCH]
    found = questions.room_people(room, search, request.args.get("cursor"))
    return page(
        "rooms/people.html",
        blocks=("list",),
        status=status,
        room=room,
        rows=found.rows,
        search=search,
        problem=problem,
        next_url=lists.next_address(found) if status == 200 else None,
        previous_url=lists.previous_address(found) if status == 200 else None,
    )


def _picker(room: Room, status: int = 200, problem=None) -> Response:
    search = request.values.get("q", "")[: lists.LONGEST_SEARCH]
    domains = directory.domains_of(me())
    domain = scope.find_domain(me(), request.values.get("domain", me().domain_id, type=int))
    ids = _chosen()
    chosen = directory.chosen(me(), [(EntryKind.ACCOUNT, key) for key in ids])
    found, has_more = directory.candidates(me(), None, EntryKind.ACCOUNT, search, domain)
    return page(
        "rooms/picker.html",
        blocks=("dialog", "candidates"),
        status=status,
        room=room,
        domain=domain,
        domains=domains,
        search=search,
        chosen=chosen,
        found=[one for one in found if one.id not in set(ids)],
        has_more=has_more,
        problem=problem,
        is_over=wants_fragment(),
        here=url_for("rooms.choose_people", room_id=room.id),
        back=url_for("rooms.people", room_id=room.id),
    )


def _chosen() -> list[int]:
    texts = request.values.getlist("person")[:LONGEST_CHOICE]
    if not all(text.isascii() and text.isdigit() and len(text) < 19 for text in texts):
        raise NotFound()
    return [int(text) for text in dict.fromkeys(texts)]
