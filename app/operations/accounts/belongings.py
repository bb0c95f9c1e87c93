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

TAKEN_AWAY = (
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

KEPT = (
    Account.sponsor_id,
    AuditEntry.actor_id,
    Invitation.account_id,
    Invitation.inviter_id,
    Message.author_id,
    Message.deleted_by_id,
    MessageVersion.edited_by_id,
    Room.created_by_id,
)
"""What others have of the account: it stays, and shows the name of who has gone."""

APART = (RoomMember.account_id, Session.account_id)
"""Dealt with one by one in deleting.py: rooms are handed over, open sockets end."""
