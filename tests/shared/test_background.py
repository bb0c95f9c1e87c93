"""Work in the background: in order, independent of failures, in bounded queues."""

import gevent
import pytest
from gevent.event import Event

from app import background
from app.background import KeyedLock, SerialQueue, call_later, run_in_thread


@pytest.fixture
def on_gevent(monkeypatch):
    monkeypatch.setattr(background, "is_cooperative", lambda: True)


def settle():
    """Let other greenlets run until none has anything to do."""
    gevent.idle()


def test_call_is_made_at_once_without_gevent():
    made = []
    SerialQueue("test").put(made.append, 1)
    call_later(60, made.append, 2)
    assert made == [1, 2]


def test_serial_queue_makes_calls_in_order_under_gevent(on_gevent):
    made, queue = [], SerialQueue("test")
    for number in range(3):
        queue.put(made.append, number)
    assert made == []
    settle()
    assert made == [0, 1, 2]


def test_serial_queue_goes_on_after_a_failed_call(on_gevent):
    made, queue = [], SerialQueue("test")
    queue.put(lambda: 1 / 0)
    queue.put(made.append, "after")
    settle()
    assert made == ["after"]


def test_serial_queue_works_again_after_it_was_empty(on_gevent):
    made, queue = [], SerialQueue("test")
    for number in range(2):
        queue.put(made.append, number)
        settle()
    assert made == [0, 1]


def test_serial_queue_drops_the_oldest_calls_when_full_and_counts_them(on_gevent):
    made, queue = [], SerialQueue("test", longest=2)
    for number in range(4):
        queue.put(made.append, number)
    settle()
    assert made == [2, 3]
    assert queue.dropped == 2


def test_call_later_waits_under_gevent(on_gevent):
    made = Event()
    call_later(0.005, made.set)
    assert not made.is_set()
    assert made.wait(5)


def refused():
    raise ValueError("refused in the thread")


def test_error_of_a_thread_is_raised_outside_and_prints_nothing(on_gevent, capfd):
    with pytest.raises(ValueError, match="refused in the thread"):
        run_in_thread(refused)
    assert run_in_thread(sum, (1, 2)) == 3
    settle()
    assert capfd.readouterr() == ("", "")


def test_keyed_lock_runs_work_of_one_key_in_turn(on_gevent):
    turns, running, most = KeyedLock(), [], []

    def work():
        with turns.of("picture"):
            running.append(1)
            most.append(len(running))
            gevent.sleep(0)
            running.pop()

    gevent.joinall([gevent.spawn(work) for _ in range(5)])
    assert most == [1] * 5
