"""What becomes of everything that names an account when the account is deleted."""

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
"""Rows that are nothing without the account: they are deleted."""

KEPT_WITH_NAME = (
    AuditEntry.actor_id,
    Invitation.account_id,
    Message.author_id,
    Message.deleted_by_id,
    MessageVersion.edited_by_id,
    Room.created_by_id,
)
"""What others have of the account: it stays, and shows the name of who has gone."""

HANDLED_APART = (RoomMember.account_id, Session.account_id, Account.sponsor_id, Invitation.inviter_id)
"""Dealt with in deleting.py: rooms are handed over, open sockets end; guests, and invitations that are not answered
yet, are entrusted to somebody else (entrusting.py). What was answered shows the name of who has gone."""
