"""The invitations of a room or to a guest, as those see them who may handle them, with how their mails fare."""

from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload

from app.errors import NotFound
from app.extensions import db
from app.models import Account, Invitation, Room, RoomMember
from app.queries import mails
from app.queries.mails import MailState
from app.rules import guests, managing
from app.rules.guests import InvitationState

# Invitations of a room that are listed, the latest first; a room has no more guests than that.
SHOWN = 200

OPEN = (InvitationState.PENDING, InvitationState.REGISTERED)
AGAIN = (InvitationState.LEFT, InvitationState.REVOKED, InvitationState.EXPIRED)


@dataclass(frozen=True)
class InvitationLine:
    """An invitation with its state and the state of its latest mail."""

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
    """Return a room's invitations that an actor may handle: their own, or all for its administrators.

    Four statements at most.
    """
    conditions = [Invitation.room_id == room.id]
    if not managing.administers(actor, room):
        conditions.append(Invitation.inviter_id == actor.id)
    return _latest(conditions)


def invitations_to(actor: Account, guest: Account) -> list[InvitationLine]:
    """Return the invitations of a guest into rooms that an administrator looks after. Two statements."""
    return _latest([Invitation.address == guest.address, administered(actor)])


def administered(actor: Account):
    """Return a condition on Invitation: into rooms that an actor administers."""
    return Invitation.room_id.in_(select(Room.id).where(managing.of_rooms(actor)))


def find_invitation(actor: Account, room_id: int, invitation_id: int) -> Invitation:
    """Return an invitation of a room, for who has sent it or administers the room. Error: NotFound."""
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None or invitation.room_id != room_id:
        raise NotFound()
    if actor.id != invitation.inviter_id and not managing.administers(actor, invitation.room):
        raise NotFound()
    return invitation


def find_administered(actor: Account, invitation_id: int) -> Invitation:
    """Return an invitation into a room that an actor administers. Error: NotFound."""
    statement = select(Invitation).where(Invitation.id == invitation_id, administered(actor))
    invitation = db.session.scalars(statement).one_or_none()
    if invitation is None:
        raise NotFound()
    return invitation


def statement_of(conditions: list):
    """Invitations that fulfil conditions, each with whether its guest is in the room now."""
    entry = and_(
        RoomMember.room_id == Invitation.room_id,
        RoomMember.account_id == Invitation.account_id,
        RoomMember.is_member,
    )
    return (
        select(Invitation, RoomMember.id)
        .outerjoin(RoomMember, entry)
        .where(*conditions)
        .options(joinedload(Invitation.inviter), joinedload(Invitation.account), joinedload(Invitation.room))
    )


def lines_of(rows: list) -> list[InvitationLine]:
    """Return rows of that statement, with how their mails fare. One statement."""
    sent = mails.states_of("invitation", [row[0].id for row in rows]) if rows else {}
    return [
        InvitationLine(invitation, guests.state_of(invitation, member is not None), sent.get(invitation.id))
        for invitation, member in rows
    ]


def _latest(conditions: list) -> list[InvitationLine]:
    statement = statement_of(conditions)
    latest = statement.order_by(Invitation.sent_at.desc(), Invitation.id.desc()).limit(SHOWN)
    return lines_of(db.session.execute(latest).unique().all())
