"""How far back a person reads in a room: everything, but for guests where the room says from joining on."""

from sqlalchemy import select

from app.extensions import db
from app.models import Account, Room, RoomMember


def floors(account: Account, room_ids: list[int]) -> dict[int, int]:
    """The place behind which each of these rooms begins for a person, where that is not its beginning."""
    if not account.is_guest or not room_ids:
        return {}
    statement = (
        select(RoomMember.room_id, RoomMember.joined_seq)
        .join(Room, Room.id == RoomMember.room_id)
        .where(RoomMember.account_id == account.id, RoomMember.room_id.in_(room_ids))
        .where(~Room.guests_see_history)
    )
    return {room_id: seq for room_id, seq in db.session.execute(statement) if seq}
