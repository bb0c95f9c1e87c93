"""Members and owners of a private room, managed by administrators from outside."""

from functools import partial

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints import invitation_labels, lists, picker
from app.blueprints.access_control import me
from app.blueprints.dialogs import dialog, done
from app.blueprints.forms import refusals_to
from app.blueprints.rooms.views import blueprint
from app.errors import NotFound
from app.htmx import page
from app.models import Account, EntryKind, Room
from app.operations import rooms
from app.queries.domains import domains_of
from app.queries.groups.members import Candidate, chosen_candidates, member_candidates
from app.queries.groups.people import room_people
from app.queries.guests import invitations_of
from app.queries.rooms.listing import find_managed_room, find_room_member
from app.rules.guests.policy import InvitationState
from app.rules.rights import scope
from app.text.parsing import parse_whole_number


@blueprint.get("/rooms/<int:room_id>/people")
def people(room_id: int) -> Response:
    """Show a room's own members. Fragments: list."""
    return _list(find_managed_room(me(), room_id))


@blueprint.get("/rooms/<int:room_id>/people/add")
def choose_people(room_id: int) -> Response:
    """Show the picker. Fragments: dialog, candidates."""
    return _picker(find_managed_room(me(), room_id))


@blueprint.post("/rooms/<int:room_id>/people/add")
def add_people(room_id: int) -> Response:
    """Bring in those who were chosen."""
    room = find_managed_room(me(), room_id)
    account_ids = _chosen()
    with refusals_to(partial(_picker, room), passing=NotFound):
        count = rooms.add_people(me(), room, account_ids)
    text = ngettext("%(num)s person added.", "%(num)s people added.", count)
    return done(url_for("rooms.people", room_id=room.id), text)


@blueprint.route("/rooms/<int:room_id>/people/<int:account_id>/remove", methods=["GET", "POST"])
def remove_person(room_id: int, account_id: int) -> Response:
    """Take somebody out of the room; first say what they lose."""
    room = find_managed_room(me(), room_id)
    person = find_room_member(room, account_id)
    if request.method == "GET":
        return _removing(room, person)
    with refusals_to(partial(_removing, room, person), passing=NotFound):
        rooms.remove_person(me(), room, person)
    text = _("%(name)s is no longer in this room.", name=person.name)
    return done(url_for("rooms.people", room_id=room.id), text)


@blueprint.route("/rooms/<int:room_id>/people/<int:account_id>/own", methods=["GET", "POST"])
def hand_over(room_id: int, account_id: int) -> Response:
    """Make somebody the owner of the room; first say who no longer is."""
    room = find_managed_room(me(), room_id)
    person = find_room_member(room, account_id)
    if request.method == "GET":
        return _handing_over(room, person)
    with refusals_to(partial(_handing_over, room, person), passing=NotFound):
        rooms.hand_over(me(), room, person)
    return done(url_for("rooms.people", room_id=room.id), _("The room has a new owner."))


def _removing(room: Room, person: Account, status: int = 200, problem=None) -> Response:
    return _question(
        room,
        status,
        problem,
        title=_("Remove %(name)s?", name=person.name),
        consequence=_("%(name)s loses this room at once, in open windows too.", name=person.name),
        remedy=_("What they have written stays. They can be invited again.")
        if person.is_guest
        else _("What they have written stays. They can be added again."),
        confirm_label=_("Remove"),
        kind="danger-solid",
    )


def _handing_over(room: Room, person: Account, status: int = 200, problem=None) -> Response:
    return _question(
        room,
        status,
        problem,
        title=_("Hand the room over?"),
        consequence=_("%(name)s owns this room then, and holds every right in it.", name=person.name),
        remedy=_("An owner who hands the room over stays in it as a member."),
        confirm_label=_("Hand over"),
        kind="primary",
    )


def _question(room: Room, status: int, problem, **words) -> Response:
    back = url_for("rooms.people", room_id=room.id)
    return dialog(
        "directory/consequence.html",
        status,
        layout="rooms/frame.html",
        back=back,
        room=room,
        problem=problem,
        **words,
    )


def _list(room: Room) -> Response:
    search = request.args.get("q", "").strip()[: lists.LONGEST_SEARCH]
    people_page = room_people(room, search, request.args.get("cursor"))
    return page(
        "rooms/people.html",
        blocks=("list",),
        room=room,
        rows=people_page.rows,
        search=search,
        invitations=[
            line for line in invitations_of(me(), room) if line.state is not InvitationState.ACCEPTED
        ],
        invitation_labels=invitation_labels,
        next_url=lists.next_address(people_page),
        previous_url=lists.previous_address(people_page),
    )


def _picker(room: Room, status: int = 200, problem=None) -> Response:
    search = picker.search_asked()
    domain = scope.find_domain(me(), request.values.get("domain", me().domain_id, type=int))
    candidates, has_more = member_candidates(me(), None, EntryKind.ACCOUNT, search, domain)
    chosen = [
        _choice(candidate)
        for candidate in chosen_candidates(me(), [(EntryKind.ACCOUNT, key) for key in _chosen()])
    ]
    shown = picker.Picker(
        frame="rooms",
        id="room-picker",
        title=_("Add members to %(address)s", address=room.name),
        section=_("Add members"),
        here=url_for("rooms.choose_people", room_id=room.id),
        back=url_for("rooms.people", room_id=room.id),
        chosen=chosen,
        found=picker.not_chosen([_choice(candidate) for candidate in candidates], chosen),
        has_more=has_more,
        domains=domains_of(me()),
        domain=domain,
        search=search,
        field="person",
    )
    return shown.show(status, problem, room=room)


def _choice(candidate: Candidate) -> picker.PickerChoice:
    return picker.choice(candidate, key=str(candidate.id))


def _chosen() -> list[int]:
    numbers = [parse_whole_number(text) for text in picker.chosen_keys("person")]
    if None in numbers:
        raise NotFound()
    return [number for number in numbers if number is not None]
