"""Names and descriptions: what people type to be read by others."""

import re
import unicodedata

import idna
from flask_babel import gettext as _

from app.errors import Invalid
from app.i18n import LANGUAGE_NAMES
from app.models import AccountState

NAME_MAXIMUM = 200
# Characters, as the columns hold them.
DESCRIPTION_MAXIMUM = 500

# Signs that take no ink and are neither spaces nor format signs: fillers, joiners, the empty Braille cell.
BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2065\u2800\u3164\uffa0")

JOINERS = frozenset("\u200c\u200d")
# Alphabets in which a joiner changes how letters are drawn (Unicode TR 31, §2.3); elsewhere it only hides.
JOINED = re.compile(
    "ARABIC|SYRIAC|MONGOLIAN|DEVANAGARI|BENGALI|GURMUKHI|GUJARATI|ORIYA|TAMIL|TELUGU|KANNADA|MALAYALAM|SINHALA|"
    "KHMER|MYANMAR|TIBETAN|VARIATION|EMOJI"
)


def checked_name(text: str | None, *, field: str = "name") -> str:
    """Return a name on one line, of visible signs, neither empty nor too long. Error: Invalid."""
    name = " ".join(_inked(_visible(text)).split())
    if not any(unicodedata.category(sign)[0] in "LNPS" for sign in name):
        raise Invalid(_("Give a name."), code="empty", field=field)
    if len(name) > NAME_MAXIMUM:
        raise _too_long(NAME_MAXIMUM, field)
    return name


def checked_guest_name(text: str | None, *, field: str = "name") -> str:
    """Return a guest's name.

    No administrator has looked at it, so look-alikes are refused. Error: Invalid.
    """
    name = checked_name(text, field=field)
    if is_deceptive_name(name):
        raise Invalid(
            _("This name mixes letters of several alphabets and may be misleading."),
            code="deceptive_name",
            field=field,
        )
    return name


def shown_name(name: str, state: AccountState, *, is_guest: bool = False) -> str:
    """Return a name as shown beside a message; deleted accounts are marked."""
    if state is not AccountState.DELETED:
        return name
    return (
        _("%(name)s (deleted guest)", name=name) if is_guest else _("%(name)s (deleted account)", name=name)
    )


def marked_name(name: str, state: AccountState, *, is_guest: bool) -> str:
    """Return a name marked as a guest's where no badge can be shown; a deleted guest is marked already."""
    return _("%(name)s (guest)", name=name) if is_guest and state is not AccountState.DELETED else name


def checked_description(text: str | None, *, field: str = "description") -> str | None:
    """Return a description, None for a blank one. Error: Invalid."""
    description = _visible(text).strip()
    if len(description) > DESCRIPTION_MAXIMUM:
        raise _too_long(DESCRIPTION_MAXIMUM, field)
    return description or None


def checked_language(code: str | None, *, field: str = "language") -> str | None:
    """Return the code of an available language, None for the person's own choice. Error: Invalid."""
    if code and code not in LANGUAGE_NAMES:
        raise Invalid(_("This language is not available."), code="bad_language", field=field)
    return code or None


def _visible(text: str | None) -> str:
    """Return a text in NFC, without control signs other than line breaks and tabs."""
    plain = unicodedata.normalize("NFC", text or "").replace("\r\n", "\n")
    return "".join(sign for sign in plain if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs"))


def _inked(text: str) -> str:
    """Return a text without invisible format signs, which turn its direction or make look-alikes."""
    inked = "".join(sign for index, sign in enumerate(text) if not _is_blank(sign) and _varies(text, index))
    return "".join(sign for index, sign in enumerate(inked) if sign not in JOINERS or _joins(inked, index))


def _is_blank(sign: str) -> bool:
    return sign in BLANK or (unicodedata.category(sign) == "Cf" and sign not in JOINERS)


def _varies(text: str, index: int) -> bool:
    """Return whether a variation selector follows a sign that it can vary: an emoji or an ideograph."""
    if _word(text[index]) != "VARIATION":
        return True
    before = text[index - 1 : index]
    return bool(before) and (unicodedata.category(before) in ("So", "Sk") or _word(before) == "CJK")


def _joins(text: str, index: int) -> bool:
    around = text[index - 1 : index] + text[index + 1 : index + 2]
    return len(around) == 2 and all(map(_is_joined, around))


def _is_joined(sign: str) -> bool:
    return unicodedata.category(sign) in ("So", "Sk") or JOINED.fullmatch(_word(sign)) is not None


def _word(sign: str) -> str:
    """Return the first word of a sign's Unicode name: LATIN, ARABIC, VARIATION."""
    return unicodedata.name(sign, "?").partition(" ")[0].partition("-")[0]


def _too_long(maximum: int, field: str) -> Invalid:
    return Invalid(_("%(maximum)s characters at most.", maximum=maximum), code="too_long", field=field)


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
