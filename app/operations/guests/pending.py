"""Pending and ended invitations: what their inviters and the room's administrators can do."""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select

from app.errors import Invalid, NotFound, ServiceStopped, TooMany
from app.extensions import db
from app.identity import origin
from app.models import CLOSED, Account, Invitation, OutgoingMail, WorkState, now
from app.operations import audit, locks
from app.operations.guests.inviting import (
    WANTED,
    invite_guests,
    queue_confirmation,
    queue_invitation,
    queue_wanted,
)
from app.operations.sessions import count_ended_link_request
from app.queries.accounts.belongings import able_in
from app.rules import domains, rooms, services
from app.rules.guests import policy
from app.rules.guests.links import copied_token, is_inside, is_wanted_again, open_link
from app.rules.guests.policy import InvitationState
from app.rules.server import settings
from app.transaction import operation

# Between two mails of one invitation.
PAUSE = timedelta(minutes=1)


@operation
def resend_invitation(actor: Account, invitation: Invitation) -> None:
    """Send the mail that is waited for again; the time to use it begins anew, earlier links stay good.

    Errors: NotFound, TooMany.
    """
    states = (InvitationState.PENDING, InvitationState.REGISTERED, InvitationState.EXPIRED)
    invitation = _locked(actor, invitation, states)
    policy.require_may_invite_guests(actor, invitation.room)
    if invitation.sent_at > now() - PAUSE:
        raise TooMany(_("It was sent a moment ago. Please wait a minute."), retry_after=PAUSE.seconds)
    if invitation.registered_at is not None and invitation.account is not None:
        queue_confirmation(invitation, invitation.account)
    else:
        queue_invitation(invitation)
    invitation.expires_at = policy.end_of_invitation()
    _record(actor, invitation, "invitation.resend")


@operation
def revoke_invitation(actor: Account, invitation: Invitation) -> None:
    """Take an invitation back that was not used yet: its links end. Error: NotFound."""
    states = (InvitationState.PENDING, InvitationState.EXPIRED, InvitationState.REGISTERED)
    invitation = _locked(actor, invitation, states)
    invitation.revoked_at = now()
    invitation.generation += 1
    _record(actor, invitation, "invitation.revoke")


@operation
def invite_again(actor: Account, invitation: Invitation) -> None:
    """Invite a guest again who has left, was removed, or whose invitation has ended. Error: NotFound."""
    states = (InvitationState.LEFT, InvitationState.REVOKED, InvitationState.EXPIRED)
    invitation = _locked(actor, invitation, states)
    sponsor = _answering(actor, invitation)
    if sponsor.domain_id != actor.domain_id:
        domains.require_room_for_guest(sponsor.domain, with_invited=True)
    outcomes = invite_guests(
        actor, invitation.room, invitation.address, invitation.personal_line, invitation.language
    )
    if outcomes[0].refusal is not None:
        raise outcomes[0].refusal
    invitation.inviter_id = sponsor.id


def _answering(actor: Account, invitation: Invitation) -> Account:
    """Return the sponsor of a guest who is invited again: the actor, unless room and inviter are another domain's.

    Then it is the former inviter, or somebody of their domain: its limits and administrators stay the
    guest's.
    """
    former, group = invitation.inviter, invitation.room.group
    domain = group.domain if group else former.domain
    if actor.domain_id in (domain.id, former.domain_id):
        return actor
    if former.state not in CLOSED:
        return former
    return next(iter(able_in(actor, domain, limit=1)), actor)


@operation
def copy_invitation_link(actor: Account, invitation: Invitation) -> str:
    """Return the link of an invitation, to be passed on another way; the audit log says who took it.

    Error: NotFound.
    """
    invitation = _locked(actor, invitation, (InvitationState.PENDING,))
    _record(actor, invitation, "invitation.copy")
    return f"{settings.public_url()}/join/{copied_token(invitation)}"


def may_manage(actor: Account, invitation: Invitation) -> bool:
    """Return whether somebody may see and change an invitation: who has sent it, and the room's administrators."""
    return actor.id == invitation.inviter_id or rooms.administers(actor, invitation.room)


def _locked(actor: Account, invitation: Invitation, states: tuple[InvitationState, ...]) -> Invitation:
    """Return an invitation that the actor may manage, locked, in one of these states.

    Errors: NotFound, Invalid.
    """
    invitation = locks.lock_row(invitation)
    if not may_manage(actor, invitation):
        raise NotFound()
    if policy.state_of(invitation, is_inside(invitation)) not in states:
        raise Invalid(_("This invitation has changed in the meantime."), code="wrong_state")
    return invitation


def _record(actor: Account, invitation: Invitation, act: str) -> None:
    audit.record(
        actor,
        act,
        kind="room",
        id=invitation.room_id,
        name=invitation.room.name,
        domain_id=rooms.domain_id_of(invitation.room),
        after={"address": invitation.address},
    )


# Between two mails to an inviter about one invitation.
REQUEST_PAUSE = timedelta(days=1)
# Mails about an invitation that has ended. Of one that was taken back there is a single one: somebody has
# decided.
#
# Both count the mails that the outbox still keeps, which is a month.
IN_ALL = 3
# Mails to one inviter, whichever invitations they are about.
A_DAY = 10


def ask_again(token: str) -> None:
    """Ask the inviter for a new invitation, where one is possible. Errors: TooMany; ServiceStopped.

    ServiceStopped is raised for every link, since nobody may invite then and the request would be lost.
    """
    count_ended_link_request(origin().ip)
    if not services.state().chat_runs:
        raise ServiceStopped(_("TeamChat is stopped at the moment. Please ask again later."))
    _tell_inviter(token)


@operation
def _tell_inviter(token: str) -> None:
    invitation = open_link(token).invitation
    if invitation is None:
        return
    invitation = locks.lock_row(invitation)
    if not is_wanted_again(invitation) or _was_told(invitation) or _is_told_enough(invitation.inviter):
        return
    queue_wanted(invitation)
    audit.record(
        None,
        "invitation.ask",
        kind="room",
        id=invitation.room_id,
        name=invitation.room.name,
        domain_id=rooms.domain_id_of(invitation.room),
        after={"address": invitation.address},
    )


def _was_told(invitation: Invitation) -> bool:
    """Return whether the inviter was asked already.

    Read under the invitation's lock, so that two requests cause one mail.
    """
    mine = (OutgoingMail.about_kind == WANTED, OutgoingMail.about_id == invitation.id)
    since = invitation.revoked_at or invitation.expires_at
    mails = [
        at
        for at in db.session.scalars(select(OutgoingMail.created_at).where(*mine, _is_sent()))
        if at >= since
    ]
    if invitation.revoked_at is not None:
        return bool(mails)
    return len(mails) >= IN_ALL or any(at > now() - REQUEST_PAUSE for at in mails)


def _is_told_enough(inviter: Account) -> bool:
    mine = (OutgoingMail.recipient == inviter.address, OutgoingMail.template == WANTED, _is_sent())
    lately = select(OutgoingMail.id).where(*mine, OutgoingMail.created_at > now() - REQUEST_PAUSE)
    return len(db.session.scalars(lately.limit(A_DAY)).all()) >= A_DAY


def _is_sent() -> ColumnElement[bool]:
    return OutgoingMail.state != WorkState.CANCELLED
