"""Posting: stored before it is acknowledged, once, in one order."""

from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app import text
from app.background import Turns, is_cooperative
from app.errors import Invalid, NotFound, Refusal
from app.events import MessagePosted
from app.extensions import db
from app.models import Account, Message, MessageKind, now
from app.operations.messages.content import checked_body, checked_client_id, insert_mentions, people_mentioned
from app.operations.messages.own_marks import move_own_mark, move_own_marks
from app.operations.messages.pace import require_pace, take_sends, too_fast
from app.operations.messages.places import Place, give_back, next_place
from app.operations.reading import bring_back
from app.operations.together import GroupWriter
from app.rules.rights import Right, access
from app.transaction import is_open, operation, publish

_messages = Message.__table__.c
INSERT_MESSAGE = insert(Message.__table__)


@dataclass(frozen=True)
class Posted:
    """Where a message stands: its id, its room and its place there."""

    message_id: int
    room_id: int
    seq: int


@dataclass(eq=False)
class Draft:
    """A message on its way into a room. What names nobody is rendered before anybody waits for the room."""

    actor: Account
    room_id: int
    body: str
    client_id: str
    html: str = ""
    written_at: datetime = field(default_factory=now)

    def __post_init__(self):
        if "@" not in self.body:
            self.html = text.render(self.body)

    def row(self, seq: int) -> dict:
        """The message's row, at its place."""
        return {
            "room_id": self.room_id,
            "seq": seq,
            "kind": MessageKind.MESSAGE,
            "author_id": self.actor.id,
            "client_id": self.client_id,
            "body": self.body,
            "html": self.html,
            "created_at": self.written_at,
        }


def post_message(actor, room_id: int, body: str, *, client_id: str | None = None) -> Posted:
    """Post a message in a room. Sending the same client_id again returns the message already posted.

    That holds whatever the author's rights have become since: what was accepted stays accepted.
    """
    client_id = checked_client_id(client_id)
    try:
        draft = Draft(actor, room_id, checked_body(body), client_id)
        if _may_share_a_commit(draft):
            return _writer.ask(current_app._get_current_object(), (actor.id, room_id), draft)
        with _turns.of(room_id):
            return _post(draft)
    except (IntegrityError, Refusal):
        already = posted_before(actor, room_id, client_id)
        if already is None:
            raise
        return already


def _may_share_a_commit(draft: Draft) -> bool:
    """Behind a setting, on gevent, outside of another operation; mentions are asked about one message at a time."""
    is_on = current_app.config["POST_PATH"] == "grouped" and is_cooperative() and not is_open()
    return is_on and "@" not in draft.body


@operation(audited=False)
def _post(draft: Draft) -> Posted:
    """The reference: one message, one transaction."""
    actor, room_id = draft.actor, draft.room_id
    place = next_place(room_id)
    access.require(actor, Right.ITEMS_WRITE, room_id, epoch=place.epoch)
    require_pace(place)
    people = people_mentioned(draft.body, actor, room_id, place.epoch)
    draft.html = draft.html or text.render(draft.body, {name: account.id for name, account in people.items()})
    message_id = db.session.execute(INSERT_MESSAGE, draft.row(place.seq)).inserted_primary_key[0]
    insert_mentions(message_id, people.values())
    _bring_back(place, room_id, people.values())
    move_own_mark(actor.id, room_id, place.seq)
    mentioned = tuple(sorted({account.id for account in people.values()}))
    return _announce(draft, place, place.seq, message_id, mentioned)


@operation(audited=False)
def _post_together(requests: list[tuple[Draft]]) -> list[Posted | Refusal]:
    """Several messages in one transaction: the same steps, one statement for all of a room, one for all messages."""
    drafts = [draft for (draft,) in requests]
    results: dict[Draft, Posted | Refusal] = {}
    entries = []
    for room_id in sorted({draft.room_id for draft in drafts}):
        in_room = [draft for draft in drafts if draft.room_id == room_id]
        entries += _enter(room_id, in_room, results)
    _keep_pace(entries, results)
    for entry in entries:
        if entry.allowed:
            _bring_back(entry.place, entry.room_id)
    placed = [one for entry in entries for one in _numbered(entry)]
    ids = _insert_all(placed)
    for draft, place, seq in placed:
        results[draft] = _announce(draft, place, seq, ids[draft.actor.id, draft.client_id], ())
    return [results[draft] for draft in drafts]


_turns = Turns()
_writer = GroupWriter(many=_post_together, one=_post)


def posted_before(actor, room_id: int, client_id: str) -> Posted | None:
    """The message that this author has already posted under this client_id. Error: Invalid if in another room."""
    row = db.session.execute(
        select(Message.id, Message.room_id, Message.seq).where(
            Message.author_id == actor.id, Message.client_id == client_id
        )
    ).first()
    if row is None:
        return None
    if row.room_id != room_id:
        raise Invalid(_("This message was already posted in another room."), code="client_id_used")
    return Posted(row.id, row.room_id, row.seq)


@dataclass
class Entry:
    """Some messages' way into a room: how many numbers were taken, and who may use them."""

    room_id: int
    place: Place
    taken: int
    allowed: list[Draft]


def _enter(room_id: int, drafts: list[Draft], results: dict) -> list[Entry]:
    """Take numbers in a room, which is locked from now on; refusals go into results."""
    try:
        place = next_place(room_id, len(drafts))
    except NotFound as refusal:
        results.update(dict.fromkeys(drafts, refusal))
        return []
    allowed = [draft for draft in drafts if _is_allowed(draft, place.epoch, results)]
    return [Entry(room_id, place, len(drafts), allowed)]


def _keep_pace(entries: list[Entry], results: dict) -> None:
    """Refuse what is beyond the pace of a group. Every room is locked by now, so that nobody waits for us in turn."""
    for entry in sorted(entries, key=lambda entry: (entry.place.group_id or 0, entry.room_id)):
        count = take_sends(entry.place, len(entry.allowed))
        if count < len(entry.allowed):
            results.update(dict.fromkeys(entry.allowed[count:], too_fast(entry.place)))
            entry.allowed = entry.allowed[:count]


def _numbered(entry: Entry) -> list[tuple[Draft, Place, int]]:
    """The messages with their numbers, in the order they were asked for; numbers that nobody uses are given back."""
    place, unused = entry.place, entry.taken - len(entry.allowed)
    if unused:
        give_back(entry.room_id, unused, is_all=not entry.allowed)
    first = place.seq - entry.taken + 1
    return [(draft, place, first + number) for number, draft in enumerate(entry.allowed)]


def _is_allowed(draft: Draft, epoch: int, results: dict) -> bool:
    try:
        access.require(draft.actor, Right.ITEMS_WRITE, draft.room_id, epoch=epoch)
    except Refusal as refusal:
        results[draft] = refusal
        return False
    return True


def _bring_back(place: Place, room_id: int, people=()) -> None:
    """Show the room again to those who are spoken to: in a direct one everybody, elsewhere whoever is named.

    Rooms of many people, where nobody is named, pay no statement for it.
    """
    if place.is_direct:
        bring_back(room_id)
    elif people:
        bring_back(room_id, [account.id for account in people])


def _insert_all(placed: list[tuple[Draft, Place, int]]) -> dict[tuple[int, str], int]:
    """Insert messages and move their authors' marks. Returns the ids by author and client_id."""
    if not placed:
        return {}
    rows = [draft.row(seq) for draft, _place, seq in placed]
    returning = INSERT_MESSAGE.returning(_messages.id, _messages.author_id, _messages.client_id)
    ids = {(row.author_id, row.client_id): row.id for row in db.session.execute(returning, rows)}
    move_own_marks([(draft.actor.id, draft.room_id, seq) for draft, _place, seq in placed])
    return ids


def _announce(draft: Draft, place: Place, seq: int, message_id: int, mentioned: tuple[int, ...]) -> Posted:
    publish(
        MessagePosted(
            room_id=draft.room_id,
            message_id=message_id,
            seq=seq,
            epoch=place.epoch,
            folder_id=place.folder_id,
            client_id=draft.client_id,
            author_id=draft.actor.id,
            author_name=draft.actor.name,
            author_is_guest=draft.actor.is_guest,
            html=draft.html,
            created_at=draft.written_at,
            mentioned_ids=mentioned,
            author_picture=draft.actor.picture,
        )
    )
    return Posted(message_id, draft.room_id, seq)
