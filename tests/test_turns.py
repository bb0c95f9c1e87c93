"""One at a time for each key, and nothing left behind."""

import gevent
import pytest

from app.background import Turns


def test_turns_are_taken_one_after_the_other_for_each_key():
    turns, said = Turns(), []

    def work(key, name):
        with turns.of(key):
            said.append(f"{name} begins")
            gevent.sleep(0.01)
            said.append(f"{name} ends")

    gevent.joinall([gevent.spawn(work, 1, "first"), gevent.spawn(work, 1, "second")])
    assert said == ["first begins", "first ends", "second begins", "second ends"]
    said.clear()
    gevent.joinall([gevent.spawn(work, 1, "here"), gevent.spawn(work, 2, "there")])
    assert said[:2] == ["here begins", "there begins"]


def test_a_turn_ends_with_an_error_and_leaves_nothing_behind():
    turns = Turns()
    with pytest.raises(KeyError), turns.of("key"):
        raise KeyError
    with turns.of("key"):
        assert len(turns._locks) == 1
    assert len(turns._locks) == 0
