"""What only the demo company does: to have been there for days."""

from datetime import datetime

from sqlalchemy import func, select, update

from app.extensions import db
from app.models import Message, Room
from app.transaction import operation


@operation(audited=False)
def age_messages(moments: dict[int, datetime]) -> None:
    """Say of messages, by their ids, that they were posted at these moments."""
    db.session.execute(
        update(Message), [{"id": key, "created_at": moment} for key, moment in moments.items()]
    )
    rooms = select(Message.room_id).where(Message.id.in_(moments)).distinct()
    latest = select(func.max(Message.created_at)).where(Message.room_id == Room.id).scalar_subquery()
    statement = update(Room).where(Room.id.in_(db.session.scalars(rooms).all())).values(last_posted_at=latest)
    db.session.execute(statement, execution_options={"synchronize_session": False})
