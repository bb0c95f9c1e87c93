"""Pages of a conversation, and the list of rooms with unread counts."""

import uuid

import pytest
from sqlalchemy import insert, text

from app.extensions import db
from app.models import Message, now
from app.operations import messages
from app.operations.messages import reading
from app.queries import messages as message_queries
from app.queries.rooms import listing
from tests.support import factories


@pytest.fixture
def long_room(people):
    for number in range(1, 31):
        factories.make_message(people.room, people.arthur, f"m{number}")
    return people.room


def seqs(part):
    return [message.seq for message in part.messages]


def test_latest_messages_are_returned(long_room):
    part = message_queries.latest(long_room.id, 10)
    assert seqs(part) == list(range(21, 31)) and part.has_before and not part.has_after


def test_before_and_after_page_without_gap_or_overlap(long_room):
    older = message_queries.before(long_room.id, 21, 10)
    assert seqs(older) == list(range(11, 21)) and older.has_before
    first = message_queries.before(long_room.id, 11, 10)
    assert seqs(first) == list(range(1, 11)) and not first.has_before
    newer = message_queries.after(long_room.id, 10, 10)
    assert seqs(newer) == list(range(11, 21)) and newer.has_after
    assert not message_queries.after(long_room.id, 20, 10).has_after


def test_messages_around_a_number_are_returned(long_room):
    part = message_queries.around(long_room.id, 15, 10)
    assert seqs(part) == list(range(10, 20)) and part.has_before and part.has_after


def test_note_follows_its_message(long_room, people):
    factories.make_message(long_room, people.arthur, "note", note=1, kind="note")
    long_room.last_seq -= 1
    note = message_queries.latest(long_room.id, 2).messages[-1]
    assert note.note == 1


def test_changes_are_returned_in_their_order(people):
    first = messages.post_message(people.arthur, people.room.id, "a").message_id
    second = messages.post_message(people.arthur, people.room.id, "b").message_id
    messages.edit_message(people.arthur, second, "B")
    messages.delete_message(people.arthur, first)
    part = message_queries.changes(people.room.id, 0)
    assert [(message.id, message.change_no) for message in part.messages] == [(second, 1), (first, 2)]
    assert part.messages[1].html is None
    assert [message.id for message in message_queries.changes(people.room.id, 1).messages] == [first]


def test_message_is_returned_only_for_its_room(long_room, people):
    other = factories.make_room(people.group, "Other")
    posted = messages.post_message(people.arthur, long_room.id, "here")
    assert message_queries.message_view(long_room.id, posted.message_id).html == "<p>here</p>"
    assert message_queries.message_view(other.id, posted.message_id) is None


def test_never_opened_room_is_bold_without_a_number(people):
    entry = listing.room_list(people.arthur).sections[0].entries[0]
    assert entry.unread is None and entry.is_bold
    reading.open_room(people.arthur, people.room.id)
    assert listing.room_list(people.arthur).sections[0].entries[0].unread == 0
    messages.post_message(people.jean, people.room.id, "hello")
    assert listing.room_list(people.arthur).sections[0].entries[0].unread == 1


def test_room_list_orders_groups_private_direct(people):
    another = factories.make_group(people.domain, "Atlas")
    factories.add_member(another, people.arthur)
    factories.make_room(another, "Plans")
    factories.make_private_room(people.arthur, name="Mine")
    sections = listing.room_list(people.arthur).sections
    assert [(section.kind, section.title) for section in sections] == [
        ("group", "Atlas"),
        ("group", "groupetc"),
        ("private", ""),
    ]


def test_room_list_needs_a_fixed_number_of_statements(people, count_statements):
    with count_statements() as few:
        listing.room_list(people.arthur)
    for number in range(10):
        factories.make_room(people.group, f"room{number}")
    with count_statements() as many:
        listing.room_list(people.arthur)
    assert len(few) >= len(many)


@pytest.fixture
def very_long_room(people):
    rows = [
        {
            "room_id": people.room.id,
            "seq": seq,
            "author_id": people.arthur.id,
            "client_id": str(uuid.uuid4()),
            "body": "long ago",
            "html": "<p>long ago</p>",
            "change_no": seq % 2 and seq,
            "created_at": now(),
        }
        for seq in range(1, 3001)
    ]
    db.session.execute(insert(Message), rows)
    db.session.commit()
    return people.room


@pytest.mark.fresh
@pytest.mark.parametrize(
    "read",
    [
        lambda room: message_queries.latest(room, 20),
        lambda room: message_queries.before(room, 1500, 20),
        lambda room: message_queries.after(room, 1500, 20),
        lambda room: message_queries.changes(room, 1500, 20),
    ],
    ids=["latest", "before", "after", "changes"],
)
def test_page_of_a_long_room_reads_only_its_rows(very_long_room, read):
    def rows_read():
        status = "SHOW SESSION STATUS WHERE Variable_name RLIKE '^Handler_(read|icp_attempts)'"
        return sum(int(value) for _name, value in db.session.execute(text(status)))

    db.session.execute(text("ANALYZE TABLE messages"))
    before = rows_read()
    assert len(read(very_long_room.id).messages) == 20
    assert rows_read() - before < 300
