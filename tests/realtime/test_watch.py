"""The watcher: messages stored but not delivered by this process are announced as missing, once, and not too soon."""

import pytest
from sqlalchemy import delete, update

from app.extensions import db
from app.models import AccessChange, AccessScope, Counter, Room
from app.operations import messages
from app.realtime import hub
from app.transaction import operation, touch_access


@pytest.fixture
def room(people):
    return people.room.id


@pytest.fixture
def reader(people, window_of, room):
    """Open jean's window with the room."""
    window = window_of(people.jean)
    assert window.call("room:open", {"room_id": room})["ok"]
    window.heard("hello")
    return window


def grow(room, seq=0, change=0):
    """Advance the room as another process would whose hint was lost."""
    values = {"last_seq": Room.last_seq + seq, "last_change": Room.last_change + change}
    db.session.execute(update(Room).where(Room.id == room).values(**values))
    db.session.commit()


def test_head_missing_twice_is_announced_once(reader, room, watcher):
    grow(room, seq=2, change=1)
    watcher._compare_heads()
    assert reader.heard("room:behind") == []
    watcher._compare_heads()
    assert reader.heard("room:behind") == [{"room_id": room, "seq": 2, "change": 1}]
    watcher._compare_heads()
    watcher._compare_heads()
    assert reader.heard("room:behind") == []


def test_head_delivered_before_the_second_look_is_not_announced(people, reader, room, watcher):
    grow(room, seq=1)
    watcher._compare_heads()
    messages.post_message(people.arthur, room, "the second")
    watcher._compare_heads()
    assert reader.heard("room:behind") == []


def test_slow_process_that_progresses_announces_nothing(reader, room, watcher):
    for delivered in range(5):
        grow(room, seq=10)
        watcher._compare_heads()
        hub.delivered[room] = hub.delivered[room]._replace(seq=delivered + 1)
    assert reader.heard("room:behind") == []
    watcher._compare_heads()
    watcher._compare_heads()
    assert [event["seq"] for event in reader.heard("room:behind")] == [50]


def test_lost_edit_is_announced_although_messages_arrive(reader, room, watcher):
    grow(room, change=1)
    watcher._compare_heads()
    grow(room, seq=1)
    hub.delivered[room] = hub.delivered[room].merged(hub.Head(seq=1, change=0))
    watcher._compare_heads()
    assert [event["change"] for event in reader.heard("room:behind")] == [1]


def test_room_open_nowhere_costs_no_statement(reader, room, watcher, count_statements):
    reader.call("room:close", {"room_id": room})
    with count_statements() as statements:
        watcher._compare_heads()
    assert statements == []
    assert room not in hub.delivered


@operation(audited=False)
def touch(scope, target_id):
    touch_access(scope, target_id)


def test_unconcerned_socket_keeps_its_channels(people, reader, window_of, room, watcher):
    arthur = window_of(people.arthur)
    arthur.call("room:open", {"room_id": room})
    touch(AccessScope.ACCOUNT, people.arthur.id)
    watcher.catch_up()
    assert arthur.heard("room:reopen") == [{"room_id": room}]
    assert reader.heard("room:reopen") == []
    messages.post_message(people.arthur, room, "hello")
    assert [event["seq"] for event in reader.heard("message:posted")] == [1]


def test_socket_receives_nothing_until_it_reopens_the_room(people, reader, room, watcher):
    touch(AccessScope.ACCOUNT, people.jean.id)
    watcher.look()
    messages.post_message(people.arthur, room, "not yet")
    assert reader.heard("message:posted") == []
    watcher.catch_up()
    assert reader.call("room:open", {"room_id": room})["last_seq"] == 1
    messages.post_message(people.arthur, room, "now")
    assert [event["seq"] for event in reader.heard("message:posted")] == [2]


def test_message_of_new_epoch_is_not_delivered_to_stale_socket(people, reader, room, watcher):
    touch(AccessScope.ACCOUNT, people.jean.id)
    messages.post_message(people.arthur, room, "allowed at the new epoch")
    assert reader.heard("message:posted") == []


@pytest.mark.parametrize("by", [-1, 3], ids=["went back", "has a gap"])
def test_inconsistent_log_refreshes_every_socket(people, reader, room, watcher, by):
    touch(AccessScope.ACCOUNT, people.paul.id)
    watcher.catch_up()
    db.session.execute(delete(AccessChange))
    db.session.execute(update(Counter).values(value=Counter.value + by))
    db.session.commit()
    watcher.catch_up()
    assert reader.heard("room:reopen") == [{"room_id": room}]
