"""Password hashing: argon2id, a few at once, in the thread pool so that the event loop goes on.

The parameters are those of OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
"""

import os
import threading
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.background import run_in_thread

# Characters that are looked at: a form is no way to occupy the processor.
LONGEST = 200

# Passwords hashed at the same time: a storm of sign-ins leaves half of the processors to those who talk.
AT_ONCE = max(1, min(4, (os.cpu_count() or 2) // 2))

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_turn = threading.BoundedSemaphore(AT_ONCE)


def hashed(password: str) -> str:
    """Return the hash of a password."""
    return _aside(_hasher.hash, normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Return whether a password has this hash. Without a hash the answer is no and takes as long."""
    is_same = _aside(_verified, kept or _nobodys(), normal(password[:LONGEST]))
    return is_same and kept is not None


def is_outdated(kept: str) -> bool:
    """Return whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def normal(password: str) -> str:
    """Return a password in NFKC, so that it is the same on every keyboard."""
    return unicodedata.normalize("NFKC", password)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    """Return a hash that no account has."""
    return _hasher.hash(os.urandom(16).hex())


def _verified(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _aside(work: Callable, *args):
    """Do work that holds a processor in a thread where gevent runs; argon2 lets the other threads go on."""
    with _turn:
        return run_in_thread(work, *args)
