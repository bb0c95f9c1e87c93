"""Open rooms: messages arrive only while the right to read lasts."""

import pytest

from app.errors import NotFound
from app.extensions import db
from app.models import RoomState
from app.operations import messages
from app.operations.messages import reading
from app.realtime import chat, hub
from app.rules.rights import access
from tests.support.people import leave_the_group


def test_member_receives_messages_of_the_open_room(people, window_of):
    jean = window_of(people.jean)
    assert jean.call("room:open", {"room_id": people.room.id})["ok"]
    messages.post_message(people.arthur, people.room.id, "hello")
    assert [event["seq"] for event in jean.heard("message:posted")] == [1]


def test_outsider_receives_nothing_while_being_refused(people, window_of, monkeypatch):
    require = chat.access.require
    paul = window_of(people.paul)

    def slowly(account, *rest, **options):
        if account.id == people.paul.id:
            messages.post_message(people.arthur, people.room.id, "between us")
        return require(account, *rest, **options)

    monkeypatch.setattr(chat.access, "require", slowly)
    assert paul.call("room:open", {"room_id": people.room.id})["error"] == "not_found"
    assert paul.heard("message:posted") == []


@pytest.mark.fresh
@pytest.mark.parametrize("moment", ["before the room is read", "after the right was asked"])
def test_right_lost_while_opening_refuses_the_room(people, window_of, watcher, monkeypatch, moment):
    jean = window_of(people.jean)
    module, name = {
        "before the room is read": (reading, "open_room"),
        "after the right was asked": (chat.access, "rights_in"),
    }[moment]
    real = getattr(module, name)

    def lose_it(account, *rest, **options):
        result = real(account, *rest, **options) if name == "rights_in" else None
        monkeypatch.setattr(module, name, real)
        leave_the_group(people, people.jean)
        watcher.catch_up()
        return result if name == "rights_in" else real(account, *rest, **options)

    monkeypatch.setattr(module, name, lose_it)
    assert jean.call("room:open", {"room_id": people.room.id})["error"] == "not_found"
    messages.post_message(people.arthur, people.room.id, "without jean")
    assert jean.heard("message:posted") == []


@pytest.mark.fresh
def test_member_who_leaves_the_group_stops_receiving(people, window_of, watcher):
    jean = window_of(people.jean)
    jean.call("room:open", {"room_id": people.room.id})
    leave_the_group(people, people.jean)
    watcher.catch_up()
    assert jean.heard("room:removed") == [{"room_id": people.room.id}]
    messages.post_message(people.arthur, people.room.id, "without jean")
    assert jean.heard("message:posted") == []


def test_disconnected_socket_opens_nothing(people, window_of):
    jean = window_of(people.jean)
    (client,) = hub.clients.values()
    jean.wire.disconnect()
    with pytest.raises(NotFound):
        chat.open_room(client, {"room_id": people.room.id})
    assert not hub.by_room and hub.in_room(people.room.id) == []


def test_open_room_reports_whether_it_is_archived(people, window_of):
    jean = window_of(people.jean)
    assert jean.call("room:open", {"room_id": people.room.id})["is_archived"] is False
    people.room.state = RoomState.ARCHIVED
    db.session.commit()
    access.forget()
    answer = jean.call("room:open", {"room_id": people.room.id})
    assert answer["is_archived"] is True and "items_write" not in answer["can"]


def test_reconnection_needs_few_statements(people, window_of, client_of, count_statements):
    window_of(people.arthur)
    with count_statements() as to_sign_in:
        client_of(people.jean)
    with count_statements() as to_come:
        jean = window_of(people.jean)
    assert len(to_come) - len(to_sign_in) <= 7
    jean.call("room:open", {"room_id": people.room.id})
    with count_statements() as to_open:
        assert jean.call("room:open", {"room_id": people.room.id})["ok"]
    assert len(to_open) <= 3
