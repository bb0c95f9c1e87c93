"""Mails to guests and about them: rows with ids; their links are computed when they leave."""

from app.models import Account, Invitation, now
from app.operations import mails
from app.rules import managing
from app.rules.rights import Right

WANTED = "invitation_wanted"
"""The mail to an inviter, and what it is about."""


def queue_invitation(invitation: Invitation) -> None:
    """The mail with the link to join."""
    invitation.sent_at = now()
    mails.queue_to(
        invitation.address,
        "invitation",
        invitation.language,
        about=("invitation", invitation.id),
        invitation_id=invitation.id,
    )


def queue_wanted(invitation: Invitation) -> None:
    """The mail that tells an inviter of somebody who asks for a new invitation. It is about the asking: how the
    invitation's own mail fares is told beside it."""
    rights = managing.rights_of(invitation.inviter, invitation.room)
    mails.queue(
        invitation.inviter,
        WANTED,
        about=(WANTED, invitation.id),
        invitation_id=invitation.id,
        is_from_outside=not rights & Right.FOLDER_READ,
    )


def queue_confirmation(invitation: Invitation, guest: Account) -> None:
    """The mail with the link that confirms the address, and how to sign in."""
    invitation.sent_at = now()
    mails.queue(guest, "confirm_address", about=("invitation", invitation.id), account_id=guest.id)


def queue_ending(person: Account, guest: Account, days: int) -> None:
    """The warning that a guest's account ends, to the guest or to whoever answers for them."""
    template = "guest_ends" if person.id == guest.id else "sponsored_guest_ends"
    mails.queue(person, template, about=("account", guest.id), account_id=guest.id, days=days)


def queue_leaving(person: Account, guest: Account, room_id: int, days: int) -> None:
    """The warning that a guest's stay in a room ends."""
    template = "stay_ends" if person.id == guest.id else "sponsored_stay_ends"
    mails.queue(
        person, template, about=("account", guest.id), account_id=guest.id, room_id=room_id, days=days
    )
