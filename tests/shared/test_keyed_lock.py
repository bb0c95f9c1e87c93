"""Locks by key: one holder at a time, and nothing left behind."""

import gevent
import pytest

from app.background import KeyedLock


def test_keyed_lock_has_one_holder_for_each_key():
    locks, steps = KeyedLock(), []

    def work(key, name):
        with locks.of(key):
            steps.append(f"{name} begins")
            gevent.sleep(0)
            steps.append(f"{name} ends")

    gevent.joinall([gevent.spawn(work, 1, "first"), gevent.spawn(work, 1, "second")])
    assert steps == ["first begins", "first ends", "second begins", "second ends"]
    steps.clear()
    gevent.joinall([gevent.spawn(work, 1, "here"), gevent.spawn(work, 2, "there")])
    assert steps[:2] == ["here begins", "there begins"]


def test_keyed_lock_is_released_by_an_error_and_forgotten():
    locks = KeyedLock()
    with pytest.raises(KeyError), locks.of("key"):
        raise KeyError
    with locks.of("key"):
        assert len(locks._locks) == 1
    assert len(locks._locks) == 0
