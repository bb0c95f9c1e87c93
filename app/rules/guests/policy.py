"""Policy for guests: allowed addresses, length of stay, sponsors, and the state of invitations."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import aliased, contains_eager

from app.errors import Forbidden, Invalid, NotFound
from app.extensions import db
from app.models import (
    CLOSED,
    INTERNAL_DOMAIN,
    Account,
    AccountState,
    Domain,
    DomainState,
    Invitation,
    Room,
    RoomKind,
    RoomState,
    now,
)
from app.rules import rooms
from app.rules.accounts.names import is_deceptive
from app.rules.rights import Right, scope

LOCAL_MAXIMUM = 64
# Characters of what stands before the @, and of a whole address: RFC 5321 §4.5.3.1, as RFC 3696's erratum
# reads it.
ADDRESS_MAXIMUM = 254

# A dot-atom of RFC 5322 §3.2.3, with the letters that RFC 6532 adds; no quoted strings, and so no line
# breaks.
LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")

# What one click adds where the domain does not say how long guests stay.
EXTENSION_DAYS = 90

# Days before its end that a guest and whoever answers for them are warned.
WARNED = (14, 5, 1)


class InvitationState(StrEnum):
    """State of an invitation. LEFT: the guest was in the room and is not any more."""

    PENDING = "pending"
    REGISTERED = "registered"
    ACCEPTED = "accepted"
    LEFT = "left"
    REVOKED = "revoked"
    EXPIRED = "expired"


def checked_address(address: str) -> str:
    """Return a normalised outside address that mail can be sent to. Error: Invalid."""
    local, _at, domain = address.rpartition("@")
    labels = domain.split(".")
    is_sound = (
        LOCAL.fullmatch(local)
        and len(local) <= LOCAL_MAXIMUM
        and len(address) <= ADDRESS_MAXIMUM
        and len(labels) > 1
        and all(re.fullmatch(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?", label) for label in labels)
        and not labels[-1].isdigit()
    )
    if not is_sound:
        raise Invalid(_("This is not an email address."), code="bad_address", field="addresses")
    if is_deceptive(address):
        raise Invalid(
            _("This address mixes letters of several alphabets and may be misleading."),
            code="deceptive_address",
            field="addresses",
        )
    return address


def internal_address(guest: Account) -> str:
    """Return a guest's address on this server, as administrators see it."""
    return f"{guest.address.replace('@', '_')}@{INTERNAL_DOMAIN}"


def hosted_domain(address: str) -> Domain | None:
    """Return the domain of this server that an address belongs to."""
    name = address.rpartition("@")[2]
    return db.session.scalars(select(Domain).where(Domain.name == name)).one_or_none()


def policy_domain(room: Room, inviter: Account) -> Domain:
    """Return the domain whose rules for guests apply in a room: that of its administrators, else the inviter's."""
    domain_id = rooms.domain_id_of(room) or inviter.domain_id
    return db.session.get_one(Domain, domain_id)


def is_allowed_from(domain: Domain, address: str) -> bool:
    """Return whether a domain's lists admit guests with this address. The list of refused domains wins."""
    name = address.rpartition("@")[2]
    allowed, denied = split_domains(domain.guests_allowed_from), split_domains(domain.guests_denied_from)
    return not _is_in(name, denied) and (not allowed or _is_in(name, allowed))


def split_domains(text: str | None) -> list[str]:
    """Return the mail domains of a list, one per line."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def end_of_account(domain: Domain, chosen: datetime | None = None) -> datetime | None:
    """Return the end of a new guest's account, as set by the domain; None for never."""
    days = domain.guest_days or domain.guest_days_longest
    usual = now() + timedelta(days=days) if days else None
    return within_limit(domain, chosen or usual)


def within_limit(domain: Domain, moment: datetime | None) -> datetime | None:
    """Return a moment, capped at the longest stay that the domain allows."""
    if not domain.guest_days_longest:
        return moment
    latest = now() + timedelta(days=domain.guest_days_longest)
    return min(moment, latest) if moment else latest


def sponsor_of(guest: Account) -> Account | None:
    """Return the account that answers for a guest."""
    return db.session.get(Account, guest.sponsor_id) if guest.sponsor_id else None


def sponsor_domain_id(guest: Account) -> int | None:
    """Return the domain whose administrators look after a guest."""
    sponsor = sponsor_of(guest)
    return sponsor.domain_id if sponsor is not None else None


def extended_until(guest: Account) -> datetime | None:
    """Return the new end of a guest's account after one extension.

    None if the account has no end, may not last longer, or has no sponsor who can sign in.
    """
    sponsor = sponsor_of(guest)
    if sponsor is None or not sponsor.is_active:
        return None
    return extension(guest.expires_at, sponsor.domain.guest_days, sponsor.domain.guest_days_longest)


def extension(end: datetime | None, days: int | None, longest: int | None) -> datetime | None:
    """Return the new end for an account's end and its sponsor's domain policy: usual stay and longest stay, in days."""
    if end is None:
        return None
    days = days or EXTENSION_DAYS
    until = now() + timedelta(days=min(days, longest) if longest else days)
    return until if until > end + timedelta(hours=1) else None


def has_sponsor() -> ColumnElement[bool]:
    """Return a condition on Account: the guest has a sponsor who can sign in."""
    sponsor, domain = aliased(Account), aliased(Domain)
    return exists().where(
        sponsor.id == Account.sponsor_id,
        sponsor.state.not_in(CLOSED),
        domain.id == sponsor.domain_id,
        domain.state == DomainState.ACTIVE,
    )


def end_in_room(room: Room) -> datetime | None:
    """Return the moment at which a guest who joins now leaves the room automatically."""
    return now() + timedelta(days=room.guest_days) if room.guest_days else None


def end_of_invitation() -> datetime:
    """Until when an invitation that is sent now can be used."""
    return now() + timedelta(days=current_app.config["GUEST_INVITATION_DAYS"])


def state_of(invitation: Invitation, is_inside: bool) -> InvitationState:
    """Return the state of an invitation. is_inside: the guest is in the room now."""
    if invitation.revoked_at is not None:
        return InvitationState.REVOKED
    if invitation.accepted_at is not None:
        return InvitationState.ACCEPTED if is_inside else InvitationState.LEFT
    if invitation.expires_at < now():
        return InvitationState.EXPIRED
    return InvitationState.REGISTERED if invitation.registered_at is not None else InvitationState.PENDING


def sees_members(account: Account, room: Room) -> bool:
    """Return whether an account may see the member list of a room it is in."""
    return not account.is_guest or room.guests_see_members


def sees_members_of(account: Account, room_id: int) -> bool:
    """Return the same by the room's id. One statement for guests, none for others."""
    if not account.is_guest:
        return True
    return db.session.scalar(select(Room.guests_see_members).where(Room.id == room_id)) is True


def of_guests(actor: Account) -> ColumnElement[bool]:
    """Return a condition on Account: the guests within an administrator's scope, those of its accounts."""
    sponsor, domain = aliased(Account), aliased(Domain)
    if scope.is_server_wide(actor):
        return and_(Account.is_guest, Account.state != AccountState.DELETED)
    own = (
        select(sponsor.id)
        .join(domain, domain.id == sponsor.domain_id)
        .where(domain.id.in_(select(Domain.id).where(scope.of_domains(actor))))
    )
    return and_(Account.is_guest, Account.state != AccountState.DELETED, Account.sponsor_id.in_(own))


def find_guest(actor: Account, account_id: int) -> Account:
    """Return a guest by id, within the actor's scope. Error: NotFound."""
    statement = select(Account).join(Account.domain).options(contains_eager(Account.domain))
    guest = db.session.scalars(statement.where(Account.id == account_id, of_guests(actor))).one_or_none()
    if guest is None:
        raise NotFound()
    return guest


def _is_in(name: str, domains: list[str]) -> bool:
    return any(name == domain or name.endswith(f".{domain}") for domain in domains)


class InvitingReason(StrEnum):
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


GIVEN = frozenset({InvitingReason.RIGHT, InvitingReason.POLICY, InvitingReason.ADMINISTRATOR})


@dataclass(frozen=True)
class Inviting:
    """Decision whether an account may invite guests into a room, with its reason."""

    reason: InvitingReason

    @property
    def is_given(self) -> bool:
        return self.reason in GIVEN


def inviting_of(  # noqa: PLR0911 (one reason, one return)
    account: Account, room: Room, rights: Right | None = None
) -> Inviting:
    """Return whether an account may invite guests into a room, and why.

    rights: the account's rights there, if known.
    """
    if account.is_guest:
        return Inviting(InvitingReason.GUEST)
    if room.kind is RoomKind.DIRECT:
        return Inviting(InvitingReason.DIRECT)
    if room.state is not RoomState.ACTIVE:
        return Inviting(InvitingReason.NOT_ACTIVE)
    rights = rooms.rights_of(account, room) if rights is None else rights
    if rights & Right.ADMINISTRATION_INVITE:
        return Inviting(InvitingReason.RIGHT)
    if rights & Right.ITEMS_WRITE and members_may_invite(room):
        return Inviting(InvitingReason.POLICY)
    if rooms.administers(account, room):
        return Inviting(InvitingReason.ADMINISTRATOR)
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
    if answer.reason is InvitingReason.DIRECT:
        raise Invalid(
            _("Nobody can be added to a direct conversation: open another one."), code="not_for_direct"
        )
    if answer.reason is InvitingReason.NOT_ACTIVE:
        raise Invalid(_("Nobody can be invited to an archived or deleted room."), code="wrong_state")
    if answer.reason is InvitingReason.POLICY_OFF:
        raise Forbidden(
            _("In this domain, only people with the right to invite can invite guests."), code="policy_off"
        )
    raise Forbidden()


def may_add_people(account: Account, room: Room) -> bool:
    """Return whether an account may add accounts to a room; only private rooms have members of their own."""
    return room.kind is RoomKind.PRIVATE and rooms.may(account, Right.ADMINISTRATION_INVITE, room)


def require_may_add_people(account: Account, room: Room) -> None:
    """Refuse accounts that may not add accounts to a room. Errors: NotFound, Forbidden, Invalid."""
    rooms.require(account, Right.ADMINISTRATION_INVITE, room)
    if room.kind is not RoomKind.PRIVATE:
        raise Invalid(_("Only a private room has members of its own."), code="not_private")


def members_may_invite(room: Room) -> bool:
    """Return the policy that applies to a room.

    A room without a responsible domain has none: the right decides.
    """
    domain_id = rooms.domain_id_of(room)
    domain = db.session.get(Domain, domain_id) if domain_id is not None else None
    return bool(domain and domain.members_may_invite_guests)


def _missing(rights: Right) -> InvitingReason:
    if not rights & Right.FOLDER_READ:
        return InvitingReason.CLOSED
    return InvitingReason.POLICY_OFF if rights & Right.ITEMS_WRITE else InvitingReason.NO_RIGHT


def _knows(account: Account, room: Room) -> bool:
    """Return whether an account sees a room: rights without folder_read are no rights."""
    return bool(rooms.rights_of(account, room) & Right.FOLDER_READ) or rooms.administers(account, room)
