"""Addresses that are not what they look like: letters of several alphabets in one word, or all of another."""

import unicodedata

import idna

ALIKE = frozenset("аеорсухіјѕԁһӏԛԝѵүոսցհοαρνικυχτ")
"""Small letters of other alphabets that many typefaces draw like Latin ones (after Unicode's confusables.txt)."""

TOGETHER = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
)
"""Alphabets that people do write in one word: Unicode TR 39, §5.1, "highly restrictive"."""


def is_deceptive(address: str) -> bool:
    """Whether an address, normalised, could be taken for another one by whoever reads it."""
    local, _at, domain = address.rpartition("@")
    return any(_is_deceptive(word) for word in (local, *_labels(domain)))


def _labels(domain: str) -> list[str]:
    try:
        return idna.decode(domain).split(".")
    except idna.IDNAError:
        return domain.split(".")


def _is_deceptive(word: str) -> bool:
    letters = [sign for sign in word if sign.isalpha()]
    alphabets = {unicodedata.name(sign, "?").partition(" ")[0] for sign in letters}
    if len(alphabets) > 1:
        return not any(alphabets <= usual for usual in TOGETHER)
    return bool(letters) and alphabets != {"LATIN"} and all(sign in ALIKE for sign in letters)
