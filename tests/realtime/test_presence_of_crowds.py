"""The more there are in a room, the less often all of them are told who they are."""

import pytest

from app.realtime import hub, presence


@pytest.fixture
def waits(monkeypatch):
    asked = []
    monkeypatch.setattr(presence, "is_cooperative", lambda: True)
    monkeypatch.setattr(presence, "later", lambda seconds, *_: asked.append(seconds))
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
