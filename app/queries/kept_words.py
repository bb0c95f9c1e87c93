"""The index of words that the worker keeps, read from the newest message backwards."""

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from app.extensions import db
from app.models import Message, MessageKind, MessageWord
from app.text.words import SearchTerm

# A word that stands in fewer messages of the whole server is rare: all of them are read.
RARE = 1_000

# Messages of the whole server that are looked through first for what is common.
WINDOW = 1_000


def said(authors) -> list:
    """Return conditions on Message: undeleted messages of people, optionally of these authors only."""
    conditions = [Message.kind == MessageKind.MESSAGE, Message.deleted_at.is_(None)]
    return conditions if authors is None else [*conditions, Message.author_id.in_(authors)]


def find(rooms, question, authors, floors, before, limit) -> list[int]:
    """Return ids of messages among the words, the newest first; some may be gone or worded otherwise by now.

    Where a word is rare, all that holds it is read at once. Else the newest messages are looked through
    first, then eight times as many before them, and so on: what is common is found in the first of these
    windows.
    """
    is_rare, looked_for = _rarest_first(question.terms)
    upper = before if before is not None else (db.session.scalar(select(func.max(Message.id))) or 0) + 1
    width, ids = (upper if is_rare else WINDOW), []
    while upper > 0 and len(ids) < limit:
        lower = max(0, upper - width)
        statement = _between(lower, upper, rooms, looked_for, authors, floors)
        ids += db.session.scalars(statement.limit(limit - len(ids)))
        upper, width = lower, 8 * width
    return ids


def _rarest_first(terms: list[SearchTerm]) -> tuple[bool, list[tuple[str, bool]]]:
    """Return the words of a search, rarest first, and whether the first one is rare.

    Each word comes with whether it may be continued.
    """
    looked_for = sorted({(word, term.is_prefix) for term in terms for word in term.words})
    if not looked_for:
        return False, []
    some = [
        select(func.count()).select_from(
            select(MessageWord.message_id).where(_matches(MessageWord, *each)).limit(RARE).subquery()
        )
        for each in looked_for
    ]
    counts = dict(
        zip(
            looked_for,
            db.session.execute(select(*(count.scalar_subquery() for count in some))).one(),
            strict=True,
        )
    )
    looked_for.sort(key=lambda each: (counts[each], each[1]))
    return counts[looked_for[0]] < RARE, looked_for


def _between(lower: int, upper: int, rooms, looked_for, authors, floors):
    """Return the statement that finds ids of messages in a window, lower <= id < upper, the newest first."""
    if not looked_for:
        reached = _reached(Message, Message.id, lower, upper, rooms, floors)
        return select(Message.id).where(*reached, *said(authors)).order_by(Message.id.desc())
    first = aliased(MessageWord)
    statement = select(first.message_id).where(
        _matches(first, *looked_for[0]), *_reached(first, first.message_id, lower, upper, rooms, floors)
    )
    if looked_for[0][1]:
        statement = statement.distinct()
    for each in looked_for[1:]:
        other_word = aliased(MessageWord)
        same = (other_word.room_id == first.room_id, other_word.message_id == first.message_id)
        statement = statement.where(
            select(other_word.message_id).where(*same, _matches(other_word, *each)).exists()
        )
    if authors is not None:
        statement = statement.join(Message, Message.id == first.message_id).where(*said(authors))
    return statement.order_by(first.message_id.desc())


def _reached(table, message_id, lower: int, upper: int, rooms, floors) -> list:
    """In the window, in these rooms, behind where each begins for the person."""
    # MariaDB makes a table of a list of a thousand and then does not use the index for the window.
    parts = [table.room_id.in_(rooms[start : start + 500]) for start in range(0, len(rooms), 500)]
    reached = [message_id >= lower, message_id < upper, or_(*parts)]
    if floors:
        begun = [and_(table.room_id == room, table.seq > least) for room, least in floors.items()]
        reached.append(or_(table.room_id.not_in(list(floors)), *begun))
    return reached


def _matches(table, word: str, is_prefix: bool):
    return table.word.startswith(word, autoescape=True) if is_prefix else table.word == word
