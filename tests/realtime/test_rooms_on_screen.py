"""Having a room open: nobody hears before they may, nor after."""

import pytest

from app.errors import NotFound
from app.extensions import db
from app.models import MemberEntry, RoomState
from app.operations import groups, messages
from app.operations.messages import reading
from app.realtime import chat, hub
from app.rules.rights import access


def leave_the_group(people, who):
    entry = db.session.query(MemberEntry).filter_by(group_id=people.group.id, account_id=who.id).one()
    groups.remove_member(people.admin, people.group, entry.id)


def test_members_hear_what_is_said_in_the_room_they_have_open(people, window_of):
    jean = window_of(people.jean)
    assert jean.call("room:open", {"room_id": people.room.id})["ok"]
    messages.post_message(people.arthur, people.room.id, "hello")
    assert [told["seq"] for told in jean.heard("message:posted")] == [1]


def test_a_stranger_hears_nothing_while_they_are_being_refused(people, window_of, monkeypatch):
    asked = chat.access.require
    paul = window_of(people.paul)

    def slowly(account, *rest, **options):
        if account.id == people.paul.id:
            messages.post_message(people.arthur, people.room.id, "between us")
        return asked(account, *rest, **options)

    monkeypatch.setattr(chat.access, "require", slowly)
    assert paul.call("room:open", {"room_id": people.room.id})["error"] == "not_found"
    assert paul.heard("message:posted") == []


@pytest.mark.fresh
@pytest.mark.parametrize("moment", ["before the room is read", "after the right was asked"])
def test_a_right_that_goes_away_while_the_room_opens_is_gone(people, window_of, watcher, monkeypatch, moment):
    jean = window_of(people.jean)
    place, name = {
        "before the room is read": (reading, "open_room"),
        "after the right was asked": (chat.access, "rights_in"),
    }[moment]
    real = getattr(place, name)

    def lose_it(account, *rest, **options):
        result = real(account, *rest, **options) if name == "rights_in" else None
        monkeypatch.setattr(place, name, real)
        leave_the_group(people, people.jean)
        watcher.catch_up()
        return result if name == "rights_in" else real(account, *rest, **options)

    monkeypatch.setattr(place, name, lose_it)
    assert jean.call("room:open", {"room_id": people.room.id})["error"] == "not_found"
    messages.post_message(people.arthur, people.room.id, "without jean")
    assert jean.heard("message:posted") == []


@pytest.mark.fresh
def test_who_leaves_the_group_stops_hearing(people, window_of, watcher):
    jean = window_of(people.jean)
    jean.call("room:open", {"room_id": people.room.id})
    leave_the_group(people, people.jean)
    watcher.catch_up()
    assert jean.heard("room:removed") == [{"room_id": people.room.id}]
    messages.post_message(people.arthur, people.room.id, "without jean")
    assert jean.heard("message:posted") == []


def test_a_socket_that_has_gone_opens_nothing(people, window_of):
    jean = window_of(people.jean)
    (client,) = hub.clients.values()
    jean.wire.disconnect()
    with pytest.raises(NotFound):
        chat.open_room(client, {"room_id": people.room.id})
    assert not hub.by_room and hub.in_room(people.room.id) == []


def test_a_room_says_whether_it_is_archived(people, window_of):
    jean = window_of(people.jean)
    assert jean.call("room:open", {"room_id": people.room.id})["is_archived"] is False
    people.room.state = RoomState.ARCHIVED
    db.session.commit()
    access.forget()
    answer = jean.call("room:open", {"room_id": people.room.id})
    assert answer["is_archived"] is True and "items_write" not in answer["can"]


def test_coming_back_asks_the_database_little(people, window_of, client_of, count_statements):
    """After a restart everybody does this at once."""
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
