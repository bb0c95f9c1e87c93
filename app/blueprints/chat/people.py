"""People of a room: list, adding, removing, leaving; and one's own rights there."""

from functools import partial

from flask import Response, jsonify, request, url_for
from flask_babel import gettext as _

from app.blueprints import invitation_labels
from app.blueprints.access_control import me
from app.blueprints.chat.frame import frame
from app.blueprints.chat.views import blueprint, room_context, room_dialog
from app.blueprints.dialogs import done
from app.blueprints.forms import refusals_to
from app.blueprints.right_names import INVITING, RIGHT_NAMES, principal_name
from app.errors import Invalid
from app.extensions import db
from app.htmx import page, say, target_id
from app.models import Account, Domain, Group, RoomKind
from app.operations import rooms
from app.queries.groups.members import ways_for_members
from app.queries.guests import invitations_of
from app.queries.rights import changers_of
from app.queries.rooms import people
from app.rules import rooms as room_rules
from app.rules.accounts.addresses import readable
from app.rules.guests import policy
from app.rules.rights import Right, access
from app.rules.rights.explanation import explain


@blueprint.get("/rooms/<int:room_id>/people")
def room_people(room_id: int) -> Response:
    """Show who is in the room. Fragments: panel, people_list."""
    return people_page(access.find_room(me(), room_id))


@blueprint.get("/rooms/<int:room_id>/people/named")
def people_to_name(room_id: int) -> Response:
    """Show whom an @ could mean, in JSON: the name to read, what is written behind the @, and who is a guest."""
    room_access = access.find_room(me(), room_id)
    prefix = request.args.get("q", "").strip()[:100]
    accounts = (
        people.people_to_name(me(), room_access.room, prefix) if policy.sees_members_of(me(), room_id) else []
    )
    return jsonify(
        [
            {"name": account.name, "mention": _mention(account), "is_guest": account.is_guest}
            for account in accounts
        ]
    )


@blueprint.get("/rooms/<int:room_id>/people/add")
def choose_people(room_id: int) -> Response:
    """Choose whom to add to a private room. Fragments: dialog, candidates."""
    return _choose(access.find_room(me(), room_id))


@blueprint.post("/rooms/<int:room_id>/people")
def add_people(room_id: int) -> Response:
    """Add the chosen accounts to a private room."""
    room_access = access.find_room(me(), room_id)
    with refusals_to(partial(_choose, room_access), status=422):
        rooms.add_people(me(), room_access.room, request.form.getlist("people", type=int))
    return back_to_people(room_id, _("Added."))


@blueprint.post("/rooms/<int:room_id>/people/<int:account_id>/remove")
def remove_person(room_id: int, account_id: int) -> Response:
    """Remove a person from a room."""
    room_access = access.find_room(me(), room_id)
    rooms.remove_person(me(), room_access.room, _somebody(account_id))
    return back_to_people(room_id, _("Removed."))


@blueprint.post("/rooms/<int:room_id>/people/<int:account_id>/own")
def hand_over(room_id: int, account_id: int) -> Response:
    """Give a private room another owner."""
    room_access = access.find_room(me(), room_id)
    rooms.hand_over(me(), room_access.room, _somebody(account_id))
    return back_to_people(room_id, _("The room has a new owner."))


@blueprint.get("/rooms/<int:room_id>/leave")
def ask_leave(room_id: int) -> Response:
    """Ask before leaving for good. Fragment: dialog."""
    return _ask_leave(access.find_room(me(), room_id))


@blueprint.post("/rooms/<int:room_id>/leave")
def leave_room(room_id: int) -> Response:
    """Leave a room."""
    room_access = access.find_room(me(), room_id)
    with refusals_to(partial(_ask_leave, room_access), only=Invalid):
        rooms.leave_room(me(), room_access.room)
    return done(url_for("chat.home"))


@blueprint.get("/rooms/<int:room_id>/rights")
def own_rights(room_id: int) -> Response:
    """*Que puis-je faire ici ?*: one's own rights, why, and who can change them. Fragment: panel."""
    room_access = access.find_room(me(), room_id)
    explanation = explain(me(), room_access.room)
    return _panel(
        "chat/own_rights.html",
        room_access,
        explanation=explanation,
        lines=_names(explanation.deciding),
        inviting=policy.inviting_of(me(), room_access.room, explanation.rights),
        inviting_labels=INVITING,
        right_names=RIGHT_NAMES,
        all_rights=list(RIGHT_NAMES),
        changers=_changers(room_access),
    )


def people_page(room_access: access.RoomAccess) -> Response:
    """Return the panel *Membres*: who is in the room, and the invitations that one may handle."""
    if not policy.sees_members(me(), room_access.room):
        return _panel("chat/people_hidden.html", room_access)
    search = request.args.get("q", "")
    shown = people.people_of(room_access.room, search, request.args.get("after", type=int))
    may_kick = bool(room_access.rights & Right.ADMINISTRATION_KICK)
    is_private = room_access.room.kind is RoomKind.PRIVATE
    return _panel(
        "chat/people.html",
        room_access,
        blocks=("people_list",),
        found=shown,
        ways=_ways(room_access, [person.account for person in shown.people]),
        search=search,
        may_add=is_private and bool(room_access.rights & Right.ADMINISTRATION_INVITE),
        may_kick=may_kick,
        may_invite=policy.may_invite_guests(me(), room_access.room),
        may_set_guests=_may_set_guests(room_access),
        invitations=[] if me().is_guest or search else invitations_of(me(), room_access.room),
        invitation_labels=invitation_labels,
        is_private=is_private,
        is_owner=room_access.is_owner,
    )


def _ways(room_access: access.RoomAccess, accounts: list[Account]) -> dict:
    """Return how people are in the room's group, for members of it; guests do not learn how a company is made up."""
    group = room_access.room.group
    if group is None or room_access.room.kind is not RoomKind.PUBLIC or me().is_guest:
        return {}
    return ways_for_members(accounts, group)


def _may_set_guests(room_access: access.RoomAccess) -> bool:
    return room_access.room.kind is not RoomKind.DIRECT and room_rules.may(
        me(), Right.ADMINISTRATION_ADMINISTER, room_access.room
    )


def _ask_leave(room_access: access.RoomAccess, status: int = 200, problem=None) -> Response:
    back = url_for("chat.room", room_id=room_access.room.id)
    return room_dialog("chat/leave.html", room_access, status, problem=problem, back=back)


def _choose(room_access: access.RoomAccess, status: int = 200, problem=None) -> Response:
    access.require(me(), Right.ADMINISTRATION_INVITE, room_access.room.id)
    search = request.values.get("q", "")
    chosen = request.values.getlist("people", type=int)
    return room_dialog(
        "chat/add_people.html",
        room_access,
        status,
        blocks=("candidates",),
        back=url_for("chat.room_people", room_id=room_access.room.id),
        send_url=url_for("chat.add_people", room_id=room_access.room.id),
        choose_url=url_for("chat.choose_people", room_id=room_access.room.id),
        problem=problem,
        search=search,
        picked=chosen,
        candidates=people.candidates(me(), room_access.room, search, keep=chosen),
    )


def _panel(
    template: str, room_access: access.RoomAccess, *, blocks=(), status: int = 200, **context
) -> Response:
    """Return a panel beside the room; without scripts the whole page with it."""
    return page(
        template,
        blocks=("panel", *blocks),
        status=status,
        around=partial(room_context, room_access),
        room=room_access.room,
        seen=room_access,
        **context,
        **frame(),
    )


def _changers(room_access: access.RoomAccess) -> list[str]:
    """Return who can change rights here, as far as a person may know: owners, who holds the right, administrators."""
    if room_access.room.kind is RoomKind.DIRECT:
        return []
    changers = changers_of(me(), room_access.room)
    owners = changers.owners or ([] if room_access.room.group else [_("the owner of the room")])
    return [*owners, *_names(changers.grants), _office(changers.office)]


def _office(place: Group | Domain | None) -> str:
    """Return the administrators who may change rights; of which domain is nothing that guests are told."""
    if place is None or (isinstance(place, Domain) and me().is_guest):
        return _("the administrators of this server")
    name = place.name if isinstance(place, Group) else readable(place.name)
    return _("the administrators of %(group)s", group=name)


def _names(lines) -> list[str]:
    return [principal_name(line.entry.principal, line.name) for line in lines]


def _mention(account: Account) -> str:
    """Return how a message names somebody: by the alias within one's own domain, else by the whole address."""
    alias, _at, domain = account.address.partition("@")
    return alias if domain == me().domain.name else account.address


def _somebody(account_id: int) -> Account:
    """Return the account with an id.

    Missing accounts are refused like people outside the room, after the rights.
    """
    return db.session.get(Account, account_id) or Account(id=account_id)


def back_to_people(room_id: int, text: str) -> Response:
    """Return the list again; where a dialog was open, as a whole page, which closes it."""
    if target_id() == "panel":
        return say(people_page(access.find_room(me(), room_id)), text)
    return done(url_for("chat.room_people", room_id=room_id))
