"""Beginning of the history that a person may read: everything, but for guests where the room says from joining."""

from sqlalchemy import select

from app.extensions import db
from app.models import Account, Room, RoomMember


def floors(account: Account, room_ids: list[int]) -> dict[int, int]:
    """Return by room id the seq behind which a person's history begins, for rooms where that is not the start."""
    if not account.is_guest or not room_ids:
        return {}
    statement = (
        select(RoomMember.room_id, RoomMember.joined_seq)
        .join(Room, Room.id == RoomMember.room_id)
        .where(RoomMember.account_id == account.id, RoomMember.room_id.in_(room_ids))
        .where(~Room.guests_see_history)
    )
    return {room_id: seq for room_id, seq in db.session.execute(statement) if seq}
