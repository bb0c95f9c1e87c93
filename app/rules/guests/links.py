"""Invitation links: mailed ones, and copies that an inviter passes on.

Only the mailed link proves that its holder reads the mails of the invited address. The copied one passes through the
inviter's hands: it does not reveal whether the address has an account, and acts only for the signed-in guest.
"""

from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from app import links
from app.extensions import db
from app.models import Account, AccountState, Invitation, RoomMember, RoomState, now
from app.rules.guests import policy
from app.rules.guests.policy import InvitationState

INVITATION, CONFIRMATION, EXTENSION = "invitation", "guest-confirm", "guest-extend"
# What links are for; one serves nothing else.
COPIED = "invitation-copied"


class LinkTarget(StrEnum):
    """Page that an invitation link leads to."""

    REGISTER = "register"
    JOIN = "join"
    ASK = "ask"
    SUSPENDED = "suspended"
    CONFIRM = "confirm"
    USED = "used"
    REVOKED = "revoked"
    EXPIRED = "expired"
    REPLACED = "replaced"
    CLOSED = "closed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class OpenedLink:
    """An invitation by its link. It is None where the link was never made here."""

    opens: LinkTarget
    invitation: Invitation | None = None
    guest: Account | None = None


def open_link(token: str, reader: Account | None = None) -> OpenedLink:
    """Return what an invitation link opens now. reader: the signed-in account."""
    mailed = links.read(INVITATION, token)
    link = mailed or links.read(COPIED, token)
    invitation = db.session.get(Invitation, link.id) if link else None
    if link is None or invitation is None:
        return OpenedLink(LinkTarget.UNKNOWN)
    guest = guest_of(invitation.address)
    state = policy.state_of(invitation, is_inside(invitation))
    by_state = {
        InvitationState.REVOKED: LinkTarget.REVOKED,
        InvitationState.ACCEPTED: LinkTarget.USED,
        InvitationState.LEFT: LinkTarget.USED,
        InvitationState.EXPIRED: LinkTarget.EXPIRED,
        InvitationState.REGISTERED: LinkTarget.CONFIRM,
    }
    opens = by_state.get(state) or _pending(invitation, link.generation, guest)
    if mailed is None:
        opens = _through_a_copy(opens, guest, reader)
    return OpenedLink(opens, invitation, guest)


def is_over(invitation: Invitation) -> bool:
    """Return whether an invitation has expired or was revoked, while its inviter and room still exist."""
    state = policy.state_of(invitation, is_inside(invitation))
    if state not in (InvitationState.EXPIRED, InvitationState.REVOKED):
        return False
    return invitation.inviter.is_active and invitation.room.state is RoomState.ACTIVE


def is_wanted_again(invitation: Invitation) -> bool:
    """Return whether the inviter can be asked again: the invitation is over, and they may still invite."""
    return is_over(invitation) and policy.may_invite_guests(invitation.inviter, invitation.room)


def copied_token(invitation: Invitation) -> str:
    """Return the token of the link that an inviter may copy."""
    return links.token(COPIED, invitation.id, invitation.generation)


def guest_of(address: str) -> Account | None:
    """Return the guest with an address, confirmed or not."""
    return db.session.scalars(
        select(Account).where(Account.address == address, Account.is_guest)
    ).one_or_none()


def is_inside(invitation: Invitation) -> bool:
    """Return whether the invited guest is in the room now."""
    statement = select(RoomMember.id).where(
        RoomMember.room_id == invitation.room_id,
        RoomMember.account_id == invitation.account_id,
        RoomMember.is_member,
    )
    return db.session.scalar(statement) is not None


def guest_by_link(purpose: str, token: str) -> Account | None:
    """Return the guest of a link that was neither used nor replaced by a newer one."""
    link = links.read(purpose, token)
    guest = db.session.get(Account, link.id) if link else None
    if link is None or guest is None or not guest.is_guest or guest.link_generation != link.generation:
        return None
    return guest


def token_of(purpose: str, guest: Account) -> str:
    """Return the token of a guest's link."""
    return links.token(purpose, guest.id, guest.link_generation)


def _through_a_copy(opens: LinkTarget, guest: Account | None, reader: Account | None) -> LinkTarget:
    """Hide from everybody but the guest what depends on the address having an account."""
    if opens not in (LinkTarget.REGISTER, LinkTarget.JOIN, LinkTarget.SUSPENDED):
        return opens
    is_guest = opens is LinkTarget.JOIN and reader is not None and guest is not None and reader.id == guest.id
    return LinkTarget.JOIN if is_guest else LinkTarget.ASK


def _pending(invitation: Invitation, generation: int, guest: Account | None) -> LinkTarget:
    if invitation.generation != generation:
        return LinkTarget.REPLACED
    if invitation.room.state is not RoomState.ACTIVE:
        return LinkTarget.CLOSED
    if guest is None or guest.verified_at is None:
        return LinkTarget.REGISTER
    has_ended = guest.expires_at is not None and guest.expires_at < now()
    return LinkTarget.SUSPENDED if guest.state is not AccountState.ENABLED or has_ended else LinkTarget.JOIN
