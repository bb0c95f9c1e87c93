"""Presence in large rooms: the more people, the rarer the announcements to all of them."""

from collections import defaultdict
from types import SimpleNamespace

import pytest

from app.realtime import hub, presence
from app.rules.rights import Right


@pytest.fixture
def delay_for(monkeypatch):
    delays = []
    monkeypatch.setattr(presence, "is_cooperative", lambda: True)
    monkeypatch.setattr(presence, "call_later", lambda seconds, *_: delays.append(seconds))
    monkeypatch.setattr(presence, "_due", set())

    def with_people(number):
        monkeypatch.setitem(hub.by_room, 7, set(range(number)))
        presence._due.clear()
        presence.changed(7)
        return delays[-1]

    return with_people


def test_small_room_is_announced_at_once(delay_for):
    assert max(delay_for(2), delay_for(50)) <= presence.EVERY


def test_large_room_is_announced_less_often(delay_for):
    assert presence.EVERY * 10 <= delay_for(1000) <= presence.EVERY * 20


@pytest.fixture
def room(monkeypatch):
    """Return room 7; fill(number) opens it for so many people."""

    def fill(number):
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
    monkeypatch.setattr(
        presence.channels, "emit", lambda event, data, _to: announcements.append((event, data))
    )
    announcements = []
    return SimpleNamespace(fill=fill, announcements=announcements)


def test_large_room_names_the_first_and_counts_all(room):
    room.fill(1000)
    presence_data = presence.present(7)
    assert presence_data["present"] == 1000 and len(presence_data["people"]) == presence.SHOWN
    assert [person["name"] for person in presence_data["people"][:2]] == ["Person 0000", "Person 0001"]


def test_newcomer_in_large_room_receives_the_last_announcement(room):
    room.fill(80)
    presence._tell(7)
    room.fill(90)
    assert presence.present(7)["present"] == 80
    presence._tell(7)
    assert room.announcements[-1][1]["present"] == presence.present(7)["present"] == 90


def test_newcomer_in_small_room_is_present_at_once(room):
    room.fill(3)
    presence._tell(7)
    room.fill(4)
    assert presence.present(7)["present"] == 4
