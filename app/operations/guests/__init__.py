"""Guests: invited, joined, confirmed, extended, run, deleted."""

from app.operations.guests.inviting import InvitationOutcome, invite_guests
from app.operations.guests.joining import (
    confirm_address,
    join_room,
    mail_invitation,
    register_guest,
    send_confirmation_again,
)
from app.operations.guests.lifecycle import (
    change_sponsor,
    delete_guest,
    end_accounts,
    end_stays,
    end_unverified,
    extend_by_link,
    extend_guest,
    revoke_guest_session,
    set_guest_password,
    suspend_guest,
    update_guest,
    update_guest_card,
    warn_of_ends,
)
from app.operations.guests.pending import (
    ask_again,
    copy_invitation_link,
    invite_again,
    may_manage,
    resend_invitation,
    revoke_invitation,
)

__all__ = [
    "InvitationOutcome",
    "ask_again",
    "change_sponsor",
    "confirm_address",
    "copy_invitation_link",
    "delete_guest",
    "end_accounts",
    "end_stays",
    "end_unverified",
    "extend_by_link",
    "extend_guest",
    "invite_again",
    "invite_guests",
    "join_room",
    "mail_invitation",
    "may_manage",
    "register_guest",
    "resend_invitation",
    "revoke_guest_session",
    "revoke_invitation",
    "send_confirmation_again",
    "set_guest_password",
    "suspend_guest",
    "update_guest",
    "update_guest_card",
    "warn_of_ends",
]
