"""Inviting guests into a room.

Whoever invites learns nothing of an address: whether it has an account as a guest is answered alike, in the same time.
"""

from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.errors import Invalid, Refusal
from app.extensions import db
from app.i18n import LANGUAGE_NAMES, language_of
from app.models import Account, Invitation, Room, RoomMember, now
from app.operations import audit, versions
from app.operations.guests.hosted import bring_in_hosted
from app.operations.guests.letters import queue_invitation
from app.operations.rooms.notes import write_note
from app.rules import directory, guests, inviting, managing, names, pasted, room_for
from app.rules.guests import InvitationState
from app.transaction import operation

AT_ONCE = 100
"""Addresses of one pasted list."""
LIST_LENGTH = 20_000
"""Characters of one pasted list."""
TOLD = 20
"""Addresses that the trail names."""


@dataclass(frozen=True)
class Outcome:
    """What became of one address: invited, added (an account of this server), or refused for a reason."""

    text: str
    address: str
    refusal: Refusal | None = None
    is_account: bool = False


@operation
def invite_guests(
    actor, room: Room, addresses: str, personal_line: str | None = None, language: str | None = None
) -> list[Outcome]:
    """Invite one or many addresses into a room; what can be invited is, the rest is told with the reason."""
    inviting.require_may_invite_guests(actor, room)
    room = versions.lock_row(room)
    line = names.checked_description(personal_line, field="personal_line")
    language = language if language in LANGUAGE_NAMES else language_of(actor)
    entries = _entries(addresses)
    outcomes = [_outcome(actor, room, entry, line, language) for entry in entries]
    _tell(actor, room, [one for one in outcomes if one.refusal is None])
    return outcomes


def _entries(text: str) -> list[pasted.Pasted]:
    entries = pasted.entries_of(text) if len(text) <= LIST_LENGTH else []
    if not entries:
        raise Invalid(_("Type at least one email address."), code="nobody", field="addresses")
    if len(entries) > AT_ONCE:
        raise Invalid(
            _("%(count)s addresses at most at once.", count=AT_ONCE), code="too_many", field="addresses"
        )
    return entries


def _outcome(actor, room: Room, entry: pasted.Pasted, line: str | None, language: str) -> Outcome:
    try:
        address = guests.checked_address(entry.address)
        domain = guests.hosted_domain(address)
        if domain is not None:
            bring_in_hosted(actor, room, address, domain)
            return Outcome(entry.text, address, is_account=True)
        _invite(actor, room, address, line, language)
    except Refusal as refusal:
        return Outcome(entry.text, entry.address, refusal)
    return Outcome(entry.text, address)


def _invite(actor, room: Room, address: str, line: str | None, language: str) -> None:
    if not guests.is_allowed_from(guests.policy_domain(room, actor), address):
        raise Invalid(_("Guests from this mail domain are not allowed here."), code="denied")
    guest = _guest(address)
    known = db.session.scalars(
        select(Invitation).where(Invitation.room_id == room.id, Invitation.address == address)
    ).one_or_none()
    if _is_member(room, address):
        raise Invalid(_("This person is in the room already."), code="inside")
    if known is not None and guests.state_of(known, False) in (
        InvitationState.PENDING,
        InvitationState.REGISTERED,
    ):
        raise Invalid(_("This address is invited already."), code="invited")
    _require_space(actor, room)
    _require_room_in_domain(actor, guest)
    invitation = known or Invitation(room_id=room.id, address=address, generation=0)
    _renew(invitation, actor, guest, line, language)


def _require_room_in_domain(actor, guest: Account | None) -> None:
    """A guest whom the inviter knows already takes no place more; of any other it must not be told whether they are."""
    try:
        room_for.require_room_for_guest(actor.domain, with_invited=True)
    except Invalid:
        if guest is None or not directory.sees(actor, guest):
            raise


def _renew(invitation: Invitation, actor, guest: Account | None, line: str | None, language: str) -> None:
    """A row for an address and a room is used again; its generation ends whatever links were made before."""
    invitation.inviter_id = actor.id
    invitation.account_id = guest.id if guest else None
    invitation.personal_line = line
    invitation.language = (guest.language if guest else None) or language
    invitation.generation += 1
    invitation.sent_at, invitation.expires_at = now(), guests.end_of_invitation()
    invitation.registered_at = invitation.accepted_at = invitation.revoked_at = None
    db.session.add(invitation)
    db.session.flush()
    queue_invitation(invitation)


def _require_space(actor, room: Room) -> None:
    """Under the room's lock: a person's open invitations, and a room's guests with those that are invited."""
    is_open = (
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now(),
    )
    pending = select(func.count()).select_from(Invitation).where(*is_open)
    most = current_app.config["GUEST_INVITATIONS"]
    if db.session.scalar(pending.where(Invitation.inviter_id == actor.id)) >= most:
        raise Invalid(
            _("You have %(count)s invitations that are not answered yet: no more at once.", count=most),
            code="pending_limit",
        )
    inside = (
        select(func.count())
        .select_from(RoomMember)
        .join(Account, Account.id == RoomMember.account_id)
        .where(RoomMember.room_id == room.id, RoomMember.is_member, Account.is_guest)
    )
    invited = db.session.scalar(pending.where(Invitation.room_id == room.id))
    most = current_app.config["GUESTS_PER_ROOM"]
    if db.session.scalar(inside) + invited >= most:
        raise Invalid(_("A room has %(count)s guests at most.", count=most), code="room_limit")


def _guest(address: str) -> Account | None:
    """The guest of an address who has confirmed it; one who has not may start over."""
    statement = select(Account).where(
        Account.address == address, Account.is_guest, Account.verified_at.is_not(None)
    )
    return db.session.scalars(statement).one_or_none()


def _is_member(room: Room, address: str) -> bool:
    statement = select(RoomMember.id).join(Account, Account.id == RoomMember.account_id)
    mine = (RoomMember.room_id == room.id, RoomMember.is_member, Account.address == address)
    return db.session.scalar(statement.where(*mine)) is not None


def _tell(actor, room: Room, done: list[Outcome]) -> None:
    invited = [one.address for one in done if not one.is_account]
    if not invited:
        return
    write_note(actor, room, "invited", people=", ".join(invited[:TOLD]), count=len(invited))
    after = {"people": ", ".join(invited[:TOLD]), "count": len(invited)}
    audit.record(actor, "guest.invite", room, after=after, domain_id=managing.domain_id_of(room))
