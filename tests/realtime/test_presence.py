"""Presence: people known through Redis; without it, those of this process."""

import pytest
import redis

from app.extensions import db
from app.models import MemberEntry
from app.operations import groups
from app.realtime import presence


class UnresponsiveRedis:
    """A Redis on which every command runs into its timeout."""

    asked = 0

    def pipeline(self, **_options):
        self.asked += 1
        raise redis.TimeoutError("no answer")


def test_unresponsive_redis_is_asked_once(people, window_of, monkeypatch):
    silent = UnresponsiveRedis()
    monkeypatch.setattr(presence, "_store", silent)
    monkeypatch.setattr(presence, "_silent_until", 0.0)
    jean = window_of(people.jean)
    accounts = jean.call("room:open", {"room_id": people.room.id})["people"]
    for _ in range(5):
        presence.refresh()
    assert silent.asked == 1
    assert [person["id"] for person in accounts] == [people.jean.id]


def announce_at_once(monkeypatch):
    monkeypatch.setattr(presence, "is_cooperative", lambda: True)
    monkeypatch.setattr(presence, "call_later", lambda _seconds, call, *arguments: call(*arguments))


def leave_the_group(people, account):
    entry = db.session.query(MemberEntry).filter_by(group_id=people.group.id, account_id=account.id).one()
    groups.remove_member(people.admin, people.group, entry.id)


@pytest.mark.parametrize("reopens_first", [False, True], ids=["announced by the watcher", "reopening first"])
def test_member_who_loses_the_room_is_no_longer_present(
    people, window_of, watcher, monkeypatch, reopens_first
):
    arthur, jean = window_of(people.arthur), window_of(people.jean)
    for window in (arthur, jean):
        window.call("room:open", {"room_id": people.room.id})
    announce_at_once(monkeypatch)
    leave_the_group(people, people.jean)
    if reopens_first:
        assert jean.call("room:open", {"room_id": people.room.id})["error"] == "not_found"
    watcher.catch_up()
    event = arthur.heard("presence")[-1]
    assert [person["id"] for person in event["people"]] == [people.arthur.id]
    assert event["present"] == 1
