"""Locks by name, held by one transaction at a time among all processes and servers."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models import ServerSetting


def named_lock(name: str) -> None:
    """Wait for the lock of this name and hold it until the running transaction ends."""
    # The prefix is stored: another one would let two versions of the application hold the same lock.
    statement = select(ServerSetting.id).where(ServerSetting.name == f"turn:{name}").with_for_update()
    if db.session.scalar(statement) is not None:
        return
    try:
        with db.session.begin_nested():
            db.session.add(ServerSetting(name=f"turn:{name}"))
    except IntegrityError:
        # Another transaction has inserted the row meanwhile: wait for it.
        db.session.scalar(statement)
