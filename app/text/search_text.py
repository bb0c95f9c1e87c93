"""What somebody or something with a name and an address is found by: both as one line that machines compare."""

import idna

from app.text.words import fold

SEARCH_TEXT_LENGTH = 521
"""Characters: an address (RFC 5321, RFC 1035), a line's end, a name of 200."""

SEARCH_TEXT_BYTES = 1400
"""The same in UTF-8: an alias of 64 and a name of 200 characters take up to 4 bytes each, a domain's name one."""

_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Letters of names that Unicode does not take apart, as people type them who do not have them on the keyboard."""

WORDS_MAX = 8
"""Words of a question that are looked for in whatever order; what follows must stand there as it was typed."""


def make_search_text(name: str, address: str) -> str:
    """What is stored beside a name and an address. What is too long loses its end, which is the name's."""
    lines = dict.fromkeys((address, readable(address), name))
    text = _folded("\n".join(lines))[:SEARCH_TEXT_LENGTH]
    return text.encode()[:SEARCH_TEXT_BYTES].decode(errors="ignore")


def split_query(question: str) -> list[str]:
    """The words of a question, as they stand in what is stored: every one must be there, in whatever order.

    One of which folding leaves nothing, such as a lone accent, is empty and found nowhere.
    """
    words = question.split()
    rest = [" ".join(words[WORDS_MAX:])] if words[WORDS_MAX:] else []
    return [_folded(word).strip() for word in (*words[:WORDS_MAX], *rest)]


def _folded(text: str) -> str:
    """Without case once more, since NFKD makes capitals of signs such as № or 𝐀."""
    return fold(text).casefold().translate(_LETTERS)


def readable(address: str) -> str:
    """An address or a domain name as people write it: what IDNA has encoded is decoded."""
    local, at, domain = address.rpartition("@")
    if "xn--" not in domain:
        return address
    try:
        return f"{local}{at}{idna.decode(domain)}"
    except idna.IDNAError:
        return address
