"""Requests that share a transaction: each gets its own answer, whatever happens to the others or to the writer."""

import gevent
import pytest

from app.errors import Invalid, Unavailable
from app.operations.messages.group_writer import LARGEST_GROUP, GroupWriter


class Work:
    """Functions for a writer: they record the sizes of the groups, and fail on request."""

    def __init__(self):
        self.groups = []
        self.alone = []
        self.many_fails = self.one_fails = None

    def many(self, requests):
        self.groups.append(len(requests))
        if self.many_fails:
            raise self.many_fails
        return [Invalid("odd") if number % 2 else number for number in requests]

    def one(self, number):
        self.alone.append(number)
        if self.one_fails:
            raise self.one_fails
        return number


@pytest.fixture
def work():
    return Work()


def answers(app, work, count, *, key=None):
    """Return the result of each of several requests made at the same moment."""
    writer = GroupWriter(work.many, work.one)

    def ask(number):
        try:
            return writer.ask(app, number if key is None else key, number)
        except Exception as error:
            return type(error)

    asking = [gevent.spawn(ask, number) for number in range(count)]
    gevent.joinall(asking, timeout=5)
    return [greenlet.value if greenlet.ready() else "no answer" for greenlet in asking]


def test_each_request_gets_its_own_answer(app, work):
    assert answers(app, work, 4) == [0, Invalid, 2, Invalid]
    assert (work.groups, work.alone) == ([4], [])


def test_size_of_group_is_bounded(app, work):
    answers(app, work, LARGEST_GROUP + 2)
    assert work.groups == [LARGEST_GROUP, 2]


def test_requests_of_one_key_are_not_grouped(app, work):
    assert answers(app, work, 3, key="same") == [0, 1, 2]
    assert (work.groups, work.alone) == ([], [0, 1, 2])


def test_requests_of_failed_group_are_repeated_one_by_one(app, work):
    work.many_fails = ValueError()
    assert answers(app, work, 3) == work.alone == [0, 1, 2]


def test_missing_database_refuses_all_requests_without_repeating(app, work):
    work.many_fails = Unavailable()
    assert answers(app, work, 3) == [Unavailable] * 3
    assert work.alone == []


@pytest.mark.parametrize("count", [1, 3, LARGEST_GROUP + 3])
def test_requests_of_killed_writer_are_refused(app, work, count):
    work.many_fails = work.one_fails = gevent.GreenletExit()
    assert answers(app, work, count) == [Unavailable] * count
