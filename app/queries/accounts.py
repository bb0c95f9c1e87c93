"""What an account is bound to: rooms that nobody else owns, and who could own them."""

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased, lazyload

from app.extensions import db
from app.models import CLOSED, Account, Room, RoomKind, RoomMember, RoomState


def rooms_without_heir(account: Account) -> list[Room]:
    """Private rooms, the trash excepted, that the account is the only owner of, by name."""
    other = aliased(RoomMember)
    has_other = exists().where(
        other.room_id == Room.id, other.account_id != account.id, other.is_owner, other.is_member
    )
    statement = (
        select(Room)
        .join(RoomMember, RoomMember.room_id == Room.id)
        .where(RoomMember.account_id == account.id, RoomMember.is_member, RoomMember.is_owner, ~has_other)
        .where(Room.kind == RoomKind.PRIVATE, Room.state != RoomState.DELETED)
        .order_by(Room.name, Room.id)
    )
    return list(db.session.scalars(statement))


def heirs_of(room: Room, account: Account, limit: int, only: int | None = None) -> list[Account]:
    """Members who could own a room after an account, the one who has been in it for longest first; guests never."""
    statement = (
        select(Account)
        .options(lazyload(Account.domain))
        .join(RoomMember, RoomMember.account_id == Account.id)
        .where(RoomMember.room_id == room.id, RoomMember.is_member, Account.id != account.id)
        .where(Account.is_guest.is_(False), Account.state.not_in(CLOSED))
        .order_by(RoomMember.id)
        .limit(limit)
    )
    return list(db.session.scalars(statement if only is None else statement.where(Account.id == only)))
