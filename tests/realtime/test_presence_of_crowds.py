"""The more there are in a room, the less often all of them are told who they are."""

from collections import defaultdict
from types import SimpleNamespace

import pytest

from app.realtime import hub, presence
from app.rules.rights import Right


@pytest.fixture
def waits(monkeypatch):
    asked = []
    monkeypatch.setattr(presence, "is_cooperative", lambda: True)
    monkeypatch.setattr(presence, "call_later", lambda seconds, *_: asked.append(seconds))
    monkeypatch.setattr(presence, "_due", set())

    def with_people(number):
        monkeypatch.setitem(hub.by_room, 7, set(range(number)))
        presence._due.clear()
        presence.changed(7)
        return asked[-1]

    return with_people


def test_a_few_are_told_at_once(waits):
    assert max(waits(2), waits(50)) <= presence.EVERY


def test_a_thousand_are_told_twenty_times_less_often(waits):
    assert presence.EVERY * 10 <= waits(1000) <= presence.EVERY * 20


@pytest.fixture
def crowd(monkeypatch):
    """crowd(number): so many people have room 7 open; gives the same list when it grows."""

    def gather(number):
        for key in range(len(hub.by_room.get(7, ())), number):
            account = SimpleNamespace(id=key, name=f"Person {key:04}", is_guest=False)
            client = hub.Client(f"sid-{key}", account, 1, "en", None, None)
            client.rooms[7] = hub.OpenRoom(key != 500, Right.ITEMS_READ)
            hub.clients[client.sid] = client
            hub.by_room[7].add(client.sid)

    monkeypatch.setattr(hub, "clients", {})
    monkeypatch.setattr(hub, "by_room", defaultdict(set))
    monkeypatch.setattr(presence, "_told", {})
    monkeypatch.setattr(presence, "_store", None)
    monkeypatch.setattr(presence.channels, "emit", lambda event, data, _to: told.append((event, data)))
    told = []
    return SimpleNamespace(gather=gather, told=told)


def test_of_a_crowd_the_first_are_named_and_all_are_counted(crowd):
    crowd.gather(1000)
    seen = presence.present(7)
    assert seen["present"] == 1000 and len(seen["people"]) == presence.SHOWN
    assert [person["name"] for person in seen["people"][:2]] == ["Person 0000", "Person 0001"]


def test_whoever_joins_a_crowd_hears_what_it_was_told_last(crowd):
    crowd.gather(80)
    presence._tell(7)
    crowd.gather(90)
    assert presence.present(7)["present"] == 80
    presence._tell(7)
    assert crowd.told[-1][1]["present"] == presence.present(7)["present"] == 90


def test_whoever_joins_a_few_is_among_them_at_once(crowd):
    crowd.gather(3)
    presence._tell(7)
    crowd.gather(4)
    assert presence.present(7)["present"] == 4
