"""How fast somebody may go: so much at once, then so much a second, whatever their devices."""

import pytest

from app import limits
from app.errors import TooMany
from app.limits import Bucket, take_message


class Clock:
    """Time that passes when told to."""

    now = 1000.0

    def monotonic(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = Clock()
    monkeypatch.setattr(limits, "time", made)
    monkeypatch.setattr(limits, "_messages", limits.OrderedDict())
    return made


def taken(take, count):
    """How many of so many attempts succeed."""
    done = 0
    for _ in range(count):
        try:
            take()
        except TooMany:
            continue
        done += 1
    return done


def test_a_bucket_gives_its_burst_and_then_its_rate(clock):
    bucket = Bucket(burst=20, rate=5)
    assert taken(bucket.take, 30) == 20
    clock.now += 1
    assert taken(bucket.take, 30) == 5
    clock.now += 3600
    assert taken(bucket.take, 30) == 20


@pytest.mark.parametrize("waited", [0.0, 0.1, 0.15, 0.199, 0.1999999])
def test_who_waits_for_as_long_as_they_are_told_to_may_go_on(clock, waited):
    bucket = Bucket(burst=1, rate=5)
    bucket.take()
    clock.now += waited
    with pytest.raises(TooMany) as refused:
        bucket.take()
    assert 0 < refused.value.retry_after <= 0.2 - waited + 0.011
    clock.now += refused.value.retry_after
    bucket.take()


def test_asking_too_fast_does_not_put_off_the_next_turn(clock):
    bucket = Bucket(burst=1, rate=1)
    bucket.take()
    for _ in range(9):
        clock.now += 0.1
        with pytest.raises(TooMany):
            bucket.take()
    clock.now += 0.11
    bucket.take()


def test_people_are_counted_apart_and_their_devices_together(clock):
    assert taken(lambda: take_message(1, 3, 1), 5) == 3
    assert taken(lambda: take_message(2, 3, 1), 5) == 3
    assert taken(lambda: take_message(1, 3, 1), 5) == 0


def test_only_so_many_people_are_remembered_the_longest_silent_are_forgotten(clock, monkeypatch):
    monkeypatch.setattr(limits, "PEOPLE", 3)
    for account_id in (1, 2, 3, 1, 4):
        take_message(account_id, 5, 1)
    assert list(limits._messages) == [3, 1, 4]
