"""The pace of a group: how many messages all its rooms take together within any minute.

It is kept in the database, in the transaction that posts: so it holds for all processes, needs no Redis, and a message
that is not stored is not counted. Groups without a limit cost nothing: the limit is read with the room's place.
"""

from math import ceil

from flask_babel import lazy_ngettext as _ln
from sqlalchemy import bindparam, select, update
from sqlalchemy.exc import IntegrityError

from app.errors import TooMany
from app.extensions import db
from app.models import GroupPace, now
from app.models.base import table_of
from app.operations.messages.numbering import RoomPosition

# Seconds. The second that a minute began in counts whole, so the limit is never exceeded, and waiting is at
# most one second longer than it need be.
MINUTE = 60

_paces = GroupPace.__table__.c
LOCKED = select(_paces.sends).where(_paces.group_id == bindparam("group")).with_for_update()
KEEP = (
    update(table_of(GroupPace)).where(_paces.group_id == bindparam("group")).values(sends=bindparam("kept"))
)


def take_sends(place: RoomPosition, count: int = 1) -> int:
    """Count messages of a group that has a limit. Gives how many of the wanted ones may be sent now.

    Asked after the locks on rooms are taken; several groups in the order of their ids.
    """
    if place.limit is None or place.group_id is None or not count:
        return count
    second, sends = _recent(place.group_id)
    allowed = min(count, max(0, place.limit - sum(sends.values())))
    if allowed:
        sends[second] = sends.get(second, 0) + allowed
        db.session.execute(KEEP, {"group": place.group_id, "kept": _written(sends)})
    return allowed


def too_fast(place: RoomPosition) -> TooMany:
    """Return the refusal, with the seconds after which the group takes a message again."""
    # Only groups have a limit.
    assert place.group_id is not None and place.limit is not None
    _second, sends = _recent(place.group_id)
    moment = now().timestamp()
    seconds = max(1, ceil(_free_at(sends, place.limit, moment) - moment))
    sentence = _ln(
        "This group accepts %(limit)s message a minute in total. You can continue in %(seconds)s s.",
        "This group accepts %(limit)s messages a minute in total. You can continue in %(seconds)s s.",
        place.limit,
        limit=place.limit,
        seconds=seconds,
    )
    return TooMany(sentence, code="group_pace", retry_after=seconds)


def _recent(group_id: int) -> tuple[int, dict[int, int]]:
    """Return the current second, and the messages of the last minute by second; lock the row until the commit.

    The clock is read behind the lock: whoever waited for it would else take messages sent meanwhile for future ones.
    Another server's clock may be ahead all the same, so up to a minute of future is kept.
    """
    row = db.session.execute(LOCKED, {"group": group_id}).first()
    if row is None:
        _make(group_id)
        row = db.session.execute(LOCKED, {"group": group_id}).one()
    second = int(now().timestamp())
    sends = (map(int, entry.split(":")) for entry in (row.sends or "").split())
    return second, {at: count for at, count in sends if abs(at - second) <= MINUTE}


def _make(group_id: int) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(GroupPace(group_id=group_id))
    except IntegrityError:
        pass


def _written(sends: dict[int, int]) -> str:
    return " ".join(f"{at}:{count}" for at, count in sorted(sends.items()))


def _free_at(sends: dict[int, int], limit: int, moment: float) -> float:
    """Return the moment from which one more message fits into the last minute, in seconds since 1970."""
    left = sum(sends.values())
    for at, count in sorted(sends.items()):
        left -= count
        if left < limit:
            return at + MINUTE + 1
    return moment
