"""Work behind an answer: in order, one failure stops nothing, and a line never grows without bound."""

import gevent
import pytest

from app import background
from app.background import Line, Turns, aside, later


@pytest.fixture
def on_gevent(monkeypatch):
    monkeypatch.setattr(background, "is_cooperative", lambda: True)


def settle():
    gevent.sleep(0.01)


def test_without_gevent_a_call_is_made_at_once():
    made = []
    Line("test").put(made.append, 1)
    later(60, made.append, 2)
    assert made == [1, 2]


def test_on_gevent_calls_wait_for_their_turn(on_gevent):
    made, line = [], Line("test")
    for number in range(3):
        line.put(made.append, number)
    assert made == []
    settle()
    assert made == [0, 1, 2]


def test_a_call_that_fails_does_not_stop_the_line(on_gevent):
    made, line = [], Line("test")
    line.put(lambda: 1 / 0)
    line.put(made.append, "after")
    settle()
    assert made == ["after"]


def test_a_line_that_rested_works_again(on_gevent):
    made, line = [], Line("test")
    for number in range(2):
        line.put(made.append, number)
        settle()
    assert made == [0, 1]


def test_a_line_that_is_full_drops_the_oldest_and_counts(on_gevent):
    made, line = [], Line("test", longest=2)
    for number in range(4):
        line.put(made.append, number)
    settle()
    assert made == [2, 3]
    assert line.dropped == 2


def test_on_gevent_later_is_later(on_gevent):
    made = []
    later(0.005, made.append, 1)
    assert made == []
    gevent.sleep(0.05)
    assert made == [1]


def refused():
    raise ValueError("refused in the thread")


def test_error_of_a_thread_is_raised_outside_and_prints_nothing(on_gevent, capfd):
    with pytest.raises(ValueError, match="refused in the thread"):
        aside(refused)
    assert aside(sum, (1, 2)) == 3
    settle()
    assert capfd.readouterr() == ("", "")


def test_work_of_one_key_is_done_one_after_the_other(on_gevent):
    turns, running, most = Turns(), [], []

    def work():
        with turns.of("picture"):
            running.append(1)
            most.append(len(running))
            gevent.sleep(0)
            running.pop()

    gevent.joinall([gevent.spawn(work) for _ in range(5)])
    assert most == [1] * 5
