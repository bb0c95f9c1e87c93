"""Columns that name an account, by what happens to their rows when the account is deleted."""

from app.models import (
    Account,
    Address,
    AdministeredDomain,
    AuditEntry,
    ContactCard,
    Exclusion,
    Invitation,
    MemberEntry,
    Mention,
    Message,
    MessageVersion,
    Picture,
    ReadMark,
    Room,
    RoomMember,
    Session,
)

# These rows have no meaning without the account.
DELETED_WITH_ACCOUNT = (
    Address.account_id,
    AdministeredDomain.account_id,
    ContactCard.account_id,
    Exclusion.account_id,
    MemberEntry.account_id,
    Mention.account_id,
    Picture.account_id,
    ReadMark.account_id,
)

# These rows matter to other people: they stay and show the name of the deleted account.
KEPT_WITH_NAME = (
    AuditEntry.actor_id,
    Invitation.account_id,
    Message.author_id,
    Message.deleted_by_id,
    MessageVersion.edited_by_id,
    Room.created_by_id,
)

# deleting.py hands rooms over and ends sessions; entrusting.py gives guests and unanswered invitations a new sponsor.
# Answered invitations keep the name of the deleted account.
HANDLED_APART = (RoomMember.account_id, Session.account_id, Account.sponsor_id, Invitation.inviter_id)
