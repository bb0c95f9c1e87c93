"""Creating, changing, filling and leaving rooms; each right from both sides."""

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
from app.operations import messages, rooms
from app.operations.messages import reading
from app.queries.rooms.listing import room_list
from app.rules.rights import FULL, READ, WRITE, Right, access
from tests.support import factories


def names(person) -> list[str]:
    access.forget()
    return [room_access.room.name for room_access in access.visible_rooms(person)]


def titles(person, tab: str) -> list[str]:
    access.forget()
    return [entry.title for section in room_list(person, tab).sections for entry in section.entries]


def give(people, person, rights):
    folder = db.session.query(Folder).filter_by(group_id=people.group.id, kind="teamchat").one()
    db.session.query(Grant).filter_by(
        folder_id=folder.id, principal_id=person.id, principal="account"
    ).delete()
    factories.make_grant(folder, Principal.ACCOUNT, person.id, rights)
    access.forget()


def test_public_room_is_visible_to_group_and_needs_folder_write(people, events):
    with pytest.raises(Forbidden):
        rooms.create_room(people.arthur, RoomKind.PUBLIC, "Projet X", group_id=people.group.id)
    with pytest.raises(NotFound):
        rooms.create_room(people.paul, RoomKind.PUBLIC, "Projet X", group_id=people.group.id)
    give(people, people.arthur, WRITE | Right.FOLDER_WRITE)
    room = rooms.create_room(people.arthur, RoomKind.PUBLIC, "Projet X", group_id=people.group.id)
    assert "Projet X" in names(people.jean) and "Projet X" not in names(people.paul)
    assert RoomChanged(room.id, room.folder_id) in events


def test_private_room_in_group_is_visible_to_its_members_only(people):
    rooms.create_room(people.arthur, RoomKind.PRIVATE, "Secret", group_id=people.group.id)
    assert "Secret" in names(people.arthur) and "Secret" not in names(people.jean)
    with pytest.raises(NotFound):
        rooms.create_room(people.paul, RoomKind.PRIVATE, "Mine", group_id=people.group.id)


def test_account_with_teamchat_creates_and_owns_private_room(people):
    room = rooms.create_room(people.paul, RoomKind.PRIVATE, "Mine")
    assert access.find_room(people.paul, room.id).rights == FULL
    guest = factories.make_account(people.other_domain, "bruno", is_guest=True)
    people.jean.has_teamchat = False
    db.session.commit()
    for person in (guest, people.jean):
        with pytest.raises(Forbidden):
            rooms.create_room(person, RoomKind.PRIVATE, "Mine")


def test_room_name_is_unique_in_folder(people):
    give(people, people.arthur, FULL)
    with pytest.raises(Invalid) as refusal:
        rooms.create_room(people.arthur, RoomKind.PUBLIC, "TEAMCHAT", group_id=people.group.id)
    assert (refusal.value.code, refusal.value.field) == ("name_taken", "name")
    other = rooms.create_room(people.arthur, RoomKind.PUBLIC, "Other", group_id=people.group.id)
    with pytest.raises(Invalid):
        rooms.rename_room(people.arthur, other, "TeamChat")


@pytest.mark.parametrize(
    "kind, group, code", [(RoomKind.PUBLIC, None, "needs_group"), (RoomKind.DIRECT, None, "not_for_direct")]
)
def test_invalid_room_is_refused(people, kind, group, code):
    with pytest.raises(Invalid) as refusal:
        rooms.create_room(people.arthur, kind, "x", group_id=group)
    assert refusal.value.code == code


def test_direct_room_is_created_once_for_its_people(people):
    room = rooms.open_direct(people.arthur, [people.paul.id])
    assert rooms.open_direct(people.paul, [people.arthur.id]).id == room.id
    assert rooms.open_direct(people.arthur, [people.paul.id, people.jean.id]).id != room.id
    assert messages.post_message(people.paul, room.id, "hello").seq == 1
    with pytest.raises(NotFound):
        messages.post_message(people.jean, room.id, "me too")


def test_direct_room_needs_two_to_eight_people_who_see_each_other(people):
    with pytest.raises(Invalid):
        rooms.open_direct(people.arthur, [])
    with pytest.raises(NotFound):
        rooms.open_direct(people.arthur, [people.autrui.id])
    many = [factories.make_account(people.domain).id for _ in range(8)]
    with pytest.raises(Invalid):
        rooms.open_direct(people.arthur, many)
    assert rooms.open_direct(people.arthur, many[:7]).kind is RoomKind.DIRECT
    shared = factories.make_private_room(people.arthur, people.autrui)
    assert shared and rooms.open_direct(people.arthur, [people.autrui.id])


def test_renaming_needs_folder_rename_and_adds_note(people, events):
    with pytest.raises(Forbidden):
        rooms.rename_room(people.arthur, people.room, "Neuf")
    give(people, people.arthur, WRITE | Right.FOLDER_RENAME)
    rooms.rename_room(people.arthur, people.room, "Neuf")
    note = db.session.query(Message).filter_by(room_id=people.room.id).one()
    assert (note.kind, note.seq, note.note) == (MessageKind.NOTE, 0, 1) and '"Neuf"' in note.body
    assert any(isinstance(fact, MessageChanged) and fact.message_id == note.id for fact in events)
    assert names(people.jean) == ["Neuf"]
    rooms.set_topic(people.arthur, people.room, "De quoi on parle")
    assert people.room.topic == "De quoi on parle"


def test_notes_take_no_number(people):
    give(people, people.arthur, FULL)
    messages.post_message(people.arthur, people.room.id, "one")
    rooms.rename_room(people.arthur, people.room, "Neuf")
    rooms.rename_room(people.arthur, people.room, "Encore")
    assert messages.post_message(people.arthur, people.room.id, "two").seq == 2
    placed = db.session.query(Message.seq, Message.note).filter_by(room_id=people.room.id)
    assert sorted(placed.all()) == [(1, 0), (1, 1), (1, 2), (2, 0)]


def test_archived_room_is_read_only_until_unarchived(people):
    with pytest.raises(Forbidden):
        rooms.archive_room(people.jean, people.room)
    give(people, people.jean, WRITE | Right.FOLDER_DELETE)
    rooms.archive_room(people.jean, people.room)
    assert access.find_room(people.arthur, people.room.id).rights == READ
    with pytest.raises(Forbidden):
        rooms.reopen_room(people.arthur, people.room)
    rooms.reopen_room(people.jean, people.room)
    assert access.find_room(people.arthur, people.room.id).rights == WRITE


@pytest.mark.parametrize("act", [rooms.reopen_room, rooms.delete_room])
def test_muted_account_cannot_run_archived_room(people, act):
    give(people, people.jean, FULL)
    rooms.archive_room(people.jean, people.room)
    people.jean.state = AccountState.MUTED
    db.session.commit()
    with pytest.raises(Forbidden):
        act(people.jean, people.room)
    people.jean.state = AccountState.ENABLED
    db.session.commit()
    act(people.jean, people.room)


def test_room_moves_to_trash_and_back(people):
    rooms.delete_room(people.domain_admin, people.room)
    assert people.room.state is RoomState.DELETED and names(people.arthur) == []
    give(people, people.jean, FULL)
    for person in (people.jean, people.rivale):
        with pytest.raises(NotFound):
            rooms.restore_room(person, people.room)
    rooms.restore_room(people.domain_admin, people.room)
    assert names(people.arthur) == ["TeamChat"] and people.room.deleted_at is None


def test_restored_room_has_its_former_state(people):
    rooms.archive_room(people.domain_admin, people.room)
    rooms.delete_room(people.domain_admin, people.room)
    rooms.restore_room(people.domain_admin, people.room)
    assert people.room.state is RoomState.ARCHIVED
    with pytest.raises(Forbidden):
        messages.post_message(people.arthur, people.room.id, "open again?")
    rooms.reopen_room(people.domain_admin, people.room)
    rooms.delete_room(people.domain_admin, people.room)
    rooms.restore_room(people.domain_admin, people.room)
    assert people.room.state is RoomState.ACTIVE


def test_administrator_manages_room_without_reading_it(people):
    rooms.rename_room(people.domain_admin, people.room, "Rangé")
    with pytest.raises(NotFound):
        access.find_room(people.domain_admin, people.room.id)
    with pytest.raises(NotFound):
        messages.post_message(people.domain_admin, people.room.id, "me too")
    with pytest.raises(NotFound):
        rooms.rename_room(people.rivale, people.room, "Volé")


def test_clone_has_name_rights_and_members_without_messages(people):
    room = factories.make_private_room(people.arthur, people.jean)
    messages.post_message(people.arthur, room.id, "said")
    copy = rooms.clone_room(people.arthur, room, "Copie")
    assert db.session.query(Message).filter_by(room_id=copy.id, kind="message").count() == 0
    assert access.find_room(people.jean, copy.id).rights == WRITE
    assert access.find_room(people.arthur, copy.id).rights == FULL
    with pytest.raises(Forbidden):
        rooms.clone_room(people.jean, room)


def test_adding_people_needs_right_to_invite_and_visibility(people):
    room = factories.make_private_room(people.arthur, people.jean)
    with pytest.raises(Forbidden):
        rooms.add_people(people.jean, room, [people.paul.id])
    assert rooms.add_people(people.arthur, room, [people.paul.id, people.jean.id]) == 1
    assert "Private" in names(people.paul)
    with pytest.raises(NotFound):
        rooms.add_people(people.arthur, room, [people.autrui.id])
    with pytest.raises(Invalid):
        rooms.add_people(people.arthur, people.room if False else room, [])


def test_people_can_be_neither_added_to_nor_removed_from_public_room(people):
    give(people, people.arthur, FULL)
    with pytest.raises(Invalid):
        rooms.add_people(people.arthur, people.room, [people.paul.id])
    with pytest.raises(NotFound):
        rooms.remove_person(people.arthur, people.room, people.jean)


def test_removed_person_loses_access_to_room(people):
    room = factories.make_private_room(people.arthur, people.jean, people.paul)
    with pytest.raises(Forbidden):
        rooms.remove_person(people.jean, room, people.paul)
    rooms.remove_person(people.arthur, room, people.paul)
    assert "Private" not in names(people.paul)


def test_private_room_always_has_an_owner(people):
    room = factories.make_private_room(people.arthur, people.jean)
    for act in (
        lambda: rooms.leave_room(people.arthur, room),
        lambda: rooms.remove_person(people.arthur, room, people.arthur),
    ):
        with pytest.raises(Invalid) as refusal:
            act()
        assert refusal.value.code == "last_owner"
    rooms.hand_over(people.arthur, room, people.jean)
    rooms.leave_room(people.arthur, room)
    assert access.find_room(people.jean, room.id).rights == FULL
    with pytest.raises(NotFound):
        access.find_room(people.arthur, room.id)


def test_only_owners_and_administrators_hand_over_room(people):
    room = factories.make_private_room(people.arthur, people.jean)
    with pytest.raises(Forbidden):
        rooms.hand_over(people.jean, room, people.jean)
    with pytest.raises(NotFound):
        rooms.hand_over(people.rivale, room, people.jean)
    rooms.hand_over(people.domain_admin, room, people.jean)
    assert access.find_room(people.jean, room.id).rights == FULL
    with pytest.raises(NotFound):
        rooms.hand_over(people.arthur, room, people.paul)


def test_left_public_room_is_hidden_until_opened(people):
    rooms.leave_room(people.arthur, people.room)
    row = db.session.query(RoomMember).filter_by(account_id=people.arthur.id).one()
    assert row.is_hidden and not row.is_member
    assert access.find_room(people.arthur, people.room.id).rights == WRITE
    assert not room_list(people.arthur).sections and titles(people.arthur, "hidden") == ["TeamChat"]
    reading.open_room(people.arthur, people.room.id)
    assert titles(people.arthur, "all") == ["TeamChat"] and not titles(people.arthur, "hidden")


def test_hidden_room_without_read_right_is_not_listed(people):
    rooms.leave_room(people.arthur, people.room)
    assert room_list(people.arthur).hidden_count == 1
    give(people, people.arthur, Right.FOLDER_READ)
    assert room_list(people.arthur).hidden_count == 0 and not titles(people.arthur, "hidden")
    give(people, people.arthur, Right.NONE)
    assert room_list(people.arthur, "hidden").is_empty


def test_favourite_applies_to_its_account_only(people):
    rooms.set_favourite(people.arthur, people.room, True)
    assert access.find_room(people.arthur, people.room.id).member.is_favourite
    assert access.find_room(people.jean, people.room.id).member is None
    with pytest.raises(NotFound):
        rooms.set_favourite(people.paul, people.room, True)


def test_direct_room_and_its_people_are_stored_once(people):
    room = rooms.open_direct(people.arthur, [people.paul.id])
    assert db.session.query(RoomMember).filter_by(room_id=room.id).count() == 2
    assert db.session.query(Room).filter_by(unique_key=room.unique_key).count() == 1
