"""Labels of outgoing mail: kinds, states, reasons."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.models import MailFailure, WorkState

# What a mail is, by its template.
KINDS = {
    "invitation": _l("Invitation"),
    "invitation_wanted": _l("New invitation requested"),
    "confirm_address": _l("Address to confirm"),
    "password_link": _l("Choose a password"),
    "password_changed": _l("Password changed"),
    "guest_ends": _l("Guest account ends"),
    "sponsored_guest_ends": _l("Account of a sponsored guest ends"),
    "stay_ends": _l("Access to a room ends"),
    "sponsored_stay_ends": _l("Access of a sponsored guest ends"),
    "test": _l("Test mail"),
}

STATES = {
    WorkState.WAITING: _l("Waiting"),
    WorkState.DONE: _l("Sent"),
    WorkState.FAILED: _l("Failed for good"),
    WorkState.CANCELLED: _l("Not sent"),
}

# How a state is drawn.
SIGNS = {
    WorkState.WAITING: "wait",
    WorkState.DONE: "on",
    WorkState.FAILED: "bad",
    WorkState.CANCELLED: "off",
}

FAILURES = {
    MailFailure.UNREACHABLE: _l("The mail server cannot be reached: check its name and port."),
    MailFailure.TIMEOUT: _l("The mail server did not answer in time."),
    MailFailure.BROKEN: _l("The mail server ended the connection."),
    MailFailure.CERTIFICATE: _l("The mail server’s certificate is not valid for this name."),
    MailFailure.ENCRYPTION: _l("The mail server does not offer this protection on this port."),
    MailFailure.TURNED_AWAY: _l("The mail server does not accept connections from here."),
    MailFailure.AUTHENTICATION: _l("The mail server refuses the user name or the password, or requires one."),
    MailFailure.BUSY: _l("The mail server asks to try again later."),
    MailFailure.UNMADE: _l("The mail could not be created. See the log of the worker."),
    MailFailure.SENDER: _l("The mail server refuses the address of the sender."),
    MailFailure.RECIPIENT: _l("The mail server refuses the recipient."),
    MailFailure.REFUSED: _l("The mail server refuses the mail itself."),
}

# How far a trial came, in order.
STEPS = {
    "connect": _l("Connection"),
    "protect": _l("Protection"),
    "sign_in": _l("Sign-in"),
    "hand_over": _l("Mail handed over"),
}


def kind_of(template: str) -> str:
    """Return what a mail is; its template's name where there are no words for it."""
    return str(KINDS.get(template, template))


def why(failure: MailFailure | None, last_error: str | None) -> str:
    """Return what kept a mail from leaving, with the server's own words."""
    if failure is None:
        return last_error or ""
    if not last_error:
        return str(FAILURES[failure])
    return _("%(reason)s Its answer: %(answer)s", reason=FAILURES[failure], answer=last_error)
