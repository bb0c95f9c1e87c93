"""Locks that hold until the running transaction ends, among all processes and servers."""

from sqlalchemy import ScalarResult, select
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


def locked_setting(name: str) -> ServerSetting:
    """Return the row of a setting, locked. It is inserted if it does not exist."""
    row = existing_setting(name)
    if row is not None:
        return row
    try:
        with db.session.begin_nested():
            row = ServerSetting(name=name)
            db.session.add(row)
    except IntegrityError:
        row = _locked_settings(name).one()
    return row


def existing_setting(name: str) -> ServerSetting | None:
    """Return the row of a setting, locked, or None."""
    return _locked_settings(name).one_or_none()


def _locked_settings(name: str) -> ScalarResult[ServerSetting]:
    statement = select(ServerSetting).where(ServerSetting.name == name).with_for_update()
    return db.session.scalars(statement, execution_options={"populate_existing": True})
