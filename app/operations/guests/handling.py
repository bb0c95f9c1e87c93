"""What is done to an invitation by who has sent it, and by the room's administrators, until it is used and after."""

from datetime import timedelta

from flask_babel import gettext as _

from app.errors import Invalid, NotFound, TooMany
from app.models import CLOSED, Account, Invitation, now
from app.operations import audit, versions
from app.operations.guests.inviting import invite_guests
from app.operations.guests.letters import queue_confirmation, queue_invitation
from app.queries import settings
from app.queries.successors import able_in
from app.rules import guests, inviting, managing, room_for
from app.rules.guests import InvitationState
from app.rules.invitations import copied_token, is_inside
from app.transaction import operation

PAUSE = timedelta(minutes=1)
"""Between two mails of one invitation."""


@operation
def resend_invitation(actor, invitation: Invitation) -> None:
    """Send the mail that is waited for again; the time to use it begins anew, earlier links stay good.
    Errors: NotFound, TooMany."""
    wanted = (InvitationState.PENDING, InvitationState.REGISTERED, InvitationState.EXPIRED)
    invitation = _locked(actor, invitation, wanted)
    inviting.require_may_invite_guests(actor, invitation.room)
    if invitation.sent_at > now() - PAUSE:
        raise TooMany(_("It was sent a moment ago. Please wait a minute."), retry_after=PAUSE.seconds)
    if invitation.registered_at is not None:
        queue_confirmation(invitation, invitation.account)
    else:
        queue_invitation(invitation)
    invitation.expires_at = guests.end_of_invitation()
    _record(actor, invitation, "invitation.resend")


@operation
def revoke_invitation(actor, invitation: Invitation) -> None:
    """Take an invitation back that was not used yet: its links end. Error: NotFound."""
    wanted = (InvitationState.PENDING, InvitationState.EXPIRED, InvitationState.REGISTERED)
    invitation = _locked(actor, invitation, wanted)
    invitation.revoked_at = now()
    invitation.generation += 1
    _record(actor, invitation, "invitation.revoke")


@operation
def invite_again(actor, invitation: Invitation) -> None:
    """Invite somebody once more who has left, was removed, or whose invitation has ended. Error: NotFound."""
    wanted = (InvitationState.LEFT, InvitationState.REVOKED, InvitationState.EXPIRED)
    invitation = _locked(actor, invitation, wanted)
    sponsor = _answering(actor, invitation)
    if sponsor.domain_id != actor.domain_id:
        room_for.require_room_for_guest(sponsor.domain, with_invited=True)
    outcomes = invite_guests(
        actor, invitation.room, invitation.address, invitation.personal_line, invitation.language
    )
    if outcomes[0].refusal is not None:
        raise outcomes[0].refusal
    invitation.inviter_id = sponsor.id


def _answering(actor, invitation: Invitation) -> Account:
    """Who answers for a guest that is invited again: whoever presses, unless the room and inviter are another domain's.

    Then the former inviter does, or somebody of their domain: its limits and its administrators stay the guest's.
    """
    former, group = invitation.inviter, invitation.room.group
    domain = group.domain if group else former.domain
    if actor.domain_id in (domain.id, former.domain_id):
        return actor
    if former.state not in CLOSED:
        return former
    return next(iter(able_in(actor, domain, limit=1)), actor)


@operation
def copy_invitation_link(actor, invitation: Invitation) -> str:
    """The link of an invitation, to be passed on another way; the trail says who took it. Error: NotFound."""
    invitation = _locked(actor, invitation, (InvitationState.PENDING,))
    _record(actor, invitation, "invitation.copy")
    return f"{settings.public_url()}/join/{copied_token(invitation)}"


def may_manage(actor, invitation: Invitation) -> bool:
    """Whether somebody may see and change an invitation: who has sent it, and the room's administrators."""
    return actor.id == invitation.inviter_id or managing.administers(actor, invitation.room)


def _locked(actor, invitation: Invitation, states: tuple[InvitationState, ...]) -> Invitation:
    """An invitation that the actor may manage, locked, in one of these states. Errors: NotFound, Invalid."""
    invitation = versions.lock_row(invitation)
    if not may_manage(actor, invitation):
        raise NotFound()
    if guests.state_of(invitation, is_inside(invitation)) not in states:
        raise Invalid(_("This invitation has changed in the meantime."), code="wrong_state")
    return invitation


def _record(actor, invitation: Invitation, act: str) -> None:
    audit.record(
        actor,
        act,
        kind="room",
        id=invitation.room_id,
        name=invitation.room.name,
        domain_id=managing.domain_id_of(invitation.room),
        after={"address": invitation.address},
    )
