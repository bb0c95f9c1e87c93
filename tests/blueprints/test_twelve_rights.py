"""Each of the twelve rights, through every entry point, from both sides with the same set-up.

Somebody who has little more than the right tries it, then somebody who has all other rights.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from app.errors import Refusal
from app.extensions import db
from app.models import Account, Folder, FolderKind, Group, Principal, Room, RoomKind, RoomState
from app.operations import messages, rooms
from app.operations import rights as right_operations
from app.operations.messages import reading
from app.realtime import handlers
from app.rules.guests import policy
from app.rules.rights import FULL, READ, WRITE, Right, access, lists
from app.transaction import operations
from tests.support import factories

# Words that the names of entry points to come will contain; then they belong in the table below.
TO_COME = {
    Right.ITEMS_EDIT_DOCUMENTS: ("document",),
    Right.ITEMS_WRITE: ("upload", "attach", "_file", "pin_", "message:pin", "reaction"),
    Right.ITEMS_MODIFY: ("unpin",),
}


@dataclass
class World:
    """Set-up for one attempt: jean, a public and a private room of arthur's, and arthur's messages there."""

    jean: Account
    arthur: Account
    paul: Account
    group: Group
    folder: Folder
    room: Room
    private: Room
    theirs: int
    own: int
    in_private: int
    window_of: Callable
    client_of: Callable

    def post(self, path: str, **data):
        return self.client_of(self.jean).post(f"/webmail{path}", data=data)

    def get(self, path: str):
        return self.client_of(self.jean).get(f"/webmail{path}")

    def say(self, event: str, **payload) -> dict:
        return self.window_of(self.jean).call(event, payload)


@dataclass(frozen=True)
class EntryPoint:
    """One way to do what a right is about."""

    right: Right
    name: str
    go: Callable


def _rooms_page(path: str, **data):
    return lambda w: w.post(f"/rooms/{w.room.id}{path}", **data)


def _create(w: World):
    return rooms.create_room(w.jean, RoomKind.PUBLIC, "New", group_id=w.group.id)


def _create_page(w: World):
    return w.post("/rooms/new", name="New", place=f"public:{w.group.id}")


def _reopen(w: World):
    w.room.state = RoomState.ARCHIVED
    db.session.commit()
    access.forget()
    return w.room


def _invite_by_right(w: World):
    w.group.domain.members_may_invite_guests = False
    db.session.commit()
    policy.require_may_invite_guests(w.jean, w.room)


def _give(w: World):
    subject = right_operations.Subject(Principal.ACCOUNT, w.paul.id)
    return right_operations.set_grant(w.jean, w.room, subject, READ, accepts_own_loss=True)


def _take(w: World):
    subject = right_operations.Subject(Principal.GUESTS)
    return right_operations.remove_grant(w.jean, w.private, subject, accepts_own_loss=True)


def _window(path: str = ""):
    return lambda w: w.client_of(w.jean).get(f"/admin/rights/room/{w.room.id}{path}")


def _why(path: str):
    return lambda w: w.client_of(w.jean).get(f"/admin/rooms/{w.room.id}/{path}")


def _write(act: str, line: str = "guests:0", **data):
    """Send a form of the rights window as it stands; who loses their own right by it has said yes."""

    def go(w: World):
        known = {"seen": json.dumps(lists.snapshot(w.room)), "answer": "own_loss", "line": line}
        return w.client_of(w.jean).post(f"/admin/rights/room/{w.room.id}/{act}", data=known | data)

    return go


READING = [
    EntryPoint(Right.ITEMS_READ, "operation open_room", lambda w: reading.open_room(w.jean, w.room.id)),
    EntryPoint(Right.ITEMS_READ, "operation mark_read", lambda w: reading.mark_read(w.jean, w.room.id, 1)),
    EntryPoint(Right.ITEMS_READ, "page of the room", lambda w: w.get(f"/rooms/{w.room.id}")),
    EntryPoint(Right.ITEMS_READ, "page messages", lambda w: w.get(f"/rooms/{w.room.id}/messages?after=0")),
    EntryPoint(Right.ITEMS_READ, "page message", lambda w: w.get(f"/rooms/{w.room.id}/messages/{w.theirs}")),
    EntryPoint(Right.ITEMS_READ, "socket room:open", lambda w: w.say("room:open", room_id=w.room.id)),
    EntryPoint(Right.ITEMS_READ, "socket room:read", lambda w: w.say("room:read", room_id=w.room.id, seq=1)),
]
WRITING = [
    EntryPoint(
        Right.ITEMS_WRITE,
        "operation post_message",
        lambda w: messages.post_message(w.jean, w.room.id, "hello"),
    ),
    EntryPoint(Right.ITEMS_WRITE, "page post_message", _rooms_page("/messages", body="hello")),
    EntryPoint(
        Right.ITEMS_WRITE,
        "socket message:post",
        lambda w: w.say("message:post", room_id=w.room.id, body="hello"),
    ),
    EntryPoint(
        Right.ITEMS_WRITE,
        "operation edit_message, one's own",
        lambda w: messages.edit_message(w.jean, w.own, "x"),
    ),
    EntryPoint(
        Right.ITEMS_WRITE,
        "socket message:edit, one's own",
        lambda w: w.say("message:edit", message_id=w.own, body="x"),
    ),
    EntryPoint(
        Right.ITEMS_WRITE,
        "operation delete_message, one's own",
        lambda w: messages.delete_message(w.jean, w.own),
    ),
    EntryPoint(
        Right.ITEMS_WRITE,
        "socket message:delete, one's own",
        lambda w: w.say("message:delete", message_id=w.own),
    ),
]
OTHERS = [
    EntryPoint(
        Right.ITEMS_MODIFY, "operation edit_message", lambda w: messages.edit_message(w.jean, w.theirs, "x")
    ),
    EntryPoint(
        Right.ITEMS_MODIFY, "page source", lambda w: w.get(f"/rooms/{w.room.id}/messages/{w.theirs}/source")
    ),
    EntryPoint(
        Right.ITEMS_MODIFY,
        "socket message:edit",
        lambda w: w.say("message:edit", message_id=w.theirs, body="x"),
    ),
    EntryPoint(
        Right.ITEMS_DELETE, "operation delete_message", lambda w: messages.delete_message(w.jean, w.theirs)
    ),
    EntryPoint(
        Right.ITEMS_DELETE, "socket message:delete", lambda w: w.say("message:delete", message_id=w.theirs)
    ),
]
FOLDER = [
    EntryPoint(Right.FOLDER_WRITE, "operation create_room", _create),
    EntryPoint(Right.FOLDER_WRITE, "page create_room", _create_page),
    EntryPoint(Right.FOLDER_WRITE, "operation clone_room", lambda w: rooms.clone_room(w.jean, w.room)),
    EntryPoint(Right.FOLDER_WRITE, "page clone_room", _rooms_page("/copy")),
    EntryPoint(
        Right.FOLDER_RENAME, "operation rename_room", lambda w: rooms.rename_room(w.jean, w.room, "New")
    ),
    EntryPoint(Right.FOLDER_RENAME, "operation set_topic", lambda w: rooms.set_topic(w.jean, w.room, "New")),
    EntryPoint(Right.FOLDER_RENAME, "page settings", lambda w: w.get(f"/rooms/{w.room.id}/settings")),
    EntryPoint(Right.FOLDER_RENAME, "page save_settings", _rooms_page("/settings", name="New", topic="New")),
    EntryPoint(Right.FOLDER_DELETE, "operation archive_room", lambda w: rooms.archive_room(w.jean, w.room)),
    EntryPoint(Right.FOLDER_DELETE, "page archive_room", _rooms_page("/archive")),
    EntryPoint(Right.FOLDER_DELETE, "operation reopen_room", lambda w: rooms.reopen_room(w.jean, _reopen(w))),
    EntryPoint(Right.FOLDER_DELETE, "page reopen_room", lambda w: w.post(f"/rooms/{_reopen(w).id}/reopen")),
    EntryPoint(Right.FOLDER_DELETE, "operation delete_room", lambda w: rooms.delete_room(w.jean, w.room)),
    EntryPoint(Right.FOLDER_DELETE, "page delete_room", _rooms_page("/delete")),
]
ADMINISTRATION = [
    EntryPoint(
        Right.ADMINISTRATION_INVITE,
        "operation add_people",
        lambda w: rooms.add_people(w.jean, w.private, [w.paul.id]),
    ),
    EntryPoint(
        Right.ADMINISTRATION_INVITE,
        "page choose_people",
        lambda w: w.get(f"/rooms/{w.private.id}/people/add"),
    ),
    EntryPoint(
        Right.ADMINISTRATION_INVITE,
        "page add_people",
        lambda w: w.post(f"/rooms/{w.private.id}/people", people=w.paul.id),
    ),
    EntryPoint(Right.ADMINISTRATION_INVITE, "guests, while the policy is off", _invite_by_right),
    EntryPoint(
        Right.ADMINISTRATION_KICK,
        "operation remove_person",
        lambda w: rooms.remove_person(w.jean, w.private, db.session.get(Account, w.in_private)),
    ),
    EntryPoint(
        Right.ADMINISTRATION_KICK,
        "page remove_person",
        lambda w: w.post(f"/rooms/{w.private.id}/people/{w.in_private}/remove"),
    ),
    EntryPoint(Right.ADMINISTRATION_ADMINISTER, "operation set_grant", _give),
    EntryPoint(Right.ADMINISTRATION_ADMINISTER, "operation remove_grant", _take),
    EntryPoint(
        Right.ADMINISTRATION_ADMINISTER,
        "operation inherit_again",
        lambda w: right_operations.inherit_again(w.jean, w.room, accepts_own_loss=True),
    ),
    EntryPoint(
        Right.ADMINISTRATION_ADMINISTER,
        "operation clone_room, private",
        lambda w: rooms.clone_room(w.jean, w.private),
    ),
]
WINDOW = [
    EntryPoint(Right.ADMINISTRATION_ADMINISTER, "page of rights", _window()),
    EntryPoint(Right.ADMINISTRATION_ADMINISTER, "page choose_subjects", _window("/add")),
    EntryPoint(Right.ADMINISTRATION_ADMINISTER, "page matrix", _why("matrix")),
    EntryPoint(Right.ADMINISTRATION_ADMINISTER, "page why", _why("why")),
    EntryPoint(
        Right.ADMINISTRATION_ADMINISTER, "page explain_person", lambda w: _why(f"why/{w.arthur.id}")(w)
    ),
    EntryPoint(Right.ADMINISTRATION_ADMINISTER, "page save_grant", _write("save", preset="read")),
    EntryPoint(Right.ADMINISTRATION_ADMINISTER, "page remove_grant", _write("remove")),
    EntryPoint(Right.ADMINISTRATION_ADMINISTER, "page inherit_again", _write("inherit")),
    EntryPoint(
        Right.ADMINISTRATION_ADMINISTER, "page add_grants", _write("add", member="anyone:0", preset="read")
    ),
]
ENTRY_POINTS = [*READING, *WRITING, *OTHERS, *FOLDER, *ADMINISTRATION, *WINDOW]


@pytest.fixture
def world(people, client_of, window_of) -> World:
    theirs = messages.post_message(people.arthur, people.room.id, "arthur's").message_id
    own = messages.post_message(people.jean, people.room.id, "jean's").message_id
    other = factories.make_account(people.domain, "autre")
    private = factories.make_private_room(people.arthur, people.jean, other)
    folder = db.session.query(Folder).filter_by(group_id=people.group.id, kind=FolderKind.TEAMCHAT).one()
    return World(
        jean=people.jean,
        arthur=people.arthur,
        paul=people.paul,
        group=people.group,
        folder=folder,
        room=people.room,
        private=private,
        theirs=theirs,
        own=own,
        in_private=other.id,
        window_of=window_of,
        client_of=client_of,
    )


def tried(world: World, entry_point: EntryPoint, rights: Right) -> str | None:
    """Return the outcome for jean with these rights everywhere: None, or the code of the refusal."""
    for place in (world.folder, world.private):
        factories.make_grant(place, Principal.ACCOUNT, world.jean.id, rights)
    access.forget()
    try:
        answer = entry_point.go(world)
    except Refusal as refusal:
        return refusal.code
    if isinstance(answer, dict) and "ok" in answer:
        return None if answer["ok"] else answer["error"]
    status = getattr(answer, "status_code", 200)
    return None if status < 400 else {403: "forbidden", 404: "not_found"}.get(status, "refused")


def name(entry_point: EntryPoint) -> str:
    return f"{entry_point.right.name.lower()} {entry_point.name}"


@pytest.mark.parametrize("entry_point", ENTRY_POINTS, ids=name)
def test_who_holds_the_right_may(world, entry_point):
    assert tried(world, entry_point, READ | entry_point.right) is None


@pytest.mark.parametrize("entry_point", ENTRY_POINTS, ids=name)
def test_who_holds_every_other_right_may_not(world, entry_point):
    assert tried(world, entry_point, FULL & ~entry_point.right) in ("forbidden", "refused", "policy_off")


@pytest.mark.parametrize("entry_point", ENTRY_POINTS, ids=name)
def test_to_who_may_not_see_the_room_it_does_not_exist(world, entry_point):
    assert tried(world, entry_point, FULL & ~Right.FOLDER_READ) in ("not_found", "refused")


@pytest.mark.parametrize("level", ["folder", "room"])
def test_seeing_is_a_right_of_its_own_on_both_levels(world, level):
    own = factories.make_grant(world.folder, Principal.ACCOUNT, world.jean.id, WRITE)
    if level == "room":
        world.room.has_own_list = True
        own = factories.make_grant(world.room, Principal.ACCOUNT, world.jean.id, WRITE)
    for rights, status, found in ((WRITE, 200, True), (WRITE & ~Right.FOLDER_READ, 404, False)):
        own.rights = int(rights)
        db.session.commit()
        access.forget()
        assert world.get(f"/rooms/{world.room.id}").status_code == status
        assert world.say("room:open", room_id=world.room.id)["ok"] is found
        assert (f"/webmail/rooms/{world.room.id}" in world.get("/rooms").text) is found
        assert (world.room.id in {seen.room.id for seen in access.visible_rooms(world.jean)}) is found


def test_every_right_has_a_door_or_stands_on_the_list_of_those_to_come():
    through_entry_points = {entry_point.right for entry_point in ENTRY_POINTS} | {Right.FOLDER_READ}
    assert through_entry_points | set(TO_COME) == set(Right) - {Right.NONE}


def test_what_is_still_to_come_does_not_exist_yet(app):
    own = [one for one in operations if one.startswith(("app.operations.messages", "app.operations.rooms"))]
    pages = [rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint.startswith("chat.")]
    there = [*own, *pages, *handlers.events()]
    for right, words in TO_COME.items():
        found = [one for one in there if any(word in one for word in words)]
        assert not found, (
            f"{found} is an entry point of {right.name}: try it in the table, and take it off this list"
        )
