"""People of private rooms, their owners, and personal settings of a room."""

import json
import uuid
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, select

from app.errors import Forbidden, Invalid, NotFound
from app.events import MessageChanged
from app.extensions import db
from app.models import AccessScope, Account, Message, MessageKind, Room, RoomKind, RoomMember
from app.operations import audit, locks
from app.operations.messages.numbering import next_change
from app.rules import domains, rooms
from app.rules.accounts import visibility
from app.rules.guests import policy
from app.rules.rights import Right, access, scope
from app.transaction import operation, publish, touch_access

# Names that a note and the audit log keep.
NAMED = 20


@operation
def add_people(actor: Account, room: Room, account_ids: list[int]) -> int:
    """Bring accounts into a private room. Who is in already stays. Returns how many came."""
    room = locks.lock_row(room)
    policy.require_may_add_people(actor, room)
    people = _addable(actor, account_ids)
    rows_by_account = _rows(room, [person.id for person in people])
    fresh = [
        person
        for person in people
        if not (rows_by_account.get(person.id) and rows_by_account[person.id].is_member)
    ]
    for person in fresh:
        _bring_in(room, person, rows_by_account.get(person.id))
    if fresh:
        names = ", ".join(person.name for person in fresh[:NAMED])
        write_note(actor, room, "added", people=names, count=len(fresh))
        _record(actor, room, "room.add_people", after={"people": names, "count": len(fresh)})
    return len(fresh)


@operation
def remove_person(actor: Account, room: Room, account: Account) -> None:
    """Remove a person from a private room, or a guest from any. Account and messages stay."""
    room = locks.lock_row(room)
    rooms.require(actor, Right.ADMINISTRATION_KICK, room)
    member = _member(room, account)
    if room.kind is not RoomKind.PRIVATE and not account.is_guest:
        raise Invalid(
            _("This room follows its group: remove the person from the group."),
            code="follows_group",
            field="people",
        )
    _require_another_owner(room, member)
    _take_out(member)
    write_note(actor, room, "removed", people=account.name)
    _record(actor, room, "room.remove_person", before={"people": account.address})


@operation
def leave_room(actor: Account, room: Room) -> None:
    """Leave: a private room for good; a public or direct one is hidden until something brings it back."""
    room_access = access.find_room(actor, room.id)
    room = locks.lock_row(room)
    if room.kind is RoomKind.PRIVATE or actor.is_guest:
        # Members of private rooms and guests have an entry of their own.
        assert room_access.member is not None
        _require_another_owner(room, room_access.member)
        _take_out(room_access.member)
        write_note(actor, room, "left")
    else:
        _own_row(actor, room).is_hidden = True
        touch_access(AccessScope.ACCOUNT, actor.id)
    _record(actor, room, "room.leave")


@operation
def hand_over(actor: Account, room: Room, account: Account) -> None:
    """Give a private room another owner: an owner steps back, an administrator adds one from outside."""
    room = _private(room)
    own = db.session.scalars(_row_of(room, actor.id)).one_or_none() if actor.id else None
    is_owner = bool(own and own.is_member and own.is_owner)
    if not is_owner and not rooms.administers(actor, room):
        rooms.require(actor, Right.FOLDER_READ, room)
        raise Forbidden(_("Only an owner of the room can hand it over."), code="owners_only")
    member = _member(room, account)
    if account.is_guest:
        raise Invalid(_("A guest cannot own a room."), code="guest_owner", field="people")
    member.is_owner = True
    if own is not None and is_owner and account.id != actor.id:
        own.is_owner = False
        touch_access(AccessScope.ACCOUNT, actor.id)
    touch_access(AccessScope.ACCOUNT, account.id)
    write_note(actor, room, "owner", people=account.name)
    _record(actor, room, "room.hand_over", after={"owner": account.address})


@operation(audited=False)
def set_favourite(actor: Account, room: Room, is_favourite: bool) -> None:
    """Pin a room to the top of the actor's list, or unpin it."""
    access.find_room(actor, room.id)
    _own_row(actor, room).is_favourite = bool(is_favourite)


def _private(room: Room) -> Room:
    room = locks.lock_row(room)
    if room.kind is not RoomKind.PRIVATE:
        raise Invalid(_("Only a private room has members of its own."), code="not_private")
    return room


def _addable(actor: Account, account_ids: list[int]) -> list[Account]:
    """Return accounts an actor may bring in: those they see, or administer, with TeamChat on.

    Errors: NotFound, Invalid.
    """
    ids = {int(account_id) for account_id in account_ids}
    if not ids:
        raise Invalid(_("Choose at least one person."), code="nobody_chosen", field="people")
    statement = select(Account).where(Account.id.in_(ids), ~Account.is_guest).order_by(Account.name)
    if scope.is_administrator(actor):
        statement = statement.join(Account.domain).where(scope.of_domains(actor))
    else:
        statement = statement.where(visibility.visible_to(actor))
    people = list(db.session.scalars(statement))
    if len(people) != len(ids):
        raise NotFound(field="people")
    off = [person.name for person in people if not domains.account_has(person, domains.Feature.TEAMCHAT)]
    if off:
        raise Invalid(
            _("TeamChat is not on for %(people)s.", people=", ".join(off[:NAMED])),
            code="teamchat_off",
            field="people",
        )
    return people


def _bring_in(room: Room, person: Account, row: RoomMember | None) -> None:
    if row is None:
        row = RoomMember(room_id=room.id, account_id=person.id)
        db.session.add(row)
    row.is_member, row.is_hidden, row.joined_seq = True, False, room.last_seq
    touch_access(AccessScope.ACCOUNT, person.id)


def _take_out(member: RoomMember) -> None:
    member.is_member = member.is_owner = False
    touch_access(AccessScope.ACCOUNT, member.account_id)


def _require_another_owner(room: Room, member: RoomMember) -> None:
    """Refuse to leave a private room without an owner."""
    if room.kind is not RoomKind.PRIVATE or not member.is_owner:
        return
    owners = select(func.count()).select_from(RoomMember)
    mine = (RoomMember.room_id == room.id, RoomMember.is_owner, RoomMember.is_member)
    if (db.session.scalar(owners.where(*mine)) or 0) < 2:
        raise Invalid(
            _("This room would have no owner: hand it over first, or delete it."),
            code="last_owner",
            field="people",
        )


def _rows(room: Room, account_ids: list[int]) -> dict[int, RoomMember]:
    statement = select(RoomMember).where(
        RoomMember.room_id == room.id, RoomMember.account_id.in_(account_ids)
    )
    return {row.account_id: row for row in db.session.scalars(statement)}


def _row_of(room: Room, account_id: int) -> Select:
    return select(RoomMember).where(RoomMember.room_id == room.id, RoomMember.account_id == account_id)


def _member(room: Room, account: Account) -> RoomMember:
    member = db.session.scalars(_row_of(room, account.id).where(RoomMember.is_member)).one_or_none()
    if member is None:
        raise NotFound(field="people")
    return member


def _own_row(actor: Account, room: Room) -> RoomMember:
    """Return the actor's row in a room; in a public room it holds personal settings only."""
    row = db.session.scalars(_row_of(room, actor.id)).one_or_none()
    if row is None:
        row = RoomMember(room_id=room.id, account_id=actor.id, is_member=False)
        db.session.add(row)
    return row


def _record(actor: Account, room: Room, act: str, **values: dict[str, Any]) -> None:
    audit.record(actor, act, room, domain_id=rooms.domain_id_of(room), **values)


def write_note(actor: Account, room: Room, act: str, **about: Any) -> None:
    """Leave a note: act is a word of queries/notes.py, about what it speaks of. The server itself leaves none."""
    if actor.id is None:
        return
    place = next_change(room.id)
    number = select(func.coalesce(func.max(Message.note), 0)).where(
        Message.room_id == room.id, Message.seq == place.seq
    )
    note = Message(
        room_id=room.id,
        seq=place.seq,
        note=(db.session.scalar(number) or 0) + 1,
        change_no=place.change_no,
        kind=MessageKind.NOTE,
        author_id=actor.id,
        client_id=str(uuid.uuid4()),
        body=json.dumps({"act": act, **about}, ensure_ascii=False),
    )
    db.session.add(note)
    db.session.flush()
    publish(MessageChanged(room.id, note.id, note.change_no))
