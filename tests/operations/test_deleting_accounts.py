"""Accounts that are deleted: what goes, what stays, who may do it, and what becomes of their rooms."""

import pytest
from sqlalchemy import select

from app.errors import Forbidden, Invalid, NotFound
from app.events import SessionRevoked
from app.extensions import db
from app.identity import SYSTEM
from app.models import (
    AccessChange,
    Account,
    AccountState,
    Address,
    AuditEntry,
    Base,
    Exclusion,
    Grant,
    MemberEntry,
    OutgoingMail,
    Principal,
    ReadMark,
    Role,
    Room,
    RoomMember,
    RoomState,
    Session,
    WorkState,
)
from app.operations import accounts, mail, messages, rooms, sessions
from app.operations.accounts import OwnedRooms
from app.operations.accounts.deleting import DELETED_WITH_ACCOUNT, HANDLED_APART, KEPT_WITH_NAME
from app.operations.messages import reading
from app.queries import messages as conversation
from app.queries.accounts.listing import account_list
from app.queries.domains import administered_counts
from app.queries.groups.members import effective_member_count, member_candidates
from app.queries.listing import ListQuery
from app.queries.rooms.people import direct_titles
from app.rules import licenses
from app.rules.accounts import visibility
from app.rules.rights import access, scope
from app.transaction import operation
from tests.support import factories


@operation(audited=False)
def queue(account: Account) -> None:
    mail.queue(account, "password_changed", ip=None)


def rows(model, *conditions) -> int:
    return len(db.session.scalars(select(model).where(*conditions)).all())


def stored(row):
    return db.session.get(type(row), row.id, populate_existing=True)


def entry() -> AuditEntry:
    return db.session.scalars(select(AuditEntry).where(AuditEntry.act == "account.delete")).one()


def test_deletion_keeps_only_name_and_messages(people):
    factories.make_message(people.room, people.jean, "bonjour")
    factories.exclude(factories.make_group(people.domain), people.jean)
    factories.make_grant(people.room, Principal.ACCOUNT, people.jean.id)
    factories.join_room(people.room, people.jean, is_member=False, is_favourite=True)
    reading.mark_read(people.jean, people.room.id, 1)
    sessions.open_session(people.jean)
    queue(people.jean)
    accounts.delete_account(people.domain_admin, people.jean)
    jean = stored(people.jean)
    assert (jean.name, jean.state, jean.role, jean.password_hash) == (
        "jean",
        AccountState.DELETED,
        Role.USER,
        None,
    )
    assert jean.domain.is_internal
    assert jean.deleted_at is not None
    assert not jean.is_active
    for model in (MemberEntry, Exclusion, ReadMark, RoomMember, Address):
        assert rows(model, model.account_id == jean.id) == 0, model
    assert rows(Grant, Grant.principal == Principal.ACCOUNT, Grant.principal_id == jean.id) == 0
    assert rows(Session, Session.account_id == jean.id, Session.revoked_at.is_(None)) == 0
    assert db.session.scalars(select(OutgoingMail.state)).all() == [WorkState.CANCELLED]
    assert [message.body for message in db.session.scalars(select(conversation.Message))] == ["bonjour"]


def test_audit_entry_contains_counts_and_former_address(people):
    sessions.open_session(people.jean)
    factories.make_private_room(people.jean, people.arthur)
    factories.make_private_room(people.jean)
    factories.make_private_room(people.arthur, people.jean)
    accounts.delete_account(people.domain_admin, people.jean)
    audit_entry = entry()
    assert (audit_entry.object_name, audit_entry.object_id, audit_entry.domain_id) == (
        "jean@iwdemo.fr",
        people.jean.id,
        people.domain.id,
    )
    assert '"devices": 1' in audit_entry.after
    assert '"groups": 1' in audit_entry.after
    assert '"rooms": 3' in audit_entry.after
    assert '"handed_over": 1' in audit_entry.after
    assert '"deleted_rooms": 1' in audit_entry.after
    assert "jean@iwdemo.fr" in audit_entry.before


def test_address_of_deleted_account_is_free(people):
    accounts.delete_account(people.admin, people.jean)
    again = accounts.create_account(
        people.admin, people.domain, name="Jean II", alias="jean", password="velours-cartable-18-brume"
    )
    assert again.address == "jean@iwdemo.fr"
    accounts.delete_account(people.admin, again)
    assert stored(again).address != stored(people.jean).address


def test_deletion_publishes_events_for_sockets_and_rooms(people, events):
    device = sessions.open_session(people.jean).session_id
    before = db.session.scalar(select(AccessChange.epoch).order_by(AccessChange.epoch.desc()).limit(1)) or 0
    accounts.delete_account(people.admin, people.jean)
    assert SessionRevoked(device) in events
    touched = db.session.execute(
        select(AccessChange.scope, AccessChange.target_id).where(AccessChange.epoch > before)
    )
    assert ("account", people.jean.id) in [tuple(row) for row in touched]
    access.forget()
    assert access.visible_rooms(people.jean) == []


def test_deleted_account_is_not_listed(people):
    factories.make_private_room(people.arthur, people.jean)
    used = licenses.seats_used()
    everybody = administered_counts(people.admin)["accounts"]
    accounts.delete_account(people.admin, people.jean)
    access.forget()
    for admin in (people.admin, people.web_admin, people.domain_admin, SYSTEM):
        with pytest.raises(NotFound):
            scope.find_account(admin, people.jean.id)
    assert people.jean.id not in [row.id for row in account_list(people.domain, ListQuery()).rows]
    assert not visibility.sees(people.arthur, people.jean)
    assert licenses.seats_used() == used - 1
    assert administered_counts(people.admin)["accounts"] == everybody - 1
    assert effective_member_count(people.group) == 1
    candidates, _more = member_candidates(people.admin, people.group, "account", "jean")
    assert candidates == []
    with pytest.raises(Invalid):
        sessions.sign_in("jean@iwdemo.fr", factories.PASSWORD)


def test_messages_show_that_account_is_deleted(people):
    message = factories.make_message(people.room, people.jean)
    assert conversation.message_view(people.room.id, message.id).author_label == "jean"
    accounts.delete_account(people.admin, people.jean)
    assert conversation.message_view(people.room.id, message.id).author_label == "jean (compte supprimé)"


def test_direct_conversation_stays_readable_to_the_other_person(people):
    room = rooms.open_direct(people.arthur, [people.jean.id])
    three = rooms.open_direct(people.arthur, [people.jean.id, people.paul.id])
    messages.post_message(people.jean, room.id, "salut")
    accounts.delete_account(people.admin, people.jean)
    access.forget()
    assert access.find_room(people.arthur, room.id).room.state is RoomState.ARCHIVED
    assert conversation.latest(room.id).messages[-1].author_label == "jean (compte supprimé)"
    assert direct_titles(people.arthur, [room.id]) == {room.id: "jean (compte supprimé)"}
    with pytest.raises(Forbidden):
        messages.post_message(people.arthur, room.id, "il y a quelqu’un ?")
    assert stored(three).state is RoomState.ACTIVE
    messages.post_message(people.arthur, three.id, "nous deux")


def owned_by(room: Room) -> list[int]:
    conditions = (RoomMember.room_id == room.id, RoomMember.is_owner, RoomMember.is_member)
    return db.session.scalars(select(RoomMember.account_id).where(*conditions)).all()


def test_room_passes_to_longest_member(people):
    guest = factories.make_account(people.domain, "bt", address="bt@darnis.com", is_guest=True)
    away = factories.make_account(people.domain, "away", state=AccountState.DISABLED)
    room = factories.make_private_room(people.jean, guest, away, people.paul, people.arthur)
    accounts.delete_account(people.domain_admin, people.jean)
    assert owned_by(room) == [people.paul.id]
    assert stored(room).state is RoomState.ACTIVE


def test_room_passes_to_chosen_member(people):
    room, other = (
        factories.make_private_room(people.jean, people.paul, people.arthur, name=name) for name in "ab"
    )
    accounts.delete_account(people.domain_admin, people.jean, heirs={room.id: people.arthur.id})
    assert owned_by(room) == [people.arthur.id]
    assert owned_by(other) == [people.paul.id]


def test_room_without_members_moves_to_trash(people):
    room = factories.make_private_room(people.jean)
    accounts.delete_account(people.domain_admin, people.jean)
    assert stored(room).state is RoomState.DELETED


def test_server_administrator_restores_room_without_owner(people):
    room = factories.make_private_room(people.jean)
    accounts.delete_account(people.domain_admin, people.jean)
    with pytest.raises(NotFound):
        rooms.restore_room(people.domain_admin, room)
    rooms.restore_room(people.admin, room)
    assert stored(room).state is RoomState.ACTIVE


def test_rooms_are_deleted_on_request(people):
    first, two = (factories.make_private_room(people.jean, people.paul, name=name) for name in "ab")
    accounts.delete_account(
        people.domain_admin, people.jean, owned=OwnedRooms.DELETE, heirs={two.id: OwnedRooms.LONGEST}
    )
    assert stored(first).state is RoomState.DELETED
    assert owned_by(two) == [people.paul.id]


def test_room_with_another_owner_is_unchanged(people):
    room = factories.make_private_room(people.jean, people.paul)
    factories.join_room(room, people.arthur, is_owner=True)
    accounts.delete_account(people.domain_admin, people.jean, owned=OwnedRooms.DELETE)
    assert owned_by(room) == [people.arthur.id]


def test_room_in_group_of_another_domain_is_handed_over(people):
    """Jean is of one tenant, the group of another: who deletes jean decides nothing about the other's room."""
    factories.add_member(people.other_group, people.jean)
    room = factories.make_private_room(people.jean, people.autrui, people.paul)
    folder = factories.make_folders(people.other_group)
    room.group_id, room.folder_id = people.other_group.id, folder.id
    db.session.commit()
    accounts.delete_account(
        people.domain_admin, people.jean, owned=OwnedRooms.DELETE, heirs={room.id: people.paul.id}
    )
    assert stored(room).state is RoomState.ACTIVE
    assert owned_by(room) == [people.autrui.id]


def test_room_cannot_pass_to_non_member(people):
    room = factories.make_private_room(people.jean, people.paul)
    with pytest.raises(Invalid) as refusal:
        accounts.delete_account(people.domain_admin, people.jean, heirs={room.id: people.arthur.id})
    assert (refusal.value.code, refusal.value.field) == ("no_such_heir", "rooms")
    assert stored(people.jean).state is AccountState.ENABLED


def test_own_account_cannot_be_deleted(people):
    with pytest.raises(Invalid) as refusal:
        accounts.delete_account(people.admin, people.admin)
    assert refusal.value.code == "own_account"


def test_last_server_administrator_cannot_be_deleted(people):
    with pytest.raises(Invalid) as refusal:
        accounts.delete_account(SYSTEM, people.admin)
    assert refusal.value.code == "last_server_administrator"
    second = factories.make_account(people.domain, "second", role=Role.SERVER)
    accounts.delete_account(second, people.admin)
    assert stored(people.admin).role is Role.USER


def test_account_above_role_or_outside_scope_cannot_be_deleted(people):
    for actor, account in ((people.web_admin, people.admin), (people.domain_admin, people.web_admin)):
        with pytest.raises(Forbidden):
            accounts.delete_account(actor, account)
    for actor in (people.arthur, people.rivale):
        with pytest.raises(NotFound):
            accounts.delete_account(actor, people.jean)


def test_deleted_account_cannot_be_changed_or_deleted_again(people):
    accounts.delete_account(people.admin, people.jean)
    for act in (
        accounts.delete_account,
        lambda actor, account: accounts.update_account(actor, account, {"name": "x"}),
    ):
        with pytest.raises(NotFound):
            act(people.admin, people.jean)
    with pytest.raises(Invalid):
        accounts.update_account(people.admin, people.paul, {"state": "deleted"})


def test_every_column_that_references_accounts_is_handled():
    """Every column that refers to an account must be listed in operations/accounts/belongings.py."""
    settled = {
        f"{column.class_.__tablename__}.{column.key}"
        for column in (*DELETED_WITH_ACCOUNT, *KEPT_WITH_NAME, *HANDLED_APART)
    }
    naming = {
        f"{table.name}.{key.parent.name}"
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column.table.name == Account.__tablename__
    }
    assert naming == settled


def test_number_of_statements_does_not_depend_on_number_of_rows(people, count_statements):
    few, many = people.paul, people.jean
    for _ in range(10):
        factories.join_room(factories.make_private_room(people.arthur), many)
        factories.add_member(factories.make_group(people.domain), many)
    accounts.delete_account(people.admin, factories.make_account(people.domain))
    with count_statements() as seen_few:
        accounts.delete_account(people.admin, few)
    with count_statements() as seen_many:
        accounts.delete_account(people.admin, many)
    assert len(seen_many) == len(seen_few)
