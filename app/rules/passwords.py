"""Password policy: ten characters or more, not one's own name or address, not a common password."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

from flask_babel import gettext as _

from app.errors import Invalid
from app.rules.hashing import LONGEST, hashed, normal

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


def hashed_new(password: str, *, name: str, address: str, field: str = "password") -> str:
    """Check a new password and give what is kept of it. Error: Invalid, about the given form field."""
    check_new(password, name=name, address=address, field=field)
    return hashed(password)


def check_new(password: str, *, name: str, address: str, field: str = "password") -> None:
    """Refuse a password that is short, a name or address of its owner, or common."""
    problem = problem_of(password, name=name, address=address)
    if problem:
        raise Invalid(_sentence(problem), code=f"password_{problem}", field=field)


def problem_of(password: str, *, name: str = "", address: str = "") -> str | None:
    """Return the problem of a new password as a word (short, long, own, common), None for a good one."""
    password = normal(password)
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
        "own": _("Your name or address, even with something added, is not a password."),
        "common": _("This password is among the first that others would try. Choose another one."),
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
