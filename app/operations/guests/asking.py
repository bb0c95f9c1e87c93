"""A new invitation asked for by who holds a link that has ended, or that was taken back: its inviter gets a mail.

Who asks learns nothing by it: they are answered alike whatever the link is, and whatever becomes of it.
"""

from datetime import timedelta

from sqlalchemy import select

from app.extensions import db
from app.identity import origin
from app.models import Invitation, OutgoingMail, now
from app.operations import audit, versions
from app.operations.guests.letters import WANTED, queue_wanted
from app.operations.sign_in_limits import count_asking
from app.rules import managing
from app.rules.invitations import is_wanted_again, opened_by
from app.transaction import operation

PAUSE = timedelta(days=1)
"""Between two mails to an inviter about one invitation."""


def ask_again(token: str) -> None:
    """Tell the inviter that somebody would like to be invited again, where that makes sense. Error: TooMany."""
    count_asking(origin().ip)
    _tell_inviter(token)


@operation
def _tell_inviter(token: str) -> None:
    invitation = opened_by(token).invitation
    if invitation is None:
        return
    invitation = versions.locked(invitation)
    if not is_wanted_again(invitation) or _was_told(invitation):
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
    """Under the invitation's lock, so that two who ask at once cause one mail."""
    mine = (OutgoingMail.about_kind == WANTED, OutgoingMail.about_id == invitation.id)
    lately = select(OutgoingMail.id).where(*mine, OutgoingMail.created_at > now() - PAUSE)
    return db.session.scalar(lately.limit(1)) is not None
