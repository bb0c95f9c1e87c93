"""Who is there, as far as Redis tells; without it, those of this process."""

import pytest
import redis

from app.extensions import db
from app.models import MemberEntry
from app.operations import groups
from app.realtime import presence


class Silent:
    """A Redis that stands still: every question runs into its timeout."""

    asked = 0

    def pipeline(self, **_options):
        self.asked += 1
        raise redis.TimeoutError("no answer")


def test_a_redis_that_stands_still_is_asked_once_and_then_left_alone(people, window_of, monkeypatch):
    silent = Silent()
    monkeypatch.setattr(presence, "_store", silent)
    monkeypatch.setattr(presence, "_silent_until", 0.0)
    jean = window_of(people.jean)
    accounts = jean.call("room:open", {"room_id": people.room.id})["people"]
    for _ in range(5):
        presence.refresh()
    assert silent.asked == 1
    assert [person["id"] for person in accounts] == [people.jean.id]


def tell_at_once(monkeypatch):
    monkeypatch.setattr(presence, "is_cooperative", lambda: True)
    monkeypatch.setattr(presence, "call_later", lambda _seconds, call, *arguments: call(*arguments))


def leave_the_group(people, who):
    entry = db.session.query(MemberEntry).filter_by(group_id=people.group.id, account_id=who.id).one()
    groups.remove_member(people.admin, people.group, entry.id)


@pytest.mark.parametrize("knocks_first", [False, True], ids=["told by the watcher", "knocking first"])
def test_who_loses_the_room_is_there_no_more(people, window_of, watcher, monkeypatch, knocks_first):
    """The others are told at once: whoever was taken out of a group does not look on."""
    arthur, jean = window_of(people.arthur), window_of(people.jean)
    for window in (arthur, jean):
        window.call("room:open", {"room_id": people.room.id})
    tell_at_once(monkeypatch)
    leave_the_group(people, people.jean)
    if knocks_first:
        assert jean.call("room:open", {"room_id": people.room.id})["error"] == "not_found"
    watcher.catch_up()
    told = arthur.heard("presence")[-1]
    assert [person["id"] for person in told["people"]] == [people.arthur.id]
    assert told["present"] == 1
