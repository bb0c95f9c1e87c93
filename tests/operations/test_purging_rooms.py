"""Rooms leave the trash for good after 30 days, with everything that was theirs, and nothing else goes with them."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.extensions import db
from app.jobs import Requeue, handlers
from app.models import AuditEntry, Base, Invitation, Mention, Message, Room, RoomState, now
from app.operations import messages, rooms, search
from app.operations.messages import reading
from app.operations.rooms import managing
from tests.support import factories

ALL = ("grants", "invitations", "message_words", "messages", "read_marks", "room_members", "search_marks")


def columns_referencing(table: str) -> set[str]:
    return {
        str(key.parent)
        for each_table in Base.metadata.tables.values()
        for key in each_table.foreign_keys
        if key.column.table.name == table
    }


@pytest.fixture
def full(people) -> Room:
    """Make a private room with rows of every kind, 31 days in the trash."""
    room = factories.make_private_room(people.arthur, people.jean, name="Old")
    for number in range(5):
        messages.post_message(people.arthur, room.id, f"word {number} for @jean")
    parent = messages.post_message(people.jean, room.id, "a question")
    answer = messages.post_message(people.arthur, room.id, "an answer")
    messages.edit_message(people.arthur, answer.message_id, "a better answer")
    db.session.get(Message, answer.message_id).parent_id = parent.message_id
    for person in (people.arthur, people.jean):
        reading.open_room(person, room.id)
    rooms.rename_room(people.arthur, room, "Older")
    search.index_room(room.id)
    about = {"inviter_id": people.arthur.id, "address": "bt@darnis.com", "language": "fr"}
    factories.keep(Invitation(room_id=room.id, sent_at=now(), expires_at=now(), **about))
    return gone_since(room, 31)


def gone_since(room: Room, days: int) -> Room:
    room.state, room.deleted_at = RoomState.DELETED, now() - timedelta(days=days)
    db.session.commit()
    return room


def left_of(room_id: int) -> dict[str, int]:
    counts = {}
    for column in sorted(columns_referencing("rooms")):
        table, name = column.split(".")
        counts[table] = db.session.scalar(text(f"SELECT COUNT(*) FROM {table} WHERE {name} = {room_id}"))
    return counts


def test_every_column_that_references_rooms_or_messages_is_handled():
    assert columns_referencing("rooms") == {f"{table}.room_id" for table in ALL}
    expected = {"mentions.message_id", "message_versions.message_id", "messages.parent_id"}
    assert columns_referencing("messages") == expected
    assert (
        not columns_referencing("invitations")
        | columns_referencing("room_members")
        | columns_referencing("grants")
    )


@pytest.mark.parametrize("batch", [2, 500])
def test_room_is_purged_with_its_contents_for_any_batch_size(people, full, monkeypatch, batch):
    monkeypatch.setattr(managing, "BATCH", batch)
    messages.post_message(people.jean, people.room.id, "stays, @arthur")
    others = db.session.query(Mention).count() - 5
    assert all(left_of(full.id).values())
    key = full.id
    assert handlers.empty_trash() is None
    assert db.session.get(Room, key) is None and not any(left_of(key).values())
    assert db.session.query(Message).filter_by(room_id=people.room.id).count() == 1
    assert db.session.query(Mention).count() == others
    entry = db.session.query(AuditEntry).filter_by(act="room.purge").one()
    assert (entry.object_id, entry.domain_id, entry.actor_name) == (key, people.domain.id, "system")
    assert "question" not in (entry.before or "") and entry.object_name == "Older"


def test_batch_is_bounded(people, full, monkeypatch, count_statements):
    monkeypatch.setattr(managing, "BATCH", 2)
    search.forget_room(full.id)
    before = left_of(full.id)["messages"]
    while left_of(full.id)["messages"] == before:
        assert rooms.purge_room(full.id)
    assert left_of(full.id)["messages"] == before - 2


def test_room_deleted_recently_is_not_purged(people, full):
    full.deleted_at = now() - timedelta(days=29)
    db.session.commit()
    gone_since(people.room, 40)
    handlers.empty_trash()
    assert db.session.get(Room, full.id) is not None
    assert db.session.query(Room).filter_by(name="TeamChat").count() == 0


def test_room_restored_meanwhile_is_not_purged(people, full):
    key = full.id
    assert rooms.rooms_to_purge() == [key]
    rooms.restore_room(people.admin, full)
    before = left_of(key)
    assert rooms.purge_room(key) is False and left_of(key) == before
    assert rooms.purge_room(999_999) is False


def test_job_without_time_left_is_queued_again(people, full, monkeypatch):
    monkeypatch.setattr(handlers, "TRASH_TIME_SLICE", 0)
    assert isinstance(handlers.empty_trash(), Requeue)
    for _ in range(20):
        if handlers.empty_trash() is None:
            break
    assert rooms.rooms_to_purge() == []
