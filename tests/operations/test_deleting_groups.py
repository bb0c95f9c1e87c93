"""A group is deleted: its people lose its rooms, nothing points at it any more, what was said stays in the trash."""

import pytest
from sqlalchemy import text

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import (
    AccessScope,
    AuditEntry,
    Base,
    Domain,
    Folder,
    Grant,
    Group,
    Message,
    Principal,
    Room,
    RoomKind,
    RoomState,
    now,
)
from app.operations import groups, messages, rights, rooms
from app.rules import groups as group_rules
from app.rules.rights import FULL, READ, Basis, Right, access
from app.rules.rights.explanation import explain
from tests.support import factories


def names(account) -> list[str]:
    access.forget()
    return [room_access.room.name for room_access in access.visible_rooms(account)]


def columns_referencing(table: str) -> set[str]:
    """Return every column of the schema that references a table."""
    return {
        str(key.parent)
        for each_table in Base.metadata.tables.values()
        for key in each_table.foreign_keys
        if key.column.table.name == table
    }


def test_members_lose_rooms_and_messages_are_kept(people):
    messages.post_message(people.arthur, people.room.id, "kept for a month")
    room_id = people.room.id
    groups.delete_group(people.domain_admin, people.group)
    assert names(people.arthur) == names(people.jean) == []
    room = db.session.get(Room, room_id)
    assert (room.state, room.group_id, room.folder_id) == (RoomState.DELETED, None, None)
    assert room.deleted_at <= now() and db.session.query(Message).filter_by(room_id=room_id).count() == 1
    with pytest.raises(NotFound):
        messages.post_message(people.arthur, room_id, "too late")


def test_room_already_in_trash_keeps_its_date(people):
    rooms.delete_room(people.admin, people.room)
    before, room_id = people.room.deleted_at, people.room.id
    groups.delete_group(people.admin, people.group)
    assert db.session.get(Room, room_id).deleted_at == before


def test_only_administrators_of_domain_delete_group(people):
    rights.set_grant(
        people.admin, people.room.folder, rights.Subject(Principal.ACCOUNT, people.arthur.id), FULL
    )
    for somebody in (people.arthur, people.paul, people.rivale, people.autrui):
        with pytest.raises(NotFound):
            groups.delete_group(somebody, people.group)
    assert names(people.jean) == ["TeamChat"]
    groups.delete_group(people.web_admin, people.group)


def test_every_column_that_references_groups_or_folders_is_handled():
    assert columns_referencing("groups") == {
        "addresses.group_id",
        "exclusions.group_id",
        "folders.group_id",
        "group_paces.group_id",
        "member_entries.group_id",
        "member_entries.inner_group_id",
        "rooms.group_id",
    }
    assert columns_referencing("folders") == {"folders.parent_id", "grants.folder_id", "rooms.folder_id"}


def test_deletion_leaves_no_rows_of_group(people):
    inner = factories.make_group(people.domain, "inner")
    outer = factories.make_group(people.domain, "outer")
    room = factories.make_room(outer, "Outer")
    factories.add_member(inner, people.paul)
    for around, member in ((outer, people.group), (people.group, inner), (people.group, people.domain)):
        factories.add_member(around, member)
    factories.exclude(people.group, people.rivale)
    factories.make_grant(room.folder, Principal.GROUP, people.group.id, READ)
    elsewhere = factories.make_room(inner, "Inner", has_own_list=True)
    factories.make_grant(elsewhere, Principal.GROUP, people.group.id, READ)
    group_id, address = people.group.id, people.group.address
    groups.delete_group(people.admin, people.group)
    assert db.session.get(Group, group_id) is None
    for column in columns_referencing("groups"):
        table, name = column.split(".")
        row_count = db.session.scalar(text(f"SELECT COUNT(*) FROM {table} WHERE {name} = {group_id}"))
        assert row_count == 0, column
    assert not db.session.query(Grant).filter_by(principal="group", principal_id=group_id).count()
    assert not db.session.query(Folder).filter_by(group_id=group_id).count()
    assert names(people.arthur) == [] and group_rules.groups_of(people.paul) == {inner.id}
    groups.create_group(people.admin, people.domain, name="groupetc", alias=address.partition("@")[0])


def test_rooms_of_deleted_group_give_no_rights(people):
    guest = factories.make_account(people.other_domain, "bruno", is_guest=True)
    factories.join_room(people.room, guest)
    private = rooms.create_room(people.arthur, RoomKind.PRIVATE, "Secret", group_id=people.group.id)
    ids = [people.room.id, private.id]
    groups.delete_group(people.admin, people.group)
    for room in (db.session.get(Room, key) for key in ids):
        for person in (people.arthur, guest, people.admin):
            answer = explain(person, room)
            assert (answer.decision.basis, answer.rights) == (Basis.DELETED, Right.NONE)
        assert access.rights_by_account([people.arthur, guest], room) == {people.arthur.id: 0, guest.id: 0}


def test_private_room_of_deleted_group_is_restored_to_its_owner(people):
    private = rooms.create_room(people.arthur, RoomKind.PRIVATE, "Secret", group_id=people.group.id)
    key, public = private.id, people.room.id
    rooms.archive_room(people.arthur, private)
    groups.delete_group(people.admin, people.group)
    assert names(people.arthur) == []
    restored = rooms.restore_room(people.domain_admin, db.session.get(Room, key))
    assert names(people.arthur) == ["Secret"] and restored.state is RoomState.ARCHIVED
    with pytest.raises(Invalid):
        rooms.restore_room(people.admin, db.session.get(Room, public))
    with pytest.raises(NotFound):
        rooms.restore_room(people.domain_admin, db.session.get(Room, public))


def test_audit_entries_name_group_and_groups_that_contained_it(people):
    outer = factories.make_group(people.domain, "outer")
    factories.add_member(outer, people.group)
    group_id = people.group.id
    groups.delete_group(people.admin, people.group)
    entries = {
        (entry.act, entry.object_id): entry.before
        for entry in db.session.query(AuditEntry).filter(AuditEntry.act.like("group.%"))
    }
    assert '"trashed_rooms": 1' in entries["group.delete", group_id]
    assert "groupetc@iwdemo.fr" in entries["group.remove_member", outer.id]


def test_event_names_accounts_or_everybody_when_they_are_many(people, monkeypatch):
    from app.models import AccessChange

    outer = factories.make_group(people.domain, "outer")
    factories.add_member(outer, people.group)
    folder_id, room_id = people.room.folder_id, people.room.id
    groups.delete_group(people.admin, people.group)
    changes = {(row.scope, row.target_id) for row in db.session.query(AccessChange)}
    assert changes == {
        (AccessScope.GROUP, outer.id),
        (AccessScope.FOLDER, folder_id),
        (AccessScope.ROOM, room_id),
    }
    monkeypatch.setattr("app.operations.groups.editing.TOUCHED_AT_MOST", 0)
    other = factories.make_room(factories.make_group(people.domain, "many")).group
    groups.delete_group(people.admin, other)
    assert db.session.query(AccessChange).filter_by(scope=AccessScope.EVERYBODY).count() == 1


def test_number_of_statements_does_not_depend_on_rooms(people, count_statements):
    def cost(rooms_wanted):
        group = factories.make_group(people.domain)
        for number in range(rooms_wanted):
            factories.make_room(group, f"r{number}")
        factories.add_member(group, db.session.get(Domain, people.domain.id))
        with count_statements() as statements:
            groups.delete_group(people.admin, group)
        return len(statements)

    cost(1)
    assert cost(12) == cost(2)
