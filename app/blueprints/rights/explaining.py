"""Explanations of a person's rights in a room; everybody's rights there; what another account would see."""

from flask import Response, request, url_for

from app.blueprints import lists
from app.blueprints.access_control import me, open_to_accounts
from app.blueprints.right_names import INVITING
from app.blueprints.rights import labels, sentences
from app.blueprints.rights.window import blueprint, url_of
from app.htmx import page
from app.models import Room
from app.queries.groups import people
from app.queries.rights import find_place
from app.rules import rooms
from app.rules.guests import policy
from app.rules.rights import scope
from app.rules.rights.explanation import explain

# Rooms of another account on one page.
SEEN_AT_ONCE = 100


@blueprint.get("/rooms/<int:room_id>/matrix")
@open_to_accounts
def show_matrix(room_id: int) -> Response:
    """Everybody in a room and the twelve rights. Fragments: list."""
    room = _room(room_id)
    search = request.args.get("q", "").strip()[: lists.LONGEST_SEARCH]
    matrix = people.matrix(room, search, request.args.get("cursor"))
    return page(
        "rights/matrix.html",
        blocks=("list",),
        **_about(room),
        rows=matrix.rows,
        search=search,
        next_url=lists.next_address(matrix),
        previous_url=lists.previous_address(matrix),
        labels=labels,
    )


@blueprint.get("/rooms/<int:room_id>/why")
@open_to_accounts
def why(room_id: int) -> Response:
    """Ask about somebody: who matches what was typed. Fragments: list."""
    room = _room(room_id)
    search = request.args.get("q", "").strip()[: lists.LONGEST_SEARCH]
    people_found = people.people_to_ask_about(me(), room, search)
    return page("rights/ask.html", blocks=("list",), **_about(room), people=people_found, search=search)


@blueprint.get("/rooms/<int:room_id>/why/<int:account_id>")
@open_to_accounts
def explain_person(room_id: int, account_id: int) -> Response:
    """Show every step of the answer about somebody."""
    room = _room(room_id)
    answer = explain(people.find_person(me(), room, account_id), room)
    return page(
        "rights/why.html",
        **_about(room),
        answer=answer,
        steps=sentences.steps(me(), answer),
        verdicts=sentences.verdicts(answer),
        inviting=policy.inviting_of(answer.account, room, answer.rights),
        inviting_labels=INVITING,
        labels=labels,
    )


@blueprint.get("/accounts/<int:account_id>/test-as")
def try_as(account_id: int) -> Response:
    """Show the rooms and rights another account has, without content. Fragments: list."""
    account = scope.find_account(me(), account_id)
    rooms_seen = people.seen_by(me(), account)
    start = max(0, request.args.get("start", 0, type=int))
    end = start + SEEN_AT_ONCE
    return page(
        "rights/try_as.html",
        blocks=("list",),
        account=account,
        rows=rooms_seen.rooms[start:end],
        total=len(rooms_seen.rooms),
        others=rooms_seen.others,
        next_url=lists.address(start=end) if end < len(rooms_seen.rooms) else None,
        previous_url=lists.address(start=max(0, start - SEEN_AT_ONCE) or None) if start else None,
        labels=labels,
    )


def _about(room: Room) -> dict:
    """Return the room, whether its other pages are the person's to see, and where one comes from."""
    is_mine = rooms.administers(me(), room)
    back = url_for("rooms.show", room_id=room.id) if is_mine else url_of(room)
    return {"room": room, "is_mine": is_mine, "back": back}


def _room(room_id: int) -> Room:
    room = find_place(me(), "room", room_id)
    assert isinstance(room, Room)
    return room
