"""Typing announcements."""

import pytest

from app.realtime import typing, writers
from tests.support import factories


@pytest.fixture
def clock(monkeypatch):
    """Return a clock that passes on demand and makes due calls."""

    class Clock:
        now = 1000.0
        calls = ()

        def monotonic(self):
            return self.now

        def pass_by(self, seconds):
            self.now += seconds
            due = [call for call in self.calls if call[0] <= self.now]
            self.calls = [call for call in self.calls if call[0] > self.now]
            for _at, call, arguments in due:
                call(*arguments)

        def later(self, seconds, call, *arguments):
            self.calls = [*self.calls, (self.now + seconds, call, arguments)]

    made = Clock()
    monkeypatch.setattr(writers, "time", made)
    monkeypatch.setattr(typing, "call_later", made.later)
    monkeypatch.setattr(typing, "is_cooperative", lambda: True)
    monkeypatch.setattr(writers, "_writing", {})
    for name in ("_due", "_ending"):
        monkeypatch.setattr(typing, name, set())
    return made


def names(events):
    return [[person["name"] for person in event["people"]] for event in events]


def test_typing_and_its_end_are_announced_to_others(people, window_of, clock):
    arthur, jean = window_of(people.arthur), window_of(people.jean)
    for window in (arthur, jean):
        window.call("room:open", {"room_id": people.room.id})
    arthur.call("typing:start", {"room_id": people.room.id})
    clock.pass_by(1)
    arthur.call("typing:stop", {"room_id": people.room.id})
    clock.pass_by(1)
    assert names(jean.heard("typing")) == [["arthur"], []]


def test_typing_guest_is_announced_as_guest(people, window_of, clock):
    guest = factories.make_account(people.domain, "Bruno", address="bt@darnis.com", is_guest=True)
    factories.join_room(people.room, guest)
    bruno, jean = window_of(guest), window_of(people.jean)
    for window in (bruno, jean):
        window.call("room:open", {"room_id": people.room.id})
    bruno.call("typing:start", {"room_id": people.room.id})
    clock.pass_by(1)
    (events,) = jean.heard("typing")
    assert events["people"] == [{"id": guest.id, "name": "Bruno", "is_guest": True}]


def test_typing_ends_by_itself(people, window_of, clock):
    arthur, jean = window_of(people.arthur), window_of(people.jean)
    for window in (arthur, jean):
        window.call("room:open", {"room_id": people.room.id})
    arthur.call("typing:start", {"room_id": people.room.id})
    clock.pass_by(1)
    for _second in range(20):
        clock.pass_by(1)
    assert names(jean.heard("typing"))[-1] == []
    assert not writers._writing and not clock.calls


def test_outsider_is_not_announced_as_typing(people, window_of, clock):
    paul = window_of(people.paul)
    paul.call("typing:start", {"room_id": people.room.id})
    assert not writers._writing
