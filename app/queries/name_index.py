"""The one name index: conditions on `search_text`, the normalised address and name of accounts and groups.

Lists, pickers, the finder and the completion of mentions all use it. `search_text` holds the address, the
address as people write it and the name, each on a line of its own (app/text/search_text.py).
"""

from sqlalchemy import and_, false, or_, true

from app.text.search_text import split_query


def names_match(model, search: str):
    """Return a condition: the name and address contain every word of the search, in any order."""
    words = split_query(search)
    # A word that is empty after folding, such as a lone accent, matches nothing.
    return and_(true(), *(_like(model, f"%{_escaped(word)}%") for word in words)) if all(words) else false()


def name_begins(model, text: str):
    """Return a condition: the address, the name or a later word of the name begins with the text."""
    begun = " ".join(split_query(text))
    if not begun:
        return true() if not text.strip() else false()
    begun = _escaped(begun)
    return or_(_like(model, f"{begun}%"), _like(model, f"%\n{begun}%"), _like(model, f"% {begun}%"))


def _like(model, pattern: str):
    return model.search_text.like(pattern, escape="/")


def _escaped(word: str) -> str:
    for sign in "/%_":
        word = word.replace(sign, f"/{sign}")
    return word
