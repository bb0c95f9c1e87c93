"""What is said to Redis, and when nothing is."""

import pytest

from app.realtime import manager


class Recorder:
    """Takes hints, as a Redis with so many listeners does."""

    def __init__(self, listeners):
        self.listeners = listeners
        self.taken = []

    def publish(self, _channel, data):
        self.taken.append(data)
        return self.listeners


@pytest.fixture
def hinting(monkeypatch):
    made = manager.HintManager("unix:///nowhere")
    monkeypatch.setattr(made, "deliver", lambda *_: None)

    def told(listeners, hears_itself=True):
        made.is_connected_to_redis = hears_itself
        made._redis_writer = Recorder(listeners)
        for number in range(3):
            made.emit("event", {"number": number}, room="room")
        return len(made._redis_writer.taken)

    return told


def test_a_process_that_is_alone_asks_once_and_then_saves_its_breath(hinting):
    assert hinting(listeners=1) == 1


def test_a_process_that_is_not_alone_says_everything(hinting):
    assert hinting(listeners=2) == 3


def test_the_one_listener_may_be_another_while_this_process_does_not_hear(hinting):
    assert hinting(listeners=1, hears_itself=False) == 3


def test_a_process_notices_soon_that_it_is_no_longer_alone(hinting, monkeypatch):
    hinting(listeners=1)
    later = manager.time.monotonic() + manager.ALONE
    monkeypatch.setattr(manager.time, "monotonic", lambda: later)
    assert hinting(listeners=2) == 3
