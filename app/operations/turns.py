"""One at a time: what two processes must not do at once, however many servers there are."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models import ServerSetting


def take_turn(name: str) -> None:
    """Wait until no other transaction holds this name, and hold it until the running one ends."""
    statement = select(ServerSetting.id).where(ServerSetting.name == f"turn:{name}").with_for_update()
    if db.session.scalar(statement) is not None:
        return
    try:
        with db.session.begin_nested():
            db.session.add(ServerSetting(name=f"turn:{name}"))
    except IntegrityError:
        db.session.scalar(statement)
