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


def test_first_opening_marks_everything_as_read(people):
    post(people, 3)
    assert reading.open_room(people.arthur, people.room.id) == reading.OpenedRoom(3, 3, 0, WRITE)


def test_later_opening_returns_former_mark(people):
    reading.open_room(people.arthur, people.room.id)
    post(people, 2)
    assert reading.open_room(people.arthur, people.room.id) == reading.OpenedRoom(2, 0, 0, WRITE)


def test_reading_lowers_unread_count(people, events):
    reading.open_room(people.arthur, people.room.id)
    post(people, 5)
    assert reading.mark_read(people.arthur, people.room.id, 2) == 3
    assert RoomRead(people.arthur.id, people.room.id, 2, 3) in events


def test_mark_moves_neither_back_nor_beyond_last_message(people):
    reading.open_room(people.arthur, people.room.id)
    post(people, 5)
    assert reading.mark_read(people.arthur, people.room.id, 99) == 0
    assert reading.mark_read(people.arthur, people.room.id, 1) == 0
    assert (
        db.session.get(ReadMark, (people.arthur.id, people.room.id), populate_existing=True).last_read_seq
        == 5
    )


def test_marking_before_opening_creates_the_mark(people):
    post(people, 4)
    assert reading.mark_read(people.arthur, people.room.id, 1) == 3


def test_outsider_can_neither_open_nor_mark(people):
    for act in (reading.open_room, lambda person, room: reading.mark_read(person, room, 1)):
        with pytest.raises(NotFound):
            act(people.paul, people.room.id)
    assert not db.session.query(ReadMark).count()


def draft(person, room, body="hello"):
    return posting.Draft(person, room.id, body, str(uuid4()))


def read_events(events) -> list[RoomRead]:
    return [fact for fact in events if isinstance(fact, RoomRead)]


def test_post_by_up_to_date_author_is_read_on_every_device(people, events):
    reading.open_room(people.arthur, people.room.id)
    messages.post_message(people.arthur, people.room.id, "mine")
    assert read_events(events) == [RoomRead(people.arthur.id, people.room.id, 1, 0)]
    post(people, 1)
    messages.post_message(people.arthur, people.room.id, "behind by one")
    assert len(read_events(events)) == 1


def test_posts_of_one_commit_announce_mark_once_per_room(people, events, count_statements):
    reading.open_room(people.arthur, people.room.id)
    reading.open_room(people.jean, people.room.id)
    with count_statements() as statements:
        posting._post_group([draft(people.arthur, people.room), draft(people.jean, people.room)])
    assert read_events(events) == [RoomRead(people.arthur.id, people.room.id, 1, 0)]
    assert sum("read_marks" in statement for statement in statements) == 1
    marks = {row.account_id: row.last_read_seq for row in db.session.query(ReadMark)}
    assert marks == {people.arthur.id: 1, people.jean.id: 0}


def test_event_claims_no_marks_if_only_some_have_moved(people, events):
    other = factories.make_room(people.group, "Other")
    reading.open_room(people.arthur, people.room.id)
    posting._post_group([draft(people.arthur, people.room), draft(people.jean, other)])
    assert read_events(events) == []
