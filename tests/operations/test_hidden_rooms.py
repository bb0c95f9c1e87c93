"""Hidden rooms: events that show them again, and to whom."""

import contextlib
from uuid import uuid4

import pytest

from app.errors import NotFound
from app.events import RoomBroughtBack
from app.extensions import db
from app.models import Account, RoomMember
from app.operations import messages, rooms
from app.operations.messages import posting


@pytest.fixture(params=["alone", "in a group"])
def post(request):
    """Post a message in a transaction of its own or in that of a group."""
    if request.param == "alone":
        return lambda who, room, body: messages.post_message(who, room.id, body)
    return lambda who, room, body: posting._post_group([posting.Draft(who, room.id, body, str(uuid4()))])


def hidden_from(room) -> set[str]:
    rows = db.session.query(RoomMember).filter_by(room_id=room.id, is_hidden=True).populate_existing()
    return {db.session.get(Account, row.account_id).name for row in rows}


def test_a_hidden_conversation_comes_back_with_its_next_message(people, post, events):
    room = rooms.open_direct(people.arthur, [people.jean.id, people.paul.id])
    for who in (people.arthur, people.paul):
        rooms.leave_room(who, room)
    post(people.jean, room, "still there?")
    assert not hidden_from(room)
    (fact,) = [fact for fact in events if isinstance(fact, RoomBroughtBack)]
    assert fact.room_id == room.id and set(fact.account_ids) == {people.arthur.id, people.paul.id}
    events.clear()
    post(people.jean, room, "hello")
    assert not [fact for fact in events if isinstance(fact, RoomBroughtBack)]


def test_a_refused_message_brings_nothing_back(people, post):
    room = rooms.open_direct(people.arthur, [people.jean.id])
    rooms.leave_room(people.arthur, room)
    with contextlib.suppress(NotFound):
        post(people.paul, room, "let me in")
    assert hidden_from(room) == {"arthur"}


def test_a_hidden_public_room_stays_hidden_from_those_who_are_not_named(people, post):
    rooms.leave_room(people.arthur, people.room)
    post(people.jean, people.room, "to whom it may concern")
    assert hidden_from(people.room) == {"arthur"}


@pytest.mark.parametrize("is_on_gevent", [False, True])
def test_mention_brings_a_hidden_room_back(people, events, monkeypatch, is_on_gevent):
    monkeypatch.setattr(posting, "is_cooperative", lambda: is_on_gevent)
    rooms.leave_room(people.arthur, people.room)
    messages.post_message(people.jean, people.room.id, "@arthur, a word")
    assert not hidden_from(people.room)
    assert RoomBroughtBack(people.room.id, (people.arthur.id,)) in events
