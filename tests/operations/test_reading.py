"""Read marks: unread is a subtraction, and a mark never moves back."""

from uuid import uuid4

import pytest

from app.errors import NotFound
from app.events import RoomRead
from app.extensions import db
from app.models import ReadMark
from app.operations import messages, reading
from app.operations.messages import posting
from app.rules.rights import WRITE
from tests import factories


def post(cast, count):
    for number in range(count):
        messages.post_message(cast.jean, cast.room.id, f"message {number}")


def test_at_the_first_opening_everything_counts_as_read(cast):
    post(cast, 3)
    assert reading.open_room(cast.arthur, cast.room.id) == reading.Opened(3, 3, 0, WRITE)


def test_later_openings_say_where_one_had_stopped(cast):
    reading.open_room(cast.arthur, cast.room.id)
    post(cast, 2)
    assert reading.open_room(cast.arthur, cast.room.id) == reading.Opened(2, 0, 0, WRITE)


def test_reading_on_takes_away_from_unread(cast, events):
    reading.open_room(cast.arthur, cast.room.id)
    post(cast, 5)
    assert reading.mark_read(cast.arthur, cast.room.id, 2) == 3
    assert RoomRead(cast.arthur.id, cast.room.id, 2, 3) in events


def test_a_mark_never_moves_back_nor_beyond_the_last_message(cast):
    reading.open_room(cast.arthur, cast.room.id)
    post(cast, 5)
    assert reading.mark_read(cast.arthur, cast.room.id, 99) == 0
    assert reading.mark_read(cast.arthur, cast.room.id, 1) == 0
    assert db.session.get(ReadMark, (cast.arthur.id, cast.room.id), populate_existing=True).last_read_seq == 5


def test_marking_without_having_opened_makes_the_mark(cast):
    post(cast, 4)
    assert reading.mark_read(cast.arthur, cast.room.id, 1) == 3


def test_strangers_neither_open_nor_read(cast):
    for act in (reading.open_room, lambda who, room: reading.mark_read(who, room, 1)):
        with pytest.raises(NotFound):
            act(cast.paul, cast.room.id)
    assert not db.session.query(ReadMark).count()


def draft(person, room, body="hello"):
    return posting.Draft(person, room.id, body, str(uuid4()))


def told(events) -> list[RoomRead]:
    return [fact for fact in events if isinstance(fact, RoomRead)]


def test_who_posts_being_up_to_date_has_read_it_on_every_device(cast, events):
    reading.open_room(cast.arthur, cast.room.id)
    messages.post_message(cast.arthur, cast.room.id, "mine")
    assert told(events) == [RoomRead(cast.arthur.id, cast.room.id, 1, 0)]
    post(cast, 1)
    messages.post_message(cast.arthur, cast.room.id, "behind by one")
    assert len(told(events)) == 1


def test_messages_that_share_a_commit_tell_it_of_the_first_in_each_room(cast, events, count_statements):
    reading.open_room(cast.arthur, cast.room.id)
    reading.open_room(cast.jean, cast.room.id)
    with count_statements() as seen:
        posting._post_group([draft(cast.arthur, cast.room), draft(cast.jean, cast.room)])
    assert told(events) == [RoomRead(cast.arthur.id, cast.room.id, 1, 0)]
    assert sum("read_marks" in statement for statement in seen) == 1
    marks = {row.account_id: row.last_read_seq for row in db.session.query(ReadMark)}
    assert marks == {cast.arthur.id: 1, cast.jean.id: 0}


def test_where_only_some_marks_have_moved_nothing_is_claimed(cast, events):
    other = factories.make_room(cast.group, "Other")
    reading.open_room(cast.arthur, cast.room.id)
    posting._post_group([draft(cast.arthur, cast.room), draft(cast.jean, other)])
    assert told(events) == []
