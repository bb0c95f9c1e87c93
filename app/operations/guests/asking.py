"""A new invitation asked for by who holds a link that has ended, or that was taken back: its inviter gets a mail.

Who asks learns nothing by it: they are answered alike whatever the link is, and whatever becomes of it.
"""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app.errors import ServiceStopped
from app.extensions import db
from app.identity import origin
from app.models import Account, Invitation, OutgoingMail, WorkState, now
from app.operations import audit, versions
from app.operations.guests.letters import WANTED, queue_wanted
from app.operations.sign_in_limits import count_ended_link_request
from app.rules import managing, server
from app.rules.invitations import is_wanted_again, opened_by
from app.transaction import operation

PAUSE = timedelta(days=1)
"""Between two mails to an inviter about one invitation."""
IN_ALL = 3
"""Mails about an invitation that has ended. Of one that was taken back there is a single one: somebody has decided.

Both count the mails that the outbox still keeps, which is a month.
"""
A_DAY = 10
"""Mails to one inviter, whichever invitations they are about."""


def ask_again(token: str) -> None:
    """Tell the inviter that somebody would like to be invited again, where that makes sense. Errors: TooMany;
    ServiceStopped, whatever the link is, since nobody may invite just now and the request would be lost."""
    count_ended_link_request(origin().ip)
    if not server.state().chat_runs:
        raise ServiceStopped(_("TeamChat is stopped at the moment. Please ask again later."))
    _tell_inviter(token)


@operation
def _tell_inviter(token: str) -> None:
    invitation = opened_by(token).invitation
    if invitation is None:
        return
    invitation = versions.lock_row(invitation)
    if not is_wanted_again(invitation) or _was_told(invitation) or _is_told_enough(invitation.inviter):
        return
    queue_wanted(invitation)
    audit.record(
        None,
        "invitation.ask",
        kind="room",
        id=invitation.room_id,
        name=invitation.room.name,
        domain_id=managing.domain_id_of(invitation.room),
        after={"address": invitation.address},
    )


def _was_told(invitation: Invitation) -> bool:
    """Under the invitation's lock, so that two who ask at once cause one mail. What was not sent was not told."""
    mine = (OutgoingMail.about_kind == WANTED, OutgoingMail.about_id == invitation.id)
    since = invitation.revoked_at or invitation.expires_at
    told = [
        at
        for at in db.session.scalars(select(OutgoingMail.created_at).where(*mine, _is_sent()))
        if at >= since
    ]
    if invitation.revoked_at is not None:
        return bool(told)
    return len(told) >= IN_ALL or any(at > now() - PAUSE for at in told)


def _is_told_enough(inviter: Account) -> bool:
    mine = (OutgoingMail.recipient == inviter.address, OutgoingMail.template == WANTED, _is_sent())
    lately = select(OutgoingMail.id).where(*mine, OutgoingMail.created_at > now() - PAUSE)
    return len(db.session.scalars(lately.limit(A_DAY)).all()) >= A_DAY


def _is_sent():
    return OutgoingMail.state != WorkState.CANCELLED
