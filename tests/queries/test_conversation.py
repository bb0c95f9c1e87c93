"""Slices of a conversation, and the list of rooms with what is unread."""

import uuid

import pytest
from sqlalchemy import insert, text

from app.extensions import db
from app.models import Message, now
from app.operations import messages
from app.operations.messages import reading
from app.queries import messages as conversation
from app.queries.rooms import listing
from tests.support import factories


@pytest.fixture
def long_room(people):
    for number in range(1, 31):
        factories.make_message(people.room, people.arthur, f"m{number}")
    return people.room


def seqs(part):
    return [message.seq for message in part.messages]


def test_the_latest(long_room):
    part = conversation.latest(long_room.id, 10)
    assert seqs(part) == list(range(21, 31)) and part.has_before and not part.has_after


def test_before_and_after_walk_without_gap_or_overlap(long_room):
    older = conversation.before(long_room.id, 21, 10)
    assert seqs(older) == list(range(11, 21)) and older.has_before
    first = conversation.before(long_room.id, 11, 10)
    assert seqs(first) == list(range(1, 11)) and not first.has_before
    newer = conversation.after(long_room.id, 10, 10)
    assert seqs(newer) == list(range(11, 21)) and newer.has_after
    assert not conversation.after(long_room.id, 20, 10).has_after


def test_around_a_place(long_room):
    part = conversation.around(long_room.id, 15, 10)
    assert seqs(part) == list(range(10, 20)) and part.has_before and part.has_after


def test_notes_stand_behind_their_message(long_room, people):
    factories.make_message(long_room, people.arthur, "note", note=1, kind="note")
    long_room.last_seq -= 1
    note = conversation.latest(long_room.id, 2).messages[-1]
    assert note.note == 1


def test_changes_come_in_their_order(people):
    first = messages.post_message(people.arthur, people.room.id, "a").message_id
    second = messages.post_message(people.arthur, people.room.id, "b").message_id
    messages.edit_message(people.arthur, second, "B")
    messages.delete_message(people.arthur, first)
    part = conversation.changes(people.room.id, 0)
    assert [(one.id, one.change_no) for one in part.messages] == [(second, 1), (first, 2)]
    assert part.messages[1].html is None
    assert [one.id for one in conversation.changes(people.room.id, 1).messages] == [first]


def test_one_message_is_found_only_in_its_room(long_room, people):
    other = factories.make_room(people.group, "Other")
    posted = messages.post_message(people.arthur, long_room.id, "here")
    assert conversation.message_view(long_room.id, posted.message_id).html == "<p>here</p>"
    assert conversation.message_view(other.id, posted.message_id) is None


def test_the_list_shows_never_opened_rooms_bold_without_a_number(people):
    entry = listing.room_list(people.arthur).sections[0].entries[0]
    assert entry.unread is None and entry.is_bold
    reading.open_room(people.arthur, people.room.id)
    assert listing.room_list(people.arthur).sections[0].entries[0].unread == 0
    messages.post_message(people.jean, people.room.id, "hello")
    assert listing.room_list(people.arthur).sections[0].entries[0].unread == 1


def test_sections_are_groups_then_private_then_direct(people):
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


def test_the_list_costs_a_fixed_number_of_statements(people, count_statements):
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
        lambda room: conversation.latest(room, 20),
        lambda room: conversation.before(room, 1500, 20),
        lambda room: conversation.after(room, 1500, 20),
        lambda room: conversation.changes(room, 1500, 20),
    ],
    ids=["latest", "before", "after", "changes"],
)
def test_a_page_of_a_long_room_reads_only_itself(very_long_room, read):
    def rows_read():
        status = "SHOW SESSION STATUS WHERE Variable_name RLIKE '^Handler_(read|icp_attempts)'"
        return sum(int(value) for _name, value in db.session.execute(text(status)))

    db.session.execute(text("ANALYZE TABLE messages"))
    before = rows_read()
    assert len(read(very_long_room.id).messages) == 20
    assert rows_read() - before < 300
