"""The invitations of a room or to a guest, as those see them who may handle them, with how their mails fare."""

from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload

from app.errors import NotFound
from app.extensions import db
from app.models import Account, Invitation, Room, RoomMember
from app.queries import mails
from app.queries.mails import MailState
from app.rules import access, guests, managing
from app.rules.guests import InvitationState

SHOWN = 200
"""Invitations of a room that are listed, the latest first; a room has no more guests than that."""

OPEN = (InvitationState.PENDING, InvitationState.REGISTERED)
AGAIN = (InvitationState.LEFT, InvitationState.REVOKED, InvitationState.EXPIRED)


@dataclass(frozen=True)
class InvitationLine:
    """An invitation, where it stands, and how its latest mail fares."""

    invitation: Invitation
    state: InvitationState
    mail: MailState | None

    @property
    def may_resend(self) -> bool:
        return self.state in OPEN

    @property
    def may_copy(self) -> bool:
        return self.state is InvitationState.PENDING

    @property
    def may_invite_again(self) -> bool:
        return self.state in AGAIN


def invitations_of(actor: Account, room: Room) -> list[InvitationLine]:
    """Those of a room that somebody may handle: one's own, all for its administrators. Four statements at most."""
    mine = [Invitation.room_id == room.id]
    if not managing.administers(actor, room):
        mine.append(Invitation.inviter_id == actor.id)
    return _lines(mine)


def invitations_to(guest: Account) -> list[InvitationLine]:
    """Every invitation of a guest."""
    return _lines([Invitation.address == guest.address])


def find_invitation(actor: Account, room_id: int, invitation_id: int) -> Invitation:
    """An invitation of a room, for who has sent it or administers the room. Error: NotFound."""
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None or invitation.room_id != room_id:
        raise NotFound()
    if actor.id != invitation.inviter_id and not managing.administers(actor, invitation.room):
        raise NotFound()
    if not managing.administers(actor, invitation.room):
        access.find_room(actor, room_id)
    return invitation


def _lines(conditions: list) -> list[InvitationLine]:
    entry = and_(
        RoomMember.room_id == Invitation.room_id,
        RoomMember.account_id == Invitation.account_id,
        RoomMember.is_member,
    )
    statement = (
        select(Invitation, RoomMember.id)
        .outerjoin(RoomMember, entry)
        .where(*conditions)
        .options(joinedload(Invitation.inviter), joinedload(Invitation.account), joinedload(Invitation.room))
        .order_by(Invitation.sent_at.desc(), Invitation.id.desc())
        .limit(SHOWN)
    )
    rows = db.session.execute(statement).unique().all()
    sent = mails.states_of("invitation", [invitation.id for invitation, _member in rows]) if rows else {}
    return [
        InvitationLine(invitation, guests.state_of(invitation, member is not None), sent.get(invitation.id))
        for invitation, member in rows
    ]
