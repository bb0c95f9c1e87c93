"""Password hashing: argon2id, a few at once, in the thread pool so that the event loop goes on.

The parameters are those of OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
"""

import os
import re
import threading
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

from app import links
from app.background import run_in_thread
from app.errors import Invalid
from app.extensions import db
from app.models import Account, now

# Characters that are looked at: a form is no way to occupy the processor.
LONGEST = 200

# Passwords hashed at the same time: a storm of sign-ins leaves half of the processors to those who talk.
AT_ONCE = max(1, min(4, (os.cpu_count() or 2) // 2))

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_hashing_slots = threading.BoundedSemaphore(AT_ONCE)


def hash_password(password: str) -> str:
    """Return the hash of a password."""
    return _aside(_hasher.hash, normalise_password(password))


def verify_password(kept: str | None, password: str) -> bool:
    """Return whether a password has this hash. Without a hash the answer is no and takes as long."""
    is_same = _aside(_verified, kept or _nobodys(), normalise_password(password[:LONGEST]))
    return is_same and kept is not None


def needs_rehash(kept: str) -> bool:
    """Return whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def normalise_password(password: str) -> str:
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


def _aside(work: Callable, *args: Any) -> Any:
    """Do work that holds a processor in a thread where gevent runs; argon2 lets the other threads go on."""
    with _hashing_slots:
        return run_in_thread(work, *args)


MINIMUM = 10

# Letters and digits that must remain of a password when one's own name and address are taken out of it.
OWN_REST = 6

# What fingers find without thinking, on French, English and German keyboards.
ROWS = tuple(
    row * 2
    for row in (
        *("0123456789", "9876543210", "abcdefghijklmnopqrstuvwxyz", "zyxwvutsrqponmlkjihgfedcba"),
        *(
            "azertyuiop",
            "qsdfghjklm",
            "wxcvbn",
            "qwertyuiop",
            "qwertzuiop",
            "asdfghjkl",
            "zxcvbnm",
            "yxcvbnm",
        ),
        *(
            "qazwsxedcrfvtgbyhnujm",
            "aqwzsxedcrfvtgbyhnujm",
            "1qaz2wsx3edc4rfv",
            "1a2z3e4r5t6y",
            "1q2w3e4r5t6y",
        ),
    )
)

LEET = str.maketrans("013457$@!|€", "oieastsaile")


def hash_new_password(password: str, *, name: str, address: str, field: str = "password") -> str:
    """Check a new password and give what is kept of it. Error: Invalid, about the given form field."""
    check_new_password(password, name=name, address=address, field=field)
    return hash_password(password)


def check_new_password(password: str, *, name: str, address: str, field: str = "password") -> None:
    """Refuse a password that is short, a name or address of its owner, or common."""
    problem = password_problem(password, name=name, address=address)
    if problem:
        raise Invalid(_sentence(problem), code=f"password_{problem}", field=field)


def password_problem(password: str, *, name: str = "", address: str = "") -> str | None:
    """Return the problem of a new password as a word (short, long, own, common), None for a good one."""
    password = normalise_password(password)
    if len(password) < MINIMUM:
        return "short"
    if len(password) > LONGEST:
        return "long"
    if _is_own(password, name, address):
        return "own"
    return "common" if _is_common(password) else None


def _sentence(problem: str) -> str:
    return {
        "short": _("A password has %(minimum)s characters or more.", minimum=MINIMUM),
        "long": _("A password has %(maximum)s characters at most.", maximum=LONGEST),
        "own": _("Your name or address cannot be your password, even with something added."),
        "common": _("This password is one of the first that an attacker would try. Choose another one."),
    }[problem]


def _is_own(password: str, name: str, address: str) -> bool:
    whole = rest = _bare(password)
    for part in sorted(_own_words(name, address), key=len, reverse=True):
        rest = rest.replace(part, "").replace(part[::-1], "")
    return rest != whole and len(rest) < OWN_REST


def _own_words(name: str, address: str) -> set[str]:
    words = [*re.split(r"\W+", f"{name} {address}"), name, address]
    return {bare for bare in map(_bare, words) if len(bare) >= 3}


def _bare(text: str) -> str:
    """Return letters without accents, and digits."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if sign.isalnum())


def _is_common(password: str) -> bool:
    if len(set(password.casefold())) < 4:
        return True
    bare = _bare(password)
    return _is_repeated(bare) or _is_made_of_rows(bare) or _is_common_words(password)


def _is_repeated(text: str) -> bool:
    """Return whether a text repeats a short piece: abcabcabc."""
    sizes = range(1, len(text) // 2 + 1)
    return any(text == (text[:size] * len(text))[: len(text)] for size in sizes)


def _is_made_of_rows(text: str) -> bool:
    """Return whether a text consists of runs of the keyboard, the alphabet or the digits, three signs or more each."""
    start = 0
    while start < len(text):
        length = _run_at(text[start:])
        if length < 3:
            return False
        start += length
    return bool(text)


def _run_at(text: str) -> int:
    """Return the length of the run that a text begins with."""
    length = 1
    while length < len(text) and any(text[: length + 1] in row for row in ROWS):
        length += 1
    return length


def _is_common_words(password: str) -> bool:
    """Return whether a password is one or two common words, however decorated: digits and signs around, 0 for o."""
    outside = re.sub(r"^[\W\d_]+|[\W\d_]+$", "", password)
    return any(_is_two_words(text) for text in (password, password.translate(LEET), outside.translate(LEET)))


def _is_two_words(text: str) -> bool:
    words = re.findall(r"[^\W\d_]+", unicodedata.normalize("NFC", text))
    return 1 <= len(words) <= 2 and all(_bare(word) in _common() for word in words)


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    listed = Path(__file__).with_name("data") / "common_passwords.txt"
    return frozenset(_bare(word) for word in listed.read_text("utf-8").split())


PURPOSE = "password"

# How long a link counts that somebody has asked for themselves.
FORGOTTEN = timedelta(hours=1)

# How long one counts that an administrator has sent.
SENT = timedelta(days=1)


def password_link_token(account: Account) -> str:
    """Return the token of an account's password link."""
    return links.token(PURPOSE, account.id, account.password_generation)


def account_of_password_link(token: str) -> Account | None:
    """Return the account of a password link; None if it was used, has expired, or the account is closed."""
    link = links.read(PURPOSE, token)
    account = db.session.get(Account, link.id) if link else None
    if (
        link is None
        or account is None
        or account.password_generation != link.generation
        or not account.is_active
    ):
        return None
    is_fresh = account.password_link_until is not None and account.password_link_until > now()
    return account if is_fresh else None
