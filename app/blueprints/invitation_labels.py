"""Labels of invitations' and their mails' states."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.models import MailFailure, WorkState
from app.queries.guests import InvitationLine
from app.rules.guests.policy import InvitationState

STATES = {
    InvitationState.PENDING: _l("invited"),
    InvitationState.REGISTERED: _l("address to be confirmed"),
    InvitationState.ACCEPTED: _l("in the room"),
    InvitationState.LEFT: _l("no longer in the room"),
    InvitationState.REVOKED: _l("revoked"),
    InvitationState.EXPIRED: _l("expired"),
}

KINDS = {
    InvitationState.PENDING: "wait",
    InvitationState.REGISTERED: "wait",
    InvitationState.ACCEPTED: "on",
    InvitationState.LEFT: "off",
    InvitationState.REVOKED: "off",
    InvitationState.EXPIRED: "off",
}


def state_of(line: InvitationLine) -> tuple[str, str]:
    """Return an invitation's state in words, and the kind of sign that stands before it."""
    if line.state in (InvitationState.PENDING, InvitationState.REGISTERED) and has_failed(line):
        return _("mail failed"), "bad"
    return str(STATES[line.state]), KINDS[line.state]


def has_failed(line: InvitationLine) -> bool:
    """Return whether the mail was given up."""
    return line.mail is not None and line.mail.state is WorkState.FAILED


def mail_of(line: InvitationLine) -> str:
    """Return what has become of the mail, where there is something to tell; empty when it has left."""
    if line.mail is None or line.state not in (InvitationState.PENDING, InvitationState.REGISTERED):
        return ""
    if line.mail.state is WorkState.FAILED:
        if line.mail.failure is MailFailure.RECIPIENT:
            return _("The mail server refuses this address. Is it spelled correctly?")
        return _("The mail could not be delivered. Send it again, or pass the link on in another way.")
    if line.mail.state is WorkState.WAITING and line.mail.failure is not None:
        return _("The mail has not left yet: the server tries again by itself.")
    return _("The mail is about to leave.") if line.mail.state is WorkState.WAITING else ""
