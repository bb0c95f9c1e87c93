"""Having a room open: nobody hears before they may, nor after."""

import pytest

from app.errors import NotFound
from app.extensions import db
from app.models import MemberEntry, RoomState
from app.operations import groups, messages, reading
from app.realtime import chat, hub
from app.rules.rights import access


def leave_the_group(cast, who):
    entry = db.session.query(MemberEntry).filter_by(group_id=cast.group.id, account_id=who.id).one()
    groups.remove_member(cast.admin, cast.group, entry.id)


def test_members_hear_what_is_said_in_the_room_they_have_open(cast, window_of):
    jean = window_of(cast.jean)
    assert jean.call("room:open", {"room_id": cast.room.id})["ok"]
    messages.post_message(cast.arthur, cast.room.id, "hello")
    assert [told["seq"] for told in jean.heard("message:posted")] == [1]


def test_a_stranger_hears_nothing_while_they_are_being_refused(cast, window_of, monkeypatch):
    asked = chat.access.require
    paul = window_of(cast.paul)

    def slowly(account, *rest, **options):
        if account.id == cast.paul.id:
            messages.post_message(cast.arthur, cast.room.id, "between us")
        return asked(account, *rest, **options)

    monkeypatch.setattr(chat.access, "require", slowly)
    assert paul.call("room:open", {"room_id": cast.room.id})["error"] == "not_found"
    assert paul.heard("message:posted") == []


@pytest.mark.fresh
@pytest.mark.parametrize("moment", ["before the room is read", "after the right was asked"])
def test_a_right_that_goes_away_while_the_room_opens_is_gone(cast, window_of, watcher, monkeypatch, moment):
    jean = window_of(cast.jean)
    place, name = {
        "before the room is read": (reading, "open_room"),
        "after the right was asked": (chat.access, "rights_in"),
    }[moment]
    real = getattr(place, name)

    def lose_it(account, *rest, **options):
        result = real(account, *rest, **options) if name == "rights_in" else None
        monkeypatch.setattr(place, name, real)
        leave_the_group(cast, cast.jean)
        watcher.catch_up()
        return result if name == "rights_in" else real(account, *rest, **options)

    monkeypatch.setattr(place, name, lose_it)
    assert jean.call("room:open", {"room_id": cast.room.id})["error"] == "not_found"
    messages.post_message(cast.arthur, cast.room.id, "without jean")
    assert jean.heard("message:posted") == []


@pytest.mark.fresh
def test_who_leaves_the_group_stops_hearing(cast, window_of, watcher):
    jean = window_of(cast.jean)
    jean.call("room:open", {"room_id": cast.room.id})
    leave_the_group(cast, cast.jean)
    watcher.catch_up()
    assert jean.heard("room:removed") == [{"room_id": cast.room.id}]
    messages.post_message(cast.arthur, cast.room.id, "without jean")
    assert jean.heard("message:posted") == []


def test_a_socket_that_has_gone_opens_nothing(cast, window_of):
    jean = window_of(cast.jean)
    (client,) = hub.clients.values()
    jean.wire.disconnect()
    with pytest.raises(NotFound):
        chat.open_room(client, {"room_id": cast.room.id})
    assert not hub.by_room and hub.in_room(cast.room.id) == []


def test_a_room_says_whether_it_is_archived(cast, window_of):
    jean = window_of(cast.jean)
    assert jean.call("room:open", {"room_id": cast.room.id})["is_archived"] is False
    cast.room.state = RoomState.ARCHIVED
    db.session.commit()
    access.forget()
    answer = jean.call("room:open", {"room_id": cast.room.id})
    assert answer["is_archived"] is True and "items_write" not in answer["can"]


def test_coming_back_asks_the_database_little(cast, window_of, client_of, count_statements):
    """After a restart everybody does this at once."""
    window_of(cast.arthur)
    with count_statements() as to_sign_in:
        client_of(cast.jean)
    with count_statements() as to_come:
        jean = window_of(cast.jean)
    assert len(to_come) - len(to_sign_in) <= 7
    jean.call("room:open", {"room_id": cast.room.id})
    with count_statements() as to_open:
        assert jean.call("room:open", {"room_id": cast.room.id})["ok"]
    assert len(to_open) <= 3
