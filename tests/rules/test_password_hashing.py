"""Password hashing, which holds up nobody else."""

import subprocess
import sys
import threading

import pytest
from argon2 import PasswordHasher

from app.rules.accounts import passwords

# Prints how often a greenlet runs while a password is hashed without a thread, and through the application.
PROGRAM = """
from gevent import monkey
monkey.patch_all()
import gevent
from app.rules.accounts import passwords

passwords._hasher = passwords.PasswordHasher(time_cost=20, memory_cost=19456, parallelism=1)
gevent.get_hub().threadpool.apply(int)
runs = 0

def run():
    global runs
    while True:
        runs += 1
        gevent.sleep(0.001)

def runs_during(hash_password):
    before = runs
    hash_password("trombone-violet-42")
    return runs - before

gevent.spawn(run)
while not runs:
    gevent.sleep(0)
print(runs_during(passwords._hasher.hash), runs_during(passwords.hash_password))
"""


@pytest.fixture
def cheap(monkeypatch):
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


def test_hash_matches_its_password_only(cheap):
    hashed = passwords.hash_password("trombone-violet-42")
    assert "trombone" not in hashed
    assert hashed.startswith("$argon2id$")
    assert passwords.verify_password(hashed, "trombone-violet-42")
    assert not passwords.verify_password(hashed, "trombone-violet-43")


def test_composed_and_decomposed_characters_are_the_same_password(cheap):
    assert passwords.verify_password(
        passwords.hash_password("\u00e9t\u00e9 au lac"), "e\u0301te\u0301 au lac"
    )


def test_missing_hash_is_compared_with_a_hash_of_nobody(cheap, monkeypatch):
    compared = []
    monkeypatch.setattr(passwords, "_verified", lambda hashed, _password: compared.append(hashed) or True)
    assert not passwords.verify_password(None, "trombone-violet-42")
    assert len(compared) == 1
    assert compared[0].startswith("$argon2id$")


def test_damaged_hash_matches_nothing(cheap):
    assert not passwords.verify_password("not a hash", "trombone-violet-42")


def test_hash_with_other_parameters_needs_rehash(cheap):
    old = PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash("trombone-violet-42")
    assert passwords.needs_rehash(old)
    assert not passwords.needs_rehash(passwords.hash_password("trombone-violet-42"))


def test_few_passwords_are_hashed_at_the_same_time():
    all_inside, may_end = threading.Barrier(passwords.AT_ONCE + 1), threading.Event()

    def work():
        all_inside.wait(10)
        may_end.wait(10)

    threads = [threading.Thread(target=passwords._aside, args=(work,)) for _ in range(passwords.AT_ONCE)]
    for thread in threads:
        thread.start()
    all_inside.wait(10)
    has_another_slot = passwords._hashing_slots.acquire(blocking=False)
    may_end.set()
    for thread in threads:
        thread.join()
    assert not has_another_slot
    assert passwords._hashing_slots.acquire(blocking=False)
    passwords._hashing_slots.release()


def test_other_greenlets_run_while_a_password_is_hashed():
    finished = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60, check=True
    )
    without_thread, with_thread = map(int, finished.stdout.split())
    assert without_thread == 0
    assert with_thread >= 10
