"""Redis dead or frozen: nothing waits for it, stale hints are dropped, and it is soon asked again."""

import json

import gevent
import pytest
import redis

from app import background
from app.realtime import manager


class FailingRedis:
    """A Redis that refuses hints and counts the attempts."""

    def __init__(self, wait=0.0):
        self.wait = wait
        self.attempts = 0

    def publish(self, _channel, _data):
        self.attempts += 1
        gevent.sleep(self.wait)
        raise redis.TimeoutError("no answer")


class ListeningRedis(FailingRedis):
    """A Redis with another process behind it."""

    def __init__(self, wait=0.0):
        super().__init__(wait)
        self.taken = []

    def publish(self, _channel, data):
        gevent.sleep(self.wait)
        self.taken.append(json.loads(data))
        return 2


@pytest.fixture
def hints(monkeypatch):
    """Return a manager as in a web process that keeps its deliveries in `delivered`."""
    monkeypatch.setattr(background, "is_cooperative", lambda: True)
    made = manager.HintManager("unix:///nowhere")
    made.delivered = []
    monkeypatch.setattr(made, "deliver", lambda event, data, *_rest: made.delivered.append((event, data)))
    return made


def drain(hints) -> None:
    """Wait until every hint that waits for Redis has been sent or dropped."""
    while hints._publishing._is_working or hints._publishing._waiting:
        gevent.sleep(0.001)


def test_local_delivery_never_waits_for_redis(hints):
    hints._redis_writer = FailingRedis(wait=10)
    for number in range(100):
        hints.emit("event", {"number": number}, room="room")
    assert (len(hints.delivered), hints._redis_writer.attempts) == (100, 0)


def test_failed_redis_is_not_asked_for_a_moment(hints, monkeypatch):
    hints._redis_writer = FailingRedis()
    for number in range(100):
        hints.emit("event", {"number": number}, room="room")
    drain(hints)
    assert hints._redis_writer.attempts == 1
    monkeypatch.setattr(hints, "_broken_until", 0.0)
    hints.emit("event", {}, room="room")
    drain(hints)
    assert hints._redis_writer.attempts == 2


def test_stale_hints_are_not_sent(hints, monkeypatch):
    hints._redis_writer = ListeningRedis(wait=0.05)
    monkeypatch.setattr(manager, "STALE", 0.12)
    for number in range(20):
        hints.emit("event", {"number": number}, room="room")
    drain(hints)
    assert [hint["data"][0]["number"] for hint in hints._redis_writer.taken] in ([0, 1], [0, 1, 2])
    hints.emit("event", {"number": "fresh"}, room="room")
    drain(hints)
    assert hints._redis_writer.taken[-1]["data"] == [{"number": "fresh"}]


def test_full_queue_drops_the_oldest_hints(hints):
    hints._publishing = background.SerialQueue("redis", 3)
    hints._redis_writer = ListeningRedis(wait=0.005)
    for number in range(10):
        hints.emit("event", {"number": number}, room="room")
    drain(hints)
    assert [hint["data"][0]["number"] for hint in hints._redis_writer.taken] == [7, 8, 9]


def test_hint_of_another_process_is_delivered_with_its_epoch(hints, monkeypatch):
    deliveries = []
    monkeypatch.setattr(hints, "deliver", lambda *arguments: deliveries.append(arguments))
    hint = {"event": "event", "data": [{"number": 1}], "namespace": "/", "room": ["a", "b"], "epoch": 7}
    hints._handle_emit(hint)
    assert deliveries == [("event", {"number": 1}, "/", ["a", "b"], 7)]


class SilentSubscription:
    """A subscription that never receives anything and counts pings."""

    def __init__(self):
        self.pings = 0

    def subscribe(self, _channel):
        pass

    def get_message(self, **_options):
        return None

    def ping(self):
        self.pings += 1


def test_silent_redis_is_pinged_once_and_given_up(hints):
    hints.pubsub = SilentSubscription()
    with pytest.raises(ConnectionError):
        next(hints._messages())
    assert hints.pubsub.pings == 1


def test_missing_redis_is_retried_at_least_every_second(hints, monkeypatch):
    attempts, pauses = [], []

    def away():
        attempts.append(1)
        if len(attempts) > 6:
            raise GeneratorExit
        raise redis.ConnectionError("nobody there")

    monkeypatch.setattr(hints, "_redis_connect", away)
    monkeypatch.setattr(manager.gevent, "sleep", pauses.append)
    with pytest.raises((GeneratorExit, RuntimeError)):
        next(hints._redis_listen_with_retries())
    assert len(pauses) == 6 and max(pauses) + manager.PATIENCE <= 1.5 and max(pauses) <= 1


def test_reconnection_to_redis_nudges_the_watcher(hints):
    class Watcher:
        nudged = 0

        def nudge(self):
            self.nudged += 1

    hints.watcher = Watcher()
    hints._heard_again()
    assert hints.is_connected_to_redis and hints.watcher.nudged == 1
