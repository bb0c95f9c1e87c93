"""Rate limits of a person: a burst, then a rate, over all devices."""

import pytest

from app import limits
from app.errors import TooMany
from app.limits import Bucket, take_message


class Clock:
    """A clock that the test sets."""

    now = 1000.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(limits, "time", made)
    monkeypatch.setattr(limits, "_messages", limits.OrderedDict())
    return made


def count_taken(take, count):
    """Return the number of successful attempts."""
    done = 0
    for _ in range(count):
        try:
            take()
        except TooMany:
            continue
        done += 1
    return done


def test_bucket_allows_its_burst_and_then_its_rate(clock):
    bucket = Bucket(burst=20, rate=5)
    assert count_taken(bucket.take, 30) == 20
    clock.now += 1
    assert count_taken(bucket.take, 30) == 5
    clock.now += 3600
    assert count_taken(bucket.take, 30) == 20


@pytest.mark.parametrize("waited", [0.0, 0.1, 0.15, 0.199, 0.1999999])
def test_take_succeeds_after_the_stated_wait(clock, waited):
    bucket = Bucket(burst=1, rate=5)
    bucket.take()
    clock.now += waited
    with pytest.raises(TooMany) as refused:
        bucket.take()
    assert 0 < refused.value.retry_after <= 0.2 - waited + 0.011
    clock.now += refused.value.retry_after
    bucket.take()


def test_refused_attempts_do_not_extend_the_wait(clock):
    bucket = Bucket(burst=1, rate=1)
    bucket.take()
    for _ in range(9):
        clock.now += 0.1
        with pytest.raises(TooMany):
            bucket.take()
    clock.now += 0.11
    bucket.take()


def test_message_limit_is_counted_per_account(clock):
    assert count_taken(lambda: take_message(1, 3, 1), 5) == 3
    assert count_taken(lambda: take_message(2, 3, 1), 5) == 3
    assert count_taken(lambda: take_message(1, 3, 1), 5) == 0


def test_least_recent_people_are_forgotten(clock, monkeypatch):
    monkeypatch.setattr(limits, "PEOPLE", 3)
    for account_id in (1, 2, 3, 1, 4):
        take_message(account_id, 5, 1)
    assert list(limits._messages) == [3, 1, 4]
