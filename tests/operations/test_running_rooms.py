"""Rooms made, run, filled and left; each right from both sides."""

import pytest

from app.errors import Forbidden, Invalid, NotFound
from app.events import MessageChanged, RoomChanged
from app.extensions import db
from app.models import (
    AccountState,
    Folder,
    Grant,
    Message,
    MessageKind,
    Principal,
    Room,
    RoomKind,
    RoomMember,
    RoomState,
)
from app.operations import messages, reading, rooms
from app.queries.rooms import room_list
from app.rules.rights import FULL, READ, WRITE, Right, access
from tests import factories


def names(who) -> list[str]:
    access.forget()
    return [seen.room.name for seen in access.visible_rooms(who)]


def titles(who, tab: str) -> list[str]:
    access.forget()
    return [entry.title for section in room_list(who, tab).sections for entry in section.entries]


def give(cast, who, rights):
    folder = db.session.query(Folder).filter_by(group_id=cast.group.id, kind="teamchat").one()
    db.session.query(Grant).filter_by(folder_id=folder.id, principal_id=who.id, principal="account").delete()
    factories.make_grant(folder, Principal.ACCOUNT, who.id, rights)
    access.forget()


def test_a_public_room_is_seen_by_the_group_and_made_by_folder_write(cast, events):
    with pytest.raises(Forbidden):
        rooms.create_room(cast.arthur, RoomKind.PUBLIC, "Projet X", group_id=cast.group.id)
    with pytest.raises(NotFound):
        rooms.create_room(cast.paul, RoomKind.PUBLIC, "Projet X", group_id=cast.group.id)
    give(cast, cast.arthur, WRITE | Right.FOLDER_WRITE)
    room = rooms.create_room(cast.arthur, RoomKind.PUBLIC, "Projet X", group_id=cast.group.id)
    assert "Projet X" in names(cast.jean) and "Projet X" not in names(cast.paul)
    assert RoomChanged(room.id, room.folder_id) in events


def test_a_private_room_in_a_group_is_its_members_secret(cast):
    rooms.create_room(cast.arthur, RoomKind.PRIVATE, "Secret", group_id=cast.group.id)
    assert "Secret" in names(cast.arthur) and "Secret" not in names(cast.jean)
    with pytest.raises(NotFound):
        rooms.create_room(cast.paul, RoomKind.PRIVATE, "Mine", group_id=cast.group.id)


def test_anybody_with_teamchat_makes_a_private_room_of_their_own_and_owns_it(cast):
    room = rooms.create_room(cast.paul, RoomKind.PRIVATE, "Mine")
    assert access.find_room(cast.paul, room.id).rights == FULL
    guest = factories.make_account(cast.other_domain, "bruno", is_guest=True)
    cast.jean.has_teamchat = False
    db.session.commit()
    for who in (guest, cast.jean):
        with pytest.raises(Forbidden):
            rooms.create_room(who, RoomKind.PRIVATE, "Mine")


def test_names_are_one_of_a_kind_in_a_folder(cast):
    give(cast, cast.arthur, FULL)
    with pytest.raises(Invalid) as refusal:
        rooms.create_room(cast.arthur, RoomKind.PUBLIC, "TEAMCHAT", group_id=cast.group.id)
    assert (refusal.value.code, refusal.value.field) == ("name_taken", "name")
    other = rooms.create_room(cast.arthur, RoomKind.PUBLIC, "Other", group_id=cast.group.id)
    with pytest.raises(Invalid):
        rooms.rename_room(cast.arthur, other, "TeamChat")


@pytest.mark.parametrize(
    "kind, group, code", [(RoomKind.PUBLIC, None, "needs_group"), (RoomKind.DIRECT, None, "not_for_direct")]
)
def test_rooms_that_cannot_be(cast, kind, group, code):
    with pytest.raises(Invalid) as refusal:
        rooms.create_room(cast.arthur, kind, "x", group_id=group)
    assert refusal.value.code == code


def test_a_direct_room_exists_once_whoever_opens_it(cast):
    room = rooms.open_direct(cast.arthur, [cast.paul.id])
    assert rooms.open_direct(cast.paul, [cast.arthur.id]).id == room.id
    assert rooms.open_direct(cast.arthur, [cast.paul.id, cast.jean.id]).id != room.id
    assert messages.post_message(cast.paul, room.id, "hello").seq == 1
    with pytest.raises(NotFound):
        messages.post_message(cast.jean, room.id, "me too")


def test_direct_rooms_take_two_to_eight_who_see_each_other(cast):
    with pytest.raises(Invalid):
        rooms.open_direct(cast.arthur, [])
    with pytest.raises(NotFound):
        rooms.open_direct(cast.arthur, [cast.autrui.id])
    crowd = [factories.make_account(cast.domain).id for _ in range(8)]
    with pytest.raises(Invalid):
        rooms.open_direct(cast.arthur, crowd)
    assert rooms.open_direct(cast.arthur, crowd[:7]).kind is RoomKind.DIRECT
    shared = factories.make_private_room(cast.arthur, cast.autrui)
    assert shared and rooms.open_direct(cast.arthur, [cast.autrui.id])


def test_renaming_needs_folder_rename_and_leaves_a_note(cast, events):
    with pytest.raises(Forbidden):
        rooms.rename_room(cast.arthur, cast.room, "Neuf")
    give(cast, cast.arthur, WRITE | Right.FOLDER_RENAME)
    rooms.rename_room(cast.arthur, cast.room, "Neuf")
    note = db.session.query(Message).filter_by(room_id=cast.room.id).one()
    assert (note.kind, note.seq, note.note) == (MessageKind.NOTE, 0, 1) and '"Neuf"' in note.body
    assert any(isinstance(fact, MessageChanged) and fact.message_id == note.id for fact in events)
    assert names(cast.jean) == ["Neuf"]
    rooms.set_topic(cast.arthur, cast.room, "De quoi on parle")
    assert cast.room.topic == "De quoi on parle"


def test_notes_take_no_number(cast):
    give(cast, cast.arthur, FULL)
    messages.post_message(cast.arthur, cast.room.id, "one")
    rooms.rename_room(cast.arthur, cast.room, "Neuf")
    rooms.rename_room(cast.arthur, cast.room, "Encore")
    assert messages.post_message(cast.arthur, cast.room.id, "two").seq == 2
    placed = db.session.query(Message.seq, Message.note).filter_by(room_id=cast.room.id)
    assert sorted(placed.all()) == [(1, 0), (1, 1), (1, 2), (2, 0)]


def test_archiving_makes_read_only_and_can_be_taken_back(cast):
    with pytest.raises(Forbidden):
        rooms.archive_room(cast.jean, cast.room)
    give(cast, cast.jean, WRITE | Right.FOLDER_DELETE)
    rooms.archive_room(cast.jean, cast.room)
    assert access.find_room(cast.arthur, cast.room.id).rights == READ
    with pytest.raises(Forbidden):
        rooms.reopen_room(cast.arthur, cast.room)
    rooms.reopen_room(cast.jean, cast.room)
    assert access.find_room(cast.arthur, cast.room.id).rights == WRITE


@pytest.mark.parametrize("act", [rooms.reopen_room, rooms.delete_room])
def test_muted_account_cannot_run_archived_room(cast, act):
    give(cast, cast.jean, FULL)
    rooms.archive_room(cast.jean, cast.room)
    cast.jean.state = AccountState.MUTED
    db.session.commit()
    with pytest.raises(Forbidden):
        act(cast.jean, cast.room)
    cast.jean.state = AccountState.ENABLED
    db.session.commit()
    act(cast.jean, cast.room)


def test_the_trash_and_back(cast):
    rooms.delete_room(cast.domain_admin, cast.room)
    assert cast.room.state is RoomState.DELETED and names(cast.arthur) == []
    give(cast, cast.jean, FULL)
    for who in (cast.jean, cast.rivale):
        with pytest.raises(NotFound):
            rooms.restore_room(who, cast.room)
    rooms.restore_room(cast.domain_admin, cast.room)
    assert names(cast.arthur) == ["TeamChat"] and cast.room.deleted_at is None


def test_a_room_leaves_the_trash_as_it_was(cast):
    rooms.archive_room(cast.domain_admin, cast.room)
    rooms.delete_room(cast.domain_admin, cast.room)
    rooms.restore_room(cast.domain_admin, cast.room)
    assert cast.room.state is RoomState.ARCHIVED
    with pytest.raises(Forbidden):
        messages.post_message(cast.arthur, cast.room.id, "open again?")
    rooms.reopen_room(cast.domain_admin, cast.room)
    rooms.delete_room(cast.domain_admin, cast.room)
    rooms.restore_room(cast.domain_admin, cast.room)
    assert cast.room.state is RoomState.ACTIVE


def test_an_administrator_runs_a_room_without_reading_it(cast):
    rooms.rename_room(cast.domain_admin, cast.room, "Rangé")
    with pytest.raises(NotFound):
        access.find_room(cast.domain_admin, cast.room.id)
    with pytest.raises(NotFound):
        messages.post_message(cast.domain_admin, cast.room.id, "me too")
    with pytest.raises(NotFound):
        rooms.rename_room(cast.rivale, cast.room, "Volé")


def test_a_clone_has_name_rights_and_members_but_no_words(cast):
    room = factories.make_private_room(cast.arthur, cast.jean)
    messages.post_message(cast.arthur, room.id, "said")
    copy = rooms.clone_room(cast.arthur, room, "Copie")
    assert db.session.query(Message).filter_by(room_id=copy.id, kind="message").count() == 0
    assert access.find_room(cast.jean, copy.id).rights == WRITE
    assert access.find_room(cast.arthur, copy.id).rights == FULL
    with pytest.raises(Forbidden):
        rooms.clone_room(cast.jean, room)


def test_people_are_added_by_who_may_invite_among_those_they_see(cast):
    room = factories.make_private_room(cast.arthur, cast.jean)
    with pytest.raises(Forbidden):
        rooms.add_people(cast.jean, room, [cast.paul.id])
    assert rooms.add_people(cast.arthur, room, [cast.paul.id, cast.jean.id]) == 1
    assert "Private" in names(cast.paul)
    with pytest.raises(NotFound):
        rooms.add_people(cast.arthur, room, [cast.autrui.id])
    with pytest.raises(Invalid):
        rooms.add_people(cast.arthur, cast.room if False else room, [])


def test_public_rooms_follow_their_group(cast):
    give(cast, cast.arthur, FULL)
    with pytest.raises(Invalid):
        rooms.add_people(cast.arthur, cast.room, [cast.paul.id])
    with pytest.raises(NotFound):
        rooms.remove_person(cast.arthur, cast.room, cast.jean)


def test_removing_somebody_closes_the_room_to_them(cast):
    room = factories.make_private_room(cast.arthur, cast.jean, cast.paul)
    with pytest.raises(Forbidden):
        rooms.remove_person(cast.jean, room, cast.paul)
    rooms.remove_person(cast.arthur, room, cast.paul)
    assert "Private" not in names(cast.paul)


def test_a_private_room_always_has_an_owner(cast):
    room = factories.make_private_room(cast.arthur, cast.jean)
    for act in (
        lambda: rooms.leave_room(cast.arthur, room),
        lambda: rooms.remove_person(cast.arthur, room, cast.arthur),
    ):
        with pytest.raises(Invalid) as refusal:
            act()
        assert refusal.value.code == "last_owner"
    rooms.hand_over(cast.arthur, room, cast.jean)
    rooms.leave_room(cast.arthur, room)
    assert access.find_room(cast.jean, room.id).rights == FULL
    with pytest.raises(NotFound):
        access.find_room(cast.arthur, room.id)


def test_handing_over_is_for_owners_and_administrators(cast):
    room = factories.make_private_room(cast.arthur, cast.jean)
    with pytest.raises(Forbidden):
        rooms.hand_over(cast.jean, room, cast.jean)
    with pytest.raises(NotFound):
        rooms.hand_over(cast.rivale, room, cast.jean)
    rooms.hand_over(cast.domain_admin, room, cast.jean)
    assert access.find_room(cast.jean, room.id).rights == FULL
    with pytest.raises(NotFound):
        rooms.hand_over(cast.arthur, room, cast.paul)


def test_leaving_a_public_room_hides_it_until_it_is_opened(cast):
    rooms.leave_room(cast.arthur, cast.room)
    row = db.session.query(RoomMember).filter_by(account_id=cast.arthur.id).one()
    assert row.is_hidden and not row.is_member
    assert access.find_room(cast.arthur, cast.room.id).rights == WRITE
    assert not room_list(cast.arthur).sections and titles(cast.arthur, "hidden") == ["TeamChat"]
    reading.open_room(cast.arthur, cast.room.id)
    assert titles(cast.arthur, "all") == ["TeamChat"] and not titles(cast.arthur, "hidden")


def test_a_hidden_room_that_can_no_longer_be_read_is_not_listed(cast):
    rooms.leave_room(cast.arthur, cast.room)
    assert room_list(cast.arthur).hidden_count == 1
    give(cast, cast.arthur, Right.FOLDER_READ)
    assert room_list(cast.arthur).hidden_count == 0 and not titles(cast.arthur, "hidden")
    give(cast, cast.arthur, Right.NONE)
    assert room_list(cast.arthur, "hidden").is_empty


def test_favourites_are_ones_own(cast):
    rooms.set_favourite(cast.arthur, cast.room, True)
    assert access.find_room(cast.arthur, cast.room.id).member.is_favourite
    assert access.find_room(cast.jean, cast.room.id).member is None
    with pytest.raises(NotFound):
        rooms.set_favourite(cast.paul, cast.room, True)


def test_a_room_of_two_has_its_people_in_the_database_once(cast):
    room = rooms.open_direct(cast.arthur, [cast.paul.id])
    assert db.session.query(RoomMember).filter_by(room_id=room.id).count() == 2
    assert db.session.query(Room).filter_by(unique_key=room.unique_key).count() == 1
