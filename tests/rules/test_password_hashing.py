"""Password hashing, which holds up nobody else."""

import subprocess
import sys
import threading
import time

import pytest
from argon2 import PasswordHasher

from app.rules.accounts import passwords

ASIDE = """
from gevent import monkey
monkey.patch_all()
import time
import gevent
from app.rules.accounts import passwords

passwords._hasher = passwords.PasswordHasher(time_cost=20, memory_cost=19456, parallelism=1)
gevent.get_hub().threadpool.apply(int)
ticks = []

def tick():
    while True:
        ticks.append(time.perf_counter())
        gevent.sleep(0.005)

ticking = gevent.spawn(tick)
gevent.sleep(0.02)
begun = time.perf_counter()
passwords.hash_password("trombone-violet-42")
took = time.perf_counter() - begun
ticking.kill()
during = [moment for moment in ticks if begun < moment < begun + took]
gap = max(later - earlier for earlier, later in zip(ticks, ticks[1:], strict=False))
print(took, len(during), gap)
"""


@pytest.fixture
def cheap(monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


def test_a_kept_password_matches_itself_and_nothing_else(cheap):
    kept = passwords.hash_password("trombone-violet-42")
    assert "trombone" not in kept
    assert kept.startswith("$argon2id$")
    assert passwords.verify_password(kept, "trombone-violet-42")
    assert not passwords.verify_password(kept, "trombone-violet-43")


def test_composed_and_decomposed_letters_are_one_password(cheap):
    assert passwords.verify_password(
        passwords.hash_password("\u00e9t\u00e9 au lac"), "e\u0301te\u0301 au lac"
    )


def test_where_nothing_is_kept_something_is_compared_all_the_same(cheap, monkeypatch):
    compared = []
    monkeypatch.setattr(passwords, "_verified", lambda kept, _password: compared.append(kept) or True)
    assert not passwords.verify_password(None, "trombone-violet-42")
    assert len(compared) == 1
    assert compared[0].startswith("$argon2id$")


def test_a_damaged_hash_matches_nothing(cheap):
    assert not passwords.verify_password("not a hash", "trombone-violet-42")


def test_other_parameters_than_todays_are_outdated(cheap):
    old = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash("trombone-violet-42")
    assert passwords.needs_rehash(old)
    assert not passwords.needs_rehash(passwords.hash_password("trombone-violet-42"))


def test_only_a_few_passwords_are_hashed_at_once(monkeypatch):
    running, most, lock = [], [], threading.Lock()

    def work():
        with lock:
            running.append(1)
            most.append(len(running))
        time.sleep(0.02)
        with lock:
            running.pop()

    threads = [threading.Thread(target=passwords._aside, args=(work,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(most) == 8
    assert max(most) <= passwords.AT_ONCE


def test_others_go_on_while_a_password_is_hashed():
    done = subprocess.run(
        [sys.executable, "-c", ASIDE], capture_output=True, text=True, timeout=60, check=True
    )
    took, ticks, gap = map(float, done.stdout.split())
    assert ticks >= took / 0.005 * 0.2, "the loop stood still"
    assert gap < took / 2
