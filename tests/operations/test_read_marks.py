"""Read marks: unread counts are a subtraction, and a mark never moves back."""

from uuid import uuid4

import pytest

from app.errors import NotFound
from app.events import RoomRead
from app.extensions import db
from app.models import ReadMark
from app.operations import messages
from app.operations.messages import posting, reading
from app.rules.rights import WRITE
from tests.support import factories


def post(people, count):
    for number in range(count):
        messages.post_message(people.jean, people.room.id, f"message {number}")


def test_at_the_first_opening_everything_counts_as_read(people):
    post(people, 3)
    assert reading.open_room(people.arthur, people.room.id) == reading.OpenedRoom(3, 3, 0, WRITE)


def test_later_openings_say_where_one_had_stopped(people):
    reading.open_room(people.arthur, people.room.id)
    post(people, 2)
    assert reading.open_room(people.arthur, people.room.id) == reading.OpenedRoom(2, 0, 0, WRITE)


def test_reading_on_takes_away_from_unread(people, events):
    reading.open_room(people.arthur, people.room.id)
    post(people, 5)
    assert reading.mark_read(people.arthur, people.room.id, 2) == 3
    assert RoomRead(people.arthur.id, people.room.id, 2, 3) in events


def test_a_mark_never_moves_back_nor_beyond_the_last_message(people):
    reading.open_room(people.arthur, people.room.id)
    post(people, 5)
    assert reading.mark_read(people.arthur, people.room.id, 99) == 0
    assert reading.mark_read(people.arthur, people.room.id, 1) == 0
    assert (
        db.session.get(ReadMark, (people.arthur.id, people.room.id), populate_existing=True).last_read_seq
        == 5
    )


def test_marking_without_having_opened_makes_the_mark(people):
    post(people, 4)
    assert reading.mark_read(people.arthur, people.room.id, 1) == 3


def test_strangers_neither_open_nor_read(people):
    for act in (reading.open_room, lambda who, room: reading.mark_read(who, room, 1)):
        with pytest.raises(NotFound):
            act(people.paul, people.room.id)
    assert not db.session.query(ReadMark).count()


def draft(person, room, body="hello"):
    return posting.Draft(person, room.id, body, str(uuid4()))


def told(events) -> list[RoomRead]:
    return [fact for fact in events if isinstance(fact, RoomRead)]


def test_who_posts_being_up_to_date_has_read_it_on_every_device(people, events):
    reading.open_room(people.arthur, people.room.id)
    messages.post_message(people.arthur, people.room.id, "mine")
    assert told(events) == [RoomRead(people.arthur.id, people.room.id, 1, 0)]
    post(people, 1)
    messages.post_message(people.arthur, people.room.id, "behind by one")
    assert len(told(events)) == 1


def test_messages_that_share_a_commit_tell_it_of_the_first_in_each_room(people, events, count_statements):
    reading.open_room(people.arthur, people.room.id)
    reading.open_room(people.jean, people.room.id)
    with count_statements() as seen:
        posting._post_group([draft(people.arthur, people.room), draft(people.jean, people.room)])
    assert told(events) == [RoomRead(people.arthur.id, people.room.id, 1, 0)]
    assert sum("read_marks" in statement for statement in seen) == 1
    marks = {row.account_id: row.last_read_seq for row in db.session.query(ReadMark)}
    assert marks == {people.arthur.id: 1, people.jean.id: 0}


def test_where_only_some_marks_have_moved_nothing_is_claimed(people, events):
    other = factories.make_room(people.group, "Other")
    reading.open_room(people.arthur, people.room.id)
    posting._post_group([draft(people.arthur, people.room), draft(people.jean, other)])
    assert told(events) == []
