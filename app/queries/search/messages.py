"""The index of words that the worker keeps, read from the newest message backwards."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from app.extensions import db
from app.models import Account, AccountState, Message, MessageKind, MessageWord, Room, RoomKind, SearchMark
from app.queries import messages
from app.queries.rooms.people import direct_titles
from app.rules import rooms as room_rules
from app.rules import services
from app.rules.accounts import names, visibility
from app.rules.rights import Right, access
from app.text import words
from app.text.words import SearchTerm

# A word that stands in fewer messages of the whole server is rare: all of them are read.
RARE = 1_000

# Messages of the whole server that are looked through first for what is common.
WINDOW = 1_000


def undeleted_by(authors: list[int] | None) -> list:
    """Return conditions on Message: undeleted messages of people, optionally of these authors only."""
    conditions = [Message.kind == MessageKind.MESSAGE, Message.deleted_at.is_(None)]
    return conditions if authors is None else [*conditions, Message.author_id.in_(authors)]


def find_words(
    rooms: list[int],
    query: "SearchQuery",
    authors: list[int] | None,
    history_starts: dict[int, int],
    before: int | None,
    limit: int,
) -> list[int]:
    """Return ids of messages among the words, the newest first; some may be gone or worded otherwise by now.

    Where a word is rare, all that holds it is read at once. Else the newest messages are looked through
    first, then eight times as many before them, and so on: what is common is found in the first of these
    windows.
    """
    is_rare, search_words = _rarest_first(query.terms)
    upper = before if before is not None else (db.session.scalar(select(func.max(Message.id))) or 0) + 1
    width = upper if is_rare else WINDOW
    ids: list[int] = []
    while upper > 0 and len(ids) < limit:
        lower = max(0, upper - width)
        statement = _between(lower, upper, rooms, search_words, authors, history_starts)
        ids += db.session.scalars(statement.limit(limit - len(ids)))
        upper, width = lower, 8 * width
    return ids


def _rarest_first(terms: list[SearchTerm]) -> tuple[bool, list[tuple[str, bool]]]:
    """Return the words of a search, rarest first, and whether the first one is rare.

    Each word comes with whether it may be continued.
    """
    search_words = sorted({(word, term.is_prefix) for term in terms for word in term.words})
    if not search_words:
        return False, []
    some = [
        select(func.count()).select_from(
            select(MessageWord.message_id).where(_matches(MessageWord, *each)).limit(RARE).subquery()
        )
        for each in search_words
    ]
    counts = dict(
        zip(
            search_words,
            db.session.execute(select(*(count.scalar_subquery() for count in some))).one(),
            strict=True,
        )
    )
    search_words.sort(key=lambda each: (counts[each], each[1]))
    return counts[search_words[0]] < RARE, search_words


def _between(
    lower: int,
    upper: int,
    rooms: list[int],
    search_words: list[tuple[str, bool]],
    authors: list[int] | None,
    history_starts: dict[int, int],
) -> Select:
    """Return the statement that finds ids of messages in a window, lower <= id < upper, the newest first."""
    if not search_words:
        conditions = _reached(Message, Message.id, lower, upper, rooms, history_starts)
        return select(Message.id).where(*conditions, *undeleted_by(authors)).order_by(Message.id.desc())
    first = aliased(MessageWord)
    statement = select(first.message_id).where(
        _matches(first, *search_words[0]),
        *_reached(first, first.message_id, lower, upper, rooms, history_starts),
    )
    if search_words[0][1]:
        statement = statement.distinct()
    for each in search_words[1:]:
        other_word = aliased(MessageWord)
        same = (other_word.room_id == first.room_id, other_word.message_id == first.message_id)
        statement = statement.where(
            select(other_word.message_id).where(*same, _matches(other_word, *each)).exists()
        )
    if authors is not None:
        statement = statement.join(Message, Message.id == first.message_id).where(*undeleted_by(authors))
    return statement.order_by(first.message_id.desc())


def _reached(
    table: Any, message_id: Any, lower: int, upper: int, rooms: list[int], history_starts: dict[int, int]
) -> list:
    """In the window, in these rooms, behind where each begins for the person."""
    # MariaDB makes a table of a list of a thousand and then does not use the index for the window.
    parts = [table.room_id.in_(rooms[start : start + 500]) for start in range(0, len(rooms), 500)]
    conditions = [message_id >= lower, message_id < upper, or_(*parts)]
    if history_starts:
        after_start = [
            and_(table.room_id == room, table.seq > least) for room, least in history_starts.items()
        ]
        conditions.append(or_(table.room_id.not_in(list(history_starts)), *after_start))
    return conditions


def _matches(table: Any, word: str, is_prefix: bool) -> ColumnElement[bool]:
    return table.word.startswith(word, autoescape=True) if is_prefix else table.word == word


# Messages that hold the words and are looked at, at once.
PAGE = 30

# Times as many are looked at where few of them hold a whole phrase; then the person says whether to go on.
ROUNDS = 6

# Messages that are not among the words yet and are read through, the newest first.
FRESH = 500

# People whose name may begin alike; there the name wants more letters.
AUTHORS = 50

# What stands before somebody's name in a query: only what they said.
AUTHOR = ("from:", "de:")


@dataclass(frozen=True)
class SearchQuery:
    """A search. author: the beginning of a name or address."""

    text: str
    terms: list[SearchTerm]
    author: str | None = None
    room_id: int | None = None


@dataclass(frozen=True)
class MessageHit:
    """A message that was found, and the part of it that shows why."""

    id: int
    room_id: int
    room_name: str
    group_name: str | None
    seq: int
    author_id: int
    author_label: str
    is_guest: bool
    created_at: datetime
    snippet: Markup


@dataclass(frozen=True)
class MessageResults:
    """A page of hits, the newest first; next: the message before which the following page begins.

    There may be a following page where there is no hit yet.
    """

    hits: list[MessageHit]
    next: int | None


def parse_query(text: str, room_id: int | None = None) -> SearchQuery:
    """Parse a search: words, "phrases", from:name."""
    kept, author = [], None
    for word in text[:500].split(" "):
        prefix = next((mark for mark in AUTHOR if word.lower().startswith(mark)), None)
        if prefix and len(word) > len(prefix):
            author = word[len(prefix) :].lstrip("@")
        else:
            kept.append(word)
    return SearchQuery(text, words.parse_query(" ".join(kept)), author, room_id)


def find_messages(account: Account, query: "SearchQuery", before: int | None = None) -> MessageResults:
    """Return messages that match a search, in rooms the person may read. before: a message's id.

    The number of statements depends neither on the number of rooms nor on that of the hits.
    """
    rooms = _readable(account, query.room_id)
    if not rooms or not (query.terms or query.author):
        return MessageResults([], None)
    authors = _authors(account, query.author) if query.author else None
    looked_in = (rooms, query, authors, room_rules.history_starts(account, rooms))
    hits: list[MessageHit] = []
    for _round in range(ROUNDS):
        ids = sorted({*_fresh(*looked_in, before), *find_words(*looked_in, before, PAGE + 1)}, reverse=True)
        page = ids[:PAGE]
        hits += _hits(account, page, query)
        before = page[-1] if len(ids) > PAGE else None
        if before is None or len(hits) >= PAGE // 2:
            break
    return MessageResults(hits, before)


def _readable(account: Account, room_id: int | None) -> list[int]:
    state = services.state()
    visible = access.heard_rooms(access.as_stored(account), state)
    return [
        each.room.id for each in visible if each.rights & Right.ITEMS_READ and room_id in (None, each.room.id)
    ]


def _authors(account: Account, name: str) -> list[int]:
    """Those a person may know of whose name or address begins like this."""
    begins = or_(
        Account.name.startswith(name, autoescape=True),
        Account.address.startswith(name.lower(), autoescape=True),
    )
    statement = select(Account.id).where(begins, visibility.visible_to(account)).limit(AUTHORS)
    return list(db.session.scalars(statement))


def _fresh(
    rooms: list[int],
    query: "SearchQuery",
    authors: list[int] | None,
    history_starts: dict[int, int],
    before: int | None,
) -> list[int]:
    """Return the ids of matching messages that were posted or edited after the index was updated."""
    behind = (
        select(Room.id, SearchMark.last_seq, SearchMark.last_change)
        .outerjoin(SearchMark, SearchMark.room_id == Room.id)
        .where(
            Room.id.in_(rooms),
            or_(
                SearchMark.room_id.is_(None),
                Room.last_seq > SearchMark.last_seq,
                Room.last_change > SearchMark.last_change,
            ),
        )
    )
    since = [
        and_(
            Message.room_id == room_id,
            or_(Message.seq > (last_seq or 0), Message.change_no > (last_change or 0)),
        )
        for room_id, last_seq, last_change in db.session.execute(behind)
    ]
    if not since:
        return []
    statement = select(Message.id, Message.room_id, Message.seq, Message.body).where(
        or_(*since), *undeleted_by(authors)
    )
    if before is not None:
        statement = statement.where(Message.id < before)
    rows = db.session.execute(statement.order_by(Message.id.desc()).limit(FRESH))
    return [
        row.id
        for row in rows
        if row.seq > history_starts.get(row.room_id, 0) and words.contains_terms(row.body or "", query.terms)
    ]


def _hits(account: Account, ids: list[int], query: "SearchQuery") -> list[MessageHit]:
    if not ids:
        return []
    statement = (
        select(Message, Account.name, Account.state, Account.is_guest, Room)
        .join(Account, Account.id == Message.author_id)
        .join(Room, Room.id == Message.room_id)
        .where(Message.id.in_(ids), *undeleted_by(None))
        .order_by(Message.id.desc())
    )
    rows = db.session.execute(statement).all()
    texts = messages.texts_for(account, [(row.Message, row.Room) for row in rows])
    rows = [row for row in rows if words.contains_terms(texts[row.Message.id].body, query.terms)]
    direct = [row.Room.id for row in rows if row.Room.kind is RoomKind.DIRECT]
    titles = direct_titles(account, direct)
    return [_hit(row, texts[row.Message.id], titles, query) for row in rows]


def _hit(row: Row, text: messages.SearchableText, titles: dict[int, str], query: "SearchQuery") -> MessageHit:
    message, room = row.Message, row.Room
    return MessageHit(
        id=message.id,
        room_id=room.id,
        room_name=titles.get(room.id) or room.name,
        group_name=room.group.name if room.group else None,
        seq=message.seq,
        author_id=0 if text.hides_author else message.author_id,
        author_label=_("Former participant")
        if text.hides_author
        else names.shown_name(row.name, AccountState(row.state), is_guest=row.is_guest),
        is_guest=row.is_guest and not text.hides_author,
        created_at=message.created_at,
        snippet=words.snippet(text.body, query.terms),
    )


def find_rooms(account: Account, query: "SearchQuery") -> list[access.RoomAccess]:
    """Return rooms whose name, or whose group's name, holds everything that is asked for; eight at most."""
    if not query.terms or query.author:
        return []
    hits = []
    for room_access in access.visible_rooms(account):
        name = f"{room_access.room.name} {room_access.room.group.name if room_access.room.group else ''}"
        if room_access.room.kind is not RoomKind.DIRECT and words.contains_terms(name, query.terms):
            hits.append(room_access)
    return hits[:8]
