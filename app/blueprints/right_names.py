"""Labels of rights, principals and reasons for inviting guests, in WebAdmin and WebClient."""

from flask_babel import lazy_gettext as _l

from app.models import Principal
from app.rules.accounts.addresses import readable
from app.rules.guests.policy import InvitingReason
from app.rules.rights import Right

RIGHT_NAMES = {
    Right.ITEMS_READ: _l("Read the conversation"),
    Right.ITEMS_WRITE: _l("Write messages"),
    Right.ITEMS_MODIFY: _l("Change what others wrote"),
    Right.ITEMS_DELETE: _l("Delete what others wrote"),
    Right.ITEMS_EDIT_DOCUMENTS: _l("Modify documents"),
    Right.FOLDER_READ: _l("See the room"),
    Right.FOLDER_WRITE: _l("Create rooms"),
    Right.FOLDER_RENAME: _l("Rename"),
    Right.FOLDER_DELETE: _l("Archive and delete"),
    Right.ADMINISTRATION_INVITE: _l("Invite"),
    Right.ADMINISTRATION_KICK: _l("Remove people"),
    Right.ADMINISTRATION_ADMINISTER: _l("Change rights"),
}

EVERYBODY = {
    Principal.MEMBERS: _l("[members]"),
    Principal.GUESTS: _l("[guests]"),
    Principal.ANYONE: _l("[anyone]"),
}

# Why somebody may invite guests into a room, or may not.
INVITING = {
    InvitingReason.RIGHT: _l("by the right “Invite”"),
    InvitingReason.POLICY: _l("by the policy of the domain: people who may write may invite guests"),
    InvitingReason.ADMINISTRATOR: _l("as an administrator of the domain"),
    InvitingReason.GUEST: _l("guests cannot invite anybody"),
    InvitingReason.DIRECT: _l("nobody can be added to a direct conversation"),
    InvitingReason.NOT_ACTIVE: _l("nobody can be invited to an archived or deleted room"),
    InvitingReason.CLOSED: _l("people who do not see the room cannot invite anybody to it"),
    InvitingReason.POLICY_OFF: _l("by the policy of the domain, only the right “Invite” allows it"),
    InvitingReason.NO_RIGHT: _l("neither the right “Invite” nor the right to write"),
}


def principal_name(principal: Principal, name: str) -> str:
    """Return how a list calls a principal."""
    return str(EVERYBODY.get(principal) or readable(name))
