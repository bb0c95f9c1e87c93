"""Read marks."""

from sqlalchemy import select

from app.extensions import db
from app.models import Account, ReadMark


def last_read(account: Account, room_id: int) -> int | None:
    """Return the place up to which a person has read a room; none if they have never opened it."""
    statement = select(ReadMark.last_read_seq).where(
        ReadMark.account_id == account.id, ReadMark.room_id == room_id
    )
    return db.session.scalar(statement)
