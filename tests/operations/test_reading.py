"""Read marks: unread is a subtraction, and a mark never moves back."""

import pytest

from app.errors import NotFound
from app.events import RoomRead
from app.extensions import db
from app.models import ReadMark
from app.operations import messages, reading


def post(cast, count):
    for number in range(count):
        messages.post_message(cast.jean, cast.room.id, f"message {number}")


def test_at_the_first_opening_everything_counts_as_read(cast):
    post(cast, 3)
    assert reading.open_room(cast.arthur, cast.room.id) == (3, 3, 0)


def test_later_openings_say_where_one_had_stopped(cast):
    reading.open_room(cast.arthur, cast.room.id)
    post(cast, 2)
    assert reading.open_room(cast.arthur, cast.room.id) == (2, 0, 0)


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
