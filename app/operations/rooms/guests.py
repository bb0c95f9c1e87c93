"""What a room shows to its guests, and for how long they stay."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app.errors import Invalid
from app.extensions import db
from app.models import AccessScope, Account, Room, RoomKind, RoomMember, now
from app.operations import audit, versions
from app.operations.reading import begin_reading_here
from app.rules import managing
from app.transaction import operation, touch_access

LONGEST = 3650
"""Days that a stay may last."""


@operation
def set_guest_settings(
    actor,
    room: Room,
    *,
    guests_see_history: bool,
    guests_see_members: bool,
    guest_days: int | None,
    seen_version: int | None = None,
) -> Room:
    """Say what guests see of a room, and for how many days they stay; those inside begin to count anew.
    Errors: NotFound, Forbidden, Invalid, Conflict."""
    room = versions.lock_row(room, seen_version)
    managing.require_may_administer(actor, room)
    if room.kind is RoomKind.DIRECT:
        raise Invalid(_("A direct conversation has no settings for guests."), code="not_for_direct")
    if guest_days is not None and not 1 <= guest_days <= LONGEST:
        raise Invalid(
            _("Between 1 and %(longest)s days, or nothing.", longest=LONGEST), code="days", field="guest_days"
        )
    wanted = {
        "guests_see_history": bool(guests_see_history),
        "guests_see_members": bool(guests_see_members),
        "guest_days": guest_days,
    }
    before, after = audit.changes(room, wanted)
    if not after:
        return room
    versions.apply_values(room, after)
    _apply_to_guests(room, after)
    touch_access(AccessScope.ROOM, room.id)
    audit.record(
        actor, "room.guests", room, before=before, after=after, domain_id=managing.domain_id_of(room)
    )
    return room


def _apply_to_guests(room: Room, after: dict) -> None:
    inside = (RoomMember.room_id == room.id, RoomMember.is_member, Account.is_guest)
    members = db.session.scalars(
        select(RoomMember).join(Account, Account.id == RoomMember.account_id).where(*inside)
    ).all()
    if "guest_days" in after:
        end = now() + timedelta(days=room.guest_days) if room.guest_days else None
        for member in members:
            member.expires_at, member.warned_days = end, None
    if after.get("guests_see_history") is False and members:
        db.session.flush()
        begin_reading_here(room.id, [member.account_id for member in members])
