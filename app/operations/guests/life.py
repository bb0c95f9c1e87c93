"""A guest's time: extended, warned of its end, ended. What is due is found by time alone, so each may run twice."""

from datetime import datetime, timedelta
from math import ceil

from flask_babel import gettext as _
from sqlalchemy import exists, or_, select

from app.errors import Invalid, NotFound
from app.extensions import db
from app.identity import SYSTEM
from app.models import (
    CLOSED,
    AccessScope,
    Account,
    Invitation,
    Room,
    RoomMember,
    now,
)
from app.operations import audit, versions
from app.operations.accounts import erase_account
from app.operations.guests.letters import queue_ending, queue_leaving
from app.operations.rooms.notes import write_note
from app.operations.sessions import end_session
from app.queries.sessions import open_sessions
from app.rules import guests, managing
from app.rules.invitations import EXTENSION, guest_by_link
from app.transaction import operation, touch_access

BATCH = 200
"""Guests that one run takes; the next run takes the next."""
UNVERIFIED_KEPT = timedelta(days=1)
"""How long an account without a confirmed address outlives its last invitation."""


@operation
def extend_by_link(token: str) -> Account:
    """Extend a guest's account by the link their sponsor was mailed: the sponsor's act. Errors: NotFound, Invalid."""
    guest = guest_by_link(EXTENSION, token)
    if guest is None:
        raise NotFound()
    guest = versions.lock_row(guest)
    sponsor = guests.sponsor_of(guest)
    until = guests.extended_until(guest)
    if guest_by_link(EXTENSION, token) is None or sponsor is None or not sponsor.is_active or until is None:
        raise NotFound()
    return _extend(sponsor, guest, until)


@operation
def extend_guest(actor, guest: Account, until: datetime | None) -> Account:
    """Have a guest's account end at another moment; None: never, where the domain sets no limit. Errors: NotFound,
    Invalid when the domain does not let it last so long."""
    guest = versions.lock_row(guests.find_guest(actor, guest.id))
    sponsor = guests.sponsor_of(guest)
    if until is not None and until < now():
        raise Invalid(_("This moment is over."), code="past", field="expires_at")
    if sponsor is not None and guests.within_limit(sponsor.domain, until) != until:
        raise Invalid(
            _(
                "In this domain guests stay for %(days)s days at most.",
                days=sponsor.domain.guest_days_longest,
            ),
            code="too_long",
            field="expires_at",
        )
    return _extend(actor, guest, until)


@operation(audited=False)
def warn_of_ends() -> int:
    """Warn guests and those who answer for them, 14, 5 and 1 days before an account or a stay in a room ends."""
    return _warn_of_accounts() + _warn_of_stays()


@operation
def end_stays() -> int:
    """Take guests out of the rooms whose time for them is over."""
    due = (
        select(RoomMember)
        .where(RoomMember.expires_at <= now(), RoomMember.is_member)
        .order_by(RoomMember.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    members = db.session.scalars(due).all()
    for member in members:
        member.is_member, member.expires_at = False, None
        guest = db.session.get(Account, member.account_id)
        touch_access(AccessScope.ACCOUNT, guest.id)
        _note_end(guest, member)
    return len(members)


@operation
def end_accounts() -> int:
    """Sign out guests whose account has ended, open sockets included. It stays, and can be extended."""
    due = (
        select(Account)
        .where(Account.is_guest, Account.expires_at <= now(), Account.state.not_in(CLOSED))
        .where(or_(Account.warned_days.is_(None), Account.warned_days > 0))
        .order_by(Account.expires_at)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    ended = db.session.scalars(due).unique().all()
    for guest in ended:
        guest.warned_days = 0
        for session in open_sessions(guest):
            end_session(session)
        touch_access(AccessScope.ACCOUNT, guest.id)
        audit.record(SYSTEM, "guest.end", guest, domain_id=guests.sponsor_domain_id(guest))
    return len(ended)


@operation
def end_unverified() -> int:
    """Take away accounts whose address was never confirmed and that no open invitation waits for."""
    waiting = exists().where(
        Invitation.account_id == Account.id,
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now() - UNVERIFIED_KEPT,
    )
    due = select(Account).where(Account.is_guest, Account.verified_at.is_(None), Account.state.not_in(CLOSED))
    found = (
        db.session.scalars(due.where(~waiting).limit(BATCH).with_for_update(skip_locked=True)).unique().all()
    )
    for guest in found:
        audit.record(SYSTEM, "guest.forget", guest, domain_id=guests.sponsor_domain_id(guest))
        _forget(guest)
    return len(found)


def _extend(actor, guest: Account, until: datetime | None) -> Account:
    before, guest.expires_at = guest.expires_at, until
    guest.warned_days = None
    guest.link_generation += 1
    touch_access(AccessScope.ACCOUNT, guest.id)
    audit.record(
        actor,
        "guest.extend",
        guest,
        before={"expires_at": before},
        after={"expires_at": until},
        domain_id=guests.sponsor_domain_id(guest),
    )
    return guest


def _warn_of_accounts() -> int:
    horizon = now() + timedelta(days=max(guests.WARNED))
    due = (
        select(Account)
        .where(Account.is_guest, Account.verified_at.is_not(None), Account.state.not_in(CLOSED))
        .where(Account.expires_at > now(), Account.expires_at <= horizon)
        .order_by(Account.expires_at)
    )
    count = 0
    for guest in db.session.scalars(due.with_for_update(skip_locked=True)).unique().all():
        warning = _due(guest.expires_at, guest.warned_days)
        if warning is not None:
            guest.warned_days, days = warning, _days_until(guest.expires_at)
            _to_both(guest, lambda person, guest=guest, days=days: queue_ending(person, guest, days))
            count += 1
    return count


def _warn_of_stays() -> int:
    horizon = now() + timedelta(days=max(guests.WARNED))
    due = select(RoomMember).where(
        RoomMember.is_member, RoomMember.expires_at > now(), RoomMember.expires_at <= horizon
    )
    count = 0
    for member in db.session.scalars(due.with_for_update(skip_locked=True)).all():
        warning = _due(member.expires_at, member.warned_days)
        guest = db.session.get(Account, member.account_id)
        if warning is not None and guest.is_active:
            member.warned_days, days = warning, _days_until(member.expires_at)
            room_id = member.room_id
            _to_both(
                guest,
                lambda person, guest=guest, room_id=room_id, days=days: queue_leaving(
                    person, guest, room_id, days
                ),
            )
            count += 1
    return count


def _due(end: datetime, warned: int | None) -> int | None:
    """Which warning is due, by its days before the end; None, when it was sent."""
    left = end - now()
    reached = [days for days in guests.WARNED if left <= timedelta(days=days)]
    if not reached or (warned is not None and warned <= min(reached)):
        return None
    return min(reached)


def _days_until(end: datetime) -> int:
    """The days that are left, as a mail tells them: one that has begun counts."""
    return ceil((end - now()) / timedelta(days=1))


def _to_both(guest: Account, queue) -> None:
    queue(guest)
    sponsor = guests.sponsor_of(guest)
    if sponsor is not None and sponsor.is_active:
        queue(sponsor)


def _note_end(guest: Account, member: RoomMember) -> None:
    room = db.session.get(Room, member.room_id)
    write_note(guest, room, "ended")
    audit.record(
        SYSTEM,
        "guest.leave",
        room,
        before={"people": guest.address},
        domain_id=managing.domain_id_of(room),
    )


def _forget(guest: Account) -> None:
    """An account that nobody ever used; its address is free again."""
    for invitation in db.session.scalars(select(Invitation).where(Invitation.account_id == guest.id)):
        invitation.account_id = invitation.registered_at = None
    erase_account(SYSTEM, guest)
