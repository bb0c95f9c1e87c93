"""Deceptive addresses and names: several alphabets in one word, or only look-alike letters."""

import unicodedata

import idna

# Small letters of other alphabets that many typefaces draw like Latin ones (after Unicode's
# confusables.txt).
ALIKE = frozenset("аеорсухіјѕԁһӏԛԝѵүոսցհοαρνικυχτ")

# Capitals, likewise.
ALIKE_CAPITALS = frozenset("АВЕЅІЈКМНОРСТУХԚԜՍՕΑΒΕΖΗΙΚΜΝΟΡΤΥΧ")

# Letters of no alphabet that stand beside Latin ones: Mª Carmen.
ABBREVIATING = frozenset("ªº")

# Alphabets that people do write in one word: Unicode TR 39, §5.1, "highly restrictive".
TOGETHER = (
    frozenset({"LATIN", "CJK", "HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA"}),
    frozenset({"LATIN", "CJK", "BOPOMOFO"}),
    frozenset({"LATIN", "CJK", "HANGUL"}),
)


def is_deceptive(address: str) -> bool:
    """Return whether a normalised address could be taken for another one."""
    local, _at, domain = address.rpartition("@")
    return any(_is_deceptive(word) for word in (local, *_labels(domain)))


def is_deceptive_name(name: str) -> bool:
    """Return whether a name could be taken for another one: a word of several alphabets, or only look-alikes.

    A word of look-alikes beside one that can only be read in its own alphabet is an ordinary name: Сара
    Иванова.
    """
    letters = [sign for sign in name if _counts(sign)]
    foreign = [sign for sign in letters if _alphabet(sign) != "LATIN"]
    if foreign and all(_looks_latin(sign) for sign in foreign):
        return True
    return any(_is_mixed({_alphabet(sign) for sign in word if _counts(sign)}) for word in name.split())


def _counts(sign: str) -> bool:
    return sign.isalpha() and sign not in ABBREVIATING and _alphabet(sign) != "MODIFIER"


def _looks_latin(sign: str) -> bool:
    """Return whether a sign looks like a Latin letter, styled ones (bold, double-struck, full width) included."""
    return sign in ALIKE or sign in ALIKE_CAPITALS or unicodedata.normalize("NFKC", sign).isascii()


def _labels(domain: str) -> list[str]:
    try:
        return idna.decode(domain).split(".")
    except idna.IDNAError:
        return domain.split(".")


def _is_deceptive(word: str) -> bool:
    letters = [sign for sign in word if sign.isalpha()]
    alphabets = {_alphabet(sign) for sign in letters}
    if len(alphabets) > 1:
        return _is_mixed(alphabets)
    return bool(letters) and alphabets != {"LATIN"} and all(sign in ALIKE for sign in letters)


def _is_mixed(alphabets: set[str]) -> bool:
    return len(alphabets) > 1 and not any(alphabets <= usual for usual in TOGETHER)


def _alphabet(sign: str) -> str:
    return unicodedata.name(sign, "?").partition(" ")[0]
