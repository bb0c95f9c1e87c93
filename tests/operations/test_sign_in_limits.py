"""Waiting after wrong passwords."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.errors import Invalid, TooMany
from app.extensions import db
from app.identity import Origin, set_origin
from app.models import SignInFailure, now
from app.operations import sessions
from app.operations.sessions import PEOPLE_BEHIND_AN_ADDRESS, count_attempt, network_of
from tests.support.factories import PASSWORD

FREE = 5


@pytest.fixture(autouse=True)
def in_a_request(app):
    app.config["SIGN_IN_FREE"] = FREE
    with app.test_request_context():
        come_from("192.0.2.7")
        yield
    set_origin(Origin())


def come_from(ip: str) -> None:
    set_origin(Origin(ip=ip))


def fail(address: str, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(Invalid):
            sessions.sign_in(address, "a wrong password")


def let_time_pass(**delta) -> None:
    for row in db.session.scalars(select(SignInFailure)):
        row.last_at -= timedelta(**delta)
        if row.blocked_until:
            row.blocked_until -= timedelta(**delta)
    db.session.commit()


def wait_told(address: str) -> int:
    with pytest.raises(TooMany) as refused:
        sessions.sign_in(address, PASSWORD)
    return refused.value.retry_after


def test_first_failures_need_no_wait(people):
    fail(people.arthur.address, FREE - 1)
    assert sessions.sign_in(people.arthur.address, PASSWORD)


def test_wait_doubles_with_each_failure(people):
    fail(people.arthur.address, FREE)
    waits = []
    for _ in range(6):
        waits.append(wait_told(people.arthur.address))
        let_time_pass(seconds=waits[-1])
        fail(people.arthur.address)
    assert waits == [1, 2, 4, 8, 16, 32]


def test_longest_wait_is_a_setting(app, people):
    app.config["SIGN_IN_DELAY_MAX"] = 3
    fail(people.arthur.address, FREE)
    for _ in range(4):
        let_time_pass(seconds=10)
        fail(people.arthur.address)
    assert wait_told(people.arthur.address) == 3


def test_correct_password_is_refused_while_waiting(people):
    fail(people.arthur.address, FREE)
    assert wait_told(people.arthur.address) >= 1


def test_refusal_states_seconds_to_wait(people):
    fail(people.arthur.address, FREE + 0)
    with pytest.raises(TooMany) as refused:
        sessions.sign_in(people.arthur.address, PASSWORD)
    assert "1" in str(refused.value)
    assert (refused.value.status, refused.value.code) == (429, "sign_in_wait")


def test_attempt_while_waiting_does_not_extend_wait(people):
    fail(people.arthur.address, FREE)
    first = wait_told(people.arthur.address)
    for _ in range(5):
        assert wait_told(people.arthur.address) <= first


def test_unknown_account_waits_like_a_known_one(people):
    fail("nobody@iwdemo.fr", FREE)
    assert wait_told("nobody@iwdemo.fr") == 1


def test_wait_applies_to_one_account_only(people):
    fail(people.arthur.address, FREE)
    assert sessions.sign_in(people.jean.address, PASSWORD)


def test_address_that_tries_many_accounts_waits(people):
    for number in range(FREE * PEOPLE_BEHIND_AN_ADDRESS):
        fail(f"nobody{number}@iwdemo.fr")
    assert wait_told(people.jean.address) == 1
    come_from("198.51.100.4")
    assert sessions.sign_in(people.jean.address, PASSWORD)


def test_success_resets_failures_of_account(people):
    fail(people.arthur.address, FREE - 1)
    sessions.sign_in(people.arthur.address, PASSWORD)
    fail(people.arthur.address, FREE - 1)
    assert sessions.sign_in(people.arthur.address, PASSWORD)


def test_many_people_sign_in_from_one_address(people):
    for _ in range(FREE * PEOPLE_BEHIND_AN_ADDRESS + 5):
        count_attempt(people.arthur.address, "192.0.2.9")
        from app.operations.sessions import reset_attempts

        reset_attempts(people.arthur.address, "192.0.2.9")
    come_from("192.0.2.9")
    assert sessions.sign_in(people.arthur.address, PASSWORD)


def test_failures_expire_after_a_day(people):
    fail(people.arthur.address, FREE + 1 - 1)
    let_time_pass(days=1, seconds=1)
    fail(people.arthur.address, FREE - 1)
    assert sessions.sign_in(people.arthur.address, PASSWORD)


@pytest.mark.parametrize(
    ("first", "other", "is_same"),
    [
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8:1:2::7", "2001:db8:1:2:ffff::8", True),
        ("2001:db8:1:2::7", "2001:db8:1:3::7", False),
        ("::ffff:192.0.2.7", "192.0.2.7", True),
        (None, "nonsense", False),
    ],
)
def test_ipv6_network_counts_as_one_address(first, other, is_same):
    assert (network_of(first).removesuffix("/32") == network_of(other).removesuffix("/32")) is is_same


@pytest.mark.fresh
def test_concurrent_attempts_are_limited_like_single_ones(app, people):
    """Each is counted before its password is looked at."""
    admitted, refused = [], []
    address = people.arthur.address

    def attempt():
        with app.app_context():
            try:
                count_attempt(address, "192.0.2.7")
                admitted.append(1)
            except TooMany:
                refused.append(1)

    threads = [threading.Thread(target=attempt) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(admitted), len(refused)) == (FREE, 12 - FREE)
    assert db.session.scalar(select(func.max(SignInFailure.count))) == FREE


def test_failures_are_stored_without_names(people):
    fail(people.arthur.address)
    rows = db.session.scalars(select(SignInFailure)).all()
    assert {len(row.subject) for row in rows} == {32}
    assert {row.last_at > now() - timedelta(minutes=1) for row in rows} == {True}
