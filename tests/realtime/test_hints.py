"""Hints to Redis, and the cases without any."""

import pytest

from app.realtime import manager


class Recorder:
    """A Redis that keeps hints and reports a number of listeners."""

    def __init__(self, listeners):
        self.listeners = listeners
        self.taken = []

    def publish(self, _channel, data):
        self.taken.append(data)
        return self.listeners


@pytest.fixture
def publish_count(monkeypatch):
    made = manager.HintManager("unix:///nowhere")
    monkeypatch.setattr(made, "deliver", lambda *_: None)

    def told(listeners, hears_itself=True):
        made.is_connected_to_redis = hears_itself
        made._redis_writer = Recorder(listeners)
        for number in range(3):
            made.emit("event", {"number": number}, room="room")
        return len(made._redis_writer.taken)

    return told


def test_process_that_is_alone_publishes_once(publish_count):
    assert publish_count(listeners=1) == 1


def test_process_that_is_not_alone_publishes_everything(publish_count):
    assert publish_count(listeners=2) == 3


def test_single_listener_may_be_another_process_while_disconnected(publish_count):
    assert publish_count(listeners=1, hears_itself=False) == 3


def test_process_notices_that_it_is_no_longer_alone(publish_count, monkeypatch):
    publish_count(listeners=1)
    later = manager.time.monotonic() + manager.ALONE
    monkeypatch.setattr(manager.time, "monotonic", lambda: later)
    assert publish_count(listeners=2) == 3
