"""Posting messages: each is stored once, in the order of its room, before it is acknowledged."""

from dataclasses import dataclass, field
from datetime import datetime

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from app import text
from app.background import KeyedLock, is_cooperative
from app.errors import Invalid, NotFound, Refusal
from app.events import MessagePosted
from app.extensions import db
from app.models import Account, Message, MessageKind, now
from app.models.base import table_of
from app.operations.messages.content import checked_body, checked_client_id, insert_mentions, people_mentioned
from app.operations.messages.group_writer import GroupWriter
from app.operations.messages.numbering import RoomPosition, next_numbers, return_numbers
from app.operations.messages.pace import take_sends, too_fast
from app.operations.messages.reading import bring_back, move_own_marks
from app.rules.rights import Right, access
from app.transaction import execute_built, is_open, operation, publish

_messages = Message.__table__.c
INSERT_MESSAGES = insert(table_of(Message)).returning(_messages.id, _messages.author_id, _messages.client_id)


@dataclass(frozen=True)
class Posted:
    """A stored message: its id, its room and its number there."""

    message_id: int
    room_id: int
    seq: int


@dataclass(eq=False)
class Draft:
    """A message that has no number yet."""

    actor: Account
    room_id: int
    body: str
    client_id: str
    html: str = ""
    mentioned: list[Account] = field(default_factory=list)
    written_at: datetime = field(default_factory=now)

    def __post_init__(self) -> None:
        # Rendered before anybody waits for the room's lock. Who may be mentioned is only known under it.
        if not self.may_mention:
            self.html = text.render(self.body)

    @property
    def may_mention(self) -> bool:
        """Return whether the text may mention people."""
        return "@" in self.body

    def row(self, seq: int) -> dict:
        """Return the message's row."""
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


def post_message(actor: Account, room_id: int, body: object, *, client_id: str | None = None) -> Posted:
    """Post a message in a room. Sending the same client_id again returns the message already posted.

    That holds whatever the author's rights have become since: what was accepted stays accepted.
    """
    # No @operation of its own: under gevent the transaction belongs to the group writer's greenlet, and a message
    # already posted is looked for after the transaction that met it was rolled back. The operations are
    # `_post_group` and `_post_alone`.
    client_id = checked_client_id(client_id)
    try:
        draft = Draft(actor, room_id, checked_body(body), client_id)
        if _may_share_a_commit(draft):
            app = current_app._get_current_object()  # type: ignore[attr-defined]  # a method of the proxy
            return _writer.ask(app, (actor.id, room_id), draft)
        with _room_locks.of(room_id):
            return _post_alone(draft)
    except (IntegrityError, Refusal):
        already = posted_before(actor, room_id, client_id)
        if already is None:
            raise
        return already


def _may_share_a_commit(draft: Draft) -> bool:
    # Looking up the people named in one message would hold the locks of every room in the group meanwhile.
    return is_cooperative() and not is_open() and not draft.may_mention


@operation(audited=False)
def _post_group(drafts: list[Draft]) -> list[Posted | Refusal]:
    """Post several messages in one transaction. Returns a result or a refusal for each."""
    results: dict[Draft, Posted | Refusal] = {}
    reservations = []
    # In the order of their ids, so that two processes never wait for each other's rooms.
    for room_id in sorted({draft.room_id for draft in drafts}):
        in_room = [draft for draft in drafts if draft.room_id == room_id]
        reservations += _reserve(room_id, in_room, results)
    _keep_pace(reservations, results)
    numbered = [row for reservation in reservations for row in _numbered(reservation)]
    for draft, place, _seq in numbered:
        _find_mentioned(draft, place.epoch)
    for reservation in reservations:
        _bring_back(reservation)
    ids = _insert_all(numbered)
    for draft, place, seq in numbered:
        results[draft] = _announce(draft, place, seq, ids[draft.actor.id, draft.client_id])
    return [results[draft] for draft in drafts]


@operation(audited=False)
def _post_alone(draft: Draft) -> Posted:
    """Post one message. A refusal rolls the transaction back: there is nothing to commit."""
    (result,) = _post_group([draft])
    if isinstance(result, Refusal):
        raise result
    return result


_room_locks = KeyedLock()
_writer = GroupWriter(write_many=_post_group, write_one=_post_alone)


def posted_before(actor: Account, room_id: int, client_id: str) -> Posted | None:
    """Return the message that this author has posted under this client_id. Error: Invalid if in another room."""
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
class Reservation:
    """Numbers taken in one room, and the drafts that may use them. The last number is that of the place."""

    room_id: int
    place: RoomPosition
    taken: int
    allowed: list[Draft]


def _reserve(room_id: int, drafts: list[Draft], results: dict) -> list[Reservation]:
    """Lock a room and take a number for each draft. Refusals go into results; no reservation without a room."""
    # The room is locked before the right is asked. A change of access that was committed before the lock was taken is
    # in the epoch read under it, so the answer is never older than the message's place; one committed later comes
    # behind the message. Asking first would leave a moment in which a revoked right still posts (decision 5).
    try:
        place = next_numbers(room_id, len(drafts))
    except NotFound as refusal:
        results.update(dict.fromkeys(drafts, refusal))
        return []
    allowed = [draft for draft in drafts if _is_allowed(draft, place.epoch, results)]
    return [Reservation(room_id, place, len(drafts), allowed)]


def _is_allowed(draft: Draft, epoch: int, results: dict) -> bool:
    try:
        access.require(draft.actor, Right.ITEMS_WRITE, draft.room_id, epoch=epoch)
    except Refusal as refusal:
        results[draft] = refusal
        return False
    return True


def _keep_pace(reservations: list[Reservation], results: dict) -> None:
    """Refuse what exceeds the pace of a group."""
    # Groups in the order of their ids, after all rooms are locked: two processes never wait for each other.
    for reservation in sorted(reservations, key=lambda each: (each.place.group_id or 0, each.room_id)):
        count = take_sends(reservation.place, len(reservation.allowed))
        if count < len(reservation.allowed):
            results.update(dict.fromkeys(reservation.allowed[count:], too_fast(reservation.place)))
            reservation.allowed = reservation.allowed[:count]


def _numbered(reservation: Reservation) -> list[tuple[Draft, RoomPosition, int]]:
    """Give numbers to the allowed drafts, in the order in which they arrived, and take back those not used."""
    place, unused = reservation.place, reservation.taken - len(reservation.allowed)
    if unused:
        return_numbers(reservation.room_id, unused, is_all=not reservation.allowed)
    first = place.seq - reservation.taken + 1
    return [(draft, place, first + offset) for offset, draft in enumerate(reservation.allowed)]


def _find_mentioned(draft: Draft, epoch: int) -> None:
    """Look up who is named in a draft and render it with them."""
    if draft.may_mention:
        people = people_mentioned(draft.body, draft.actor, draft.room_id, epoch)
        draft.mentioned = list(people.values())
        draft.html = text.render(draft.body, {name: account.id for name, account in people.items()})


def _bring_back(reservation: Reservation) -> None:
    """Show the room again to the people addressed: everybody in a direct room, elsewhere the people mentioned."""
    mentioned = {account.id for draft in reservation.allowed for account in draft.mentioned}
    if reservation.place.is_direct and reservation.allowed:
        bring_back(reservation.room_id)
    elif mentioned:
        bring_back(reservation.room_id, sorted(mentioned))


def _insert_all(numbered: list[tuple[Draft, RoomPosition, int]]) -> dict[tuple[int, str], int]:
    """Insert messages with their mentions and move their authors' marks. Returns the ids by author and client_id."""
    if not numbered:
        return {}
    rows = [draft.row(seq) for draft, _place, seq in numbered]
    ids = {(row.author_id, row.client_id): row.id for row in execute_built(INSERT_MESSAGES, rows)}
    for draft, _place, _seq in numbered:
        insert_mentions(ids[draft.actor.id, draft.client_id], draft.mentioned)
    move_own_marks([(draft.actor.id, draft.room_id, seq) for draft, _place, seq in numbered])
    return ids


def _announce(draft: Draft, place: RoomPosition, seq: int, message_id: int) -> Posted:
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
            mentioned_ids=tuple(sorted({account.id for account in draft.mentioned})),
            author_picture=draft.actor.picture,
        )
    )
    return Posted(message_id, draft.room_id, seq)
