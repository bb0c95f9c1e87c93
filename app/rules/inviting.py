"""Right to bring people into a room: guests by domain policy or by right, accounts into a private room by right.

The policy is that of the domain responsible for the room: its group's, else its owner's.
"""

from dataclasses import dataclass
from enum import StrEnum

from flask_babel import gettext as _

from app.errors import Forbidden, Invalid, NotFound
from app.extensions import db
from app.models import Account, Domain, Room, RoomKind, RoomState
from app.rules import managing
from app.rules.rights import Right


class Reason(StrEnum):
    """Reason for which an account may or may not invite guests."""

    RIGHT = "right"
    POLICY = "policy"
    ADMINISTRATOR = "administrator"
    GUEST = "guest"
    DIRECT = "direct"
    NOT_ACTIVE = "not_active"
    CLOSED = "closed"
    POLICY_OFF = "policy_off"
    NO_RIGHT = "no_right"


GIVEN = frozenset({Reason.RIGHT, Reason.POLICY, Reason.ADMINISTRATOR})


@dataclass(frozen=True)
class Inviting:
    """Decision whether an account may invite guests into a room, with its reason."""

    reason: Reason

    @property
    def is_given(self) -> bool:
        return self.reason in GIVEN


def inviting_of(account: Account, room: Room, rights: Right | None = None) -> Inviting:
    """Return whether an account may invite guests into a room, and why.

    rights: the account's rights there, if known.
    """
    if account.is_guest:
        return Inviting(Reason.GUEST)
    if room.kind is RoomKind.DIRECT:
        return Inviting(Reason.DIRECT)
    if room.state is not RoomState.ACTIVE:
        return Inviting(Reason.NOT_ACTIVE)
    rights = managing.rights_of(account, room) if rights is None else rights
    if rights & Right.ADMINISTRATION_INVITE:
        return Inviting(Reason.RIGHT)
    if rights & Right.ITEMS_WRITE and members_may_invite(room):
        return Inviting(Reason.POLICY)
    if managing.administers(account, room):
        return Inviting(Reason.ADMINISTRATOR)
    return Inviting(_missing(rights))


def may_invite_guests(account: Account, room: Room) -> bool:
    """Return whether an account may invite guests into a room."""
    return inviting_of(account, room).is_given


def require_may_invite_guests(account: Account, room: Room) -> None:
    """Refuse who may not invite guests. Errors: NotFound for who may not know of the room, Invalid, Forbidden."""
    answer = inviting_of(account, room)
    if answer.is_given:
        return
    if not _knows(account, room):
        raise NotFound()
    if answer.reason is Reason.DIRECT:
        raise Invalid(_("Nobody is added to a direct conversation: open another one."), code="not_for_direct")
    if answer.reason is Reason.NOT_ACTIVE:
        raise Invalid(_("Nobody is invited to a room that is archived or deleted."), code="wrong_state")
    if answer.reason is Reason.POLICY_OFF:
        raise Forbidden(
            _("In this domain, guests are invited by those who hold the right to invite."), code="policy_off"
        )
    raise Forbidden()


def may_add_people(account: Account, room: Room) -> bool:
    """Return whether an account may add accounts to a room; only private rooms have members of their own."""
    return room.kind is RoomKind.PRIVATE and managing.may(account, Right.ADMINISTRATION_INVITE, room)


def require_may_add_people(account: Account, room: Room) -> None:
    """Refuse accounts that may not add accounts to a room. Errors: NotFound, Forbidden, Invalid."""
    managing.require(account, Right.ADMINISTRATION_INVITE, room)
    if room.kind is not RoomKind.PRIVATE:
        raise Invalid(_("Only a private room has members of its own."), code="not_private")


def members_may_invite(room: Room) -> bool:
    """Return the policy that applies to a room.

    A room without a responsible domain has none: the right decides.
    """
    domain_id = managing.domain_id_of(room)
    domain = db.session.get(Domain, domain_id) if domain_id is not None else None
    return bool(domain and domain.members_may_invite_guests)


def _missing(rights: Right) -> Reason:
    if not rights & Right.FOLDER_READ:
        return Reason.CLOSED
    return Reason.POLICY_OFF if rights & Right.ITEMS_WRITE else Reason.NO_RIGHT


def _knows(account: Account, room: Room) -> bool:
    """Return whether an account sees a room: rights without folder_read are no rights."""
    return bool(managing.rights_of(account, room) & Right.FOLDER_READ) or managing.administers(account, room)
