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
        return lambda person, room, body: messages.post_message(person, room.id, body)
    return lambda person, room, body: posting._post_group(
        [posting.Draft(person, room.id, body, str(uuid4()))]
    )


def hidden_from(room) -> set[str]:
    rows = db.session.query(RoomMember).filter_by(room_id=room.id, is_hidden=True).populate_existing()
    return {db.session.get(Account, row.account_id).name for row in rows}


def test_next_message_shows_hidden_conversation_again(people, post, events):
    room = rooms.open_direct(people.arthur, [people.jean.id, people.paul.id])
    for person in (people.arthur, people.paul):
        rooms.leave_room(person, room)
    post(people.jean, room, "still there?")
    assert not hidden_from(room)
    (fact,) = [fact for fact in events if isinstance(fact, RoomBroughtBack)]
    assert fact.room_id == room.id and set(fact.account_ids) == {people.arthur.id, people.paul.id}
    events.clear()
    post(people.jean, room, "hello")
    assert not [fact for fact in events if isinstance(fact, RoomBroughtBack)]


def test_refused_message_keeps_conversation_hidden(people, post):
    room = rooms.open_direct(people.arthur, [people.jean.id])
    rooms.leave_room(people.arthur, room)
    with contextlib.suppress(NotFound):
        post(people.paul, room, "let me in")
    assert hidden_from(room) == {"arthur"}


def test_message_without_mention_keeps_public_room_hidden(people, post):
    rooms.leave_room(people.arthur, people.room)
    post(people.jean, people.room, "to whom it may concern")
    assert hidden_from(people.room) == {"arthur"}


@pytest.mark.parametrize("is_on_gevent", [False, True])
def test_mention_shows_hidden_room_again(people, events, monkeypatch, is_on_gevent):
    monkeypatch.setattr(posting, "is_cooperative", lambda: is_on_gevent)
    rooms.leave_room(people.arthur, people.room)
    messages.post_message(people.jean, people.room.id, "@arthur, a word")
    assert not hidden_from(people.room)
    assert RoomBroughtBack(people.room.id, (people.arthur.id,)) in events
