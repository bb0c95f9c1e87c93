"""Search text of accounts and groups: address and name in the form in which they are compared."""

import idna

from app.text.words import fold

# Characters: an address (RFC 5321, RFC 1035), a line break and a name of 200.
SEARCH_TEXT_LENGTH = 521

# The same in UTF-8: an alias of 64 and a name of 200 characters take up to 4 bytes each, a domain name one.
SEARCH_TEXT_BYTES = 1400

# Letters that Unicode does not decompose, as typed on keyboards that lack them.
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)

# Words of a query that match in any order; the rest must match as it was typed.
WORDS_MAX = 8


def make_search_text(name: str, address: str) -> str:
    """Return the search text of a name and an address. Too long a text loses its end, a part of the name."""
    lines = dict.fromkeys((address, readable(address), name))
    text = _fold("\n".join(lines))[:SEARCH_TEXT_LENGTH]
    return text.encode()[:SEARCH_TEXT_BYTES].decode(errors="ignore")


def split_query(query: str) -> list[str]:
    """Return the words of a query as they are in search texts. All must match, in any order.

    A word of which folding leaves nothing, such as a lone accent, is empty and matches nothing.
    """
    words = query.split()
    rest = [" ".join(words[WORDS_MAX:])] if words[WORDS_MAX:] else []
    return [_fold(word).strip() for word in (*words[:WORDS_MAX], *rest)]


def _fold(text: str) -> str:
    """Fold a text, and its case once more: NFKD turns signs such as № or 𝐀 into capitals."""
    return fold(text).casefold().translate(_LETTERS)


def readable(address: str) -> str:
    """Return an address or a domain name with its IDNA parts decoded."""
    local, at, domain = address.rpartition("@")
    if "xn--" not in domain:
        return address
    try:
        return f"{local}{at}{idna.decode(domain)}"
    except idna.IDNAError:
        return address
