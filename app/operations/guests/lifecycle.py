"""A guest's time: extended, warned of its end, ended. What is due is found by time alone, so each may run twice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, or_, select, update

from app.errors import Invalid, NotFound
from app.extensions import db
from app.identity import SYSTEM
from app.models import (
    CLOSED,
    AccessScope,
    Account,
    AccountState,
    ContactCard,
    Invitation,
    Room,
    RoomMember,
    now,
)
from app.operations import audit, locks
from app.operations.accounts import erase_account
from app.operations.accounts.editing import write_card
from app.operations.guests.inviting import queue_ending, queue_leaving
from app.operations.rooms.people import write_note
from app.operations.sessions import end_session
from app.queries.sessions import open_sessions
from app.rules import rooms
from app.rules.accounts import names, passwords
from app.rules.guests import policy
from app.rules.guests.links import EXTENSION, guest_by_link
from app.rules.rights import scope
from app.transaction import operation, touch_access

# Guests that one run takes; the next run takes the next.
BATCH = 200
# How long an account without a confirmed address outlives its last invitation.
UNVERIFIED_KEPT = timedelta(days=1)


@operation
def extend_by_link(token: str) -> Account:
    """Extend a guest's account by the link their sponsor was mailed: the sponsor's act. Errors: NotFound, Invalid."""
    guest = guest_by_link(EXTENSION, token)
    if guest is None:
        raise NotFound()
    guest = locks.lock_row(guest)
    sponsor = policy.sponsor_of(guest)
    until = policy.extended_until(guest)
    if guest_by_link(EXTENSION, token) is None or sponsor is None or not sponsor.is_active or until is None:
        raise NotFound()
    return _extend(sponsor, guest, until)


@operation
def extend_guest(actor: Account, guest: Account, until: datetime | None) -> Account:
    """Change the end of a guest's account; None means never, where the domain sets no limit.

    Errors: NotFound; Invalid when the domain does not allow it.
    """
    guest = locks.lock_row(policy.find_guest(actor, guest.id))
    sponsor = policy.sponsor_of(guest)
    if until is not None and until < now():
        raise Invalid(_("This time is in the past."), code="past", field="expires_at")
    if sponsor is not None and policy.within_limit(sponsor.domain, until) != until:
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
        guest = db.session.get_one(Account, member.account_id)
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
        audit.record(SYSTEM, "guest.end", guest, domain_id=policy.sponsor_domain_id(guest))
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
        audit.record(SYSTEM, "guest.forget", guest, domain_id=policy.sponsor_domain_id(guest))
        _forget(guest)
    return len(found)


def _extend(actor: Account, guest: Account, until: datetime | None) -> Account:
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
        domain_id=policy.sponsor_domain_id(guest),
    )
    return guest


def _warn_of_accounts() -> int:
    horizon = now() + timedelta(days=max(policy.WARNED))
    due = (
        select(Account)
        .where(Account.is_guest, Account.verified_at.is_not(None), Account.state.not_in(CLOSED))
        .where(Account.expires_at > now(), Account.expires_at <= horizon)
        .order_by(Account.expires_at)
    )
    count = 0
    for guest in db.session.scalars(due.with_for_update(skip_locked=True)).unique().all():
        end = guest.expires_at
        warning = _due(end, guest.warned_days)
        if end is not None and warning is not None:
            guest.warned_days, days = warning, _days_until(end)
            _to_both(guest, lambda person, guest=guest, days=days: queue_ending(person, guest, days))
            count += 1
    return count


def _warn_of_stays() -> int:
    horizon = now() + timedelta(days=max(policy.WARNED))
    due = select(RoomMember).where(
        RoomMember.is_member, RoomMember.expires_at > now(), RoomMember.expires_at <= horizon
    )
    count = 0
    for member in db.session.scalars(due.with_for_update(skip_locked=True)).all():
        end = member.expires_at
        warning = _due(end, member.warned_days)
        guest = db.session.get_one(Account, member.account_id)
        if end is not None and warning is not None and guest.is_active:
            member.warned_days, days = warning, _days_until(end)
            room_id = member.room_id
            _to_both(
                guest,
                lambda person, guest=guest, room_id=room_id, days=days: queue_leaving(
                    person, guest, room_id, days
                ),
            )
            count += 1
    return count


def _due(end: datetime | None, warned: int | None) -> int | None:
    """Return the warning that is due, as days before the end, None if it was sent."""
    if end is None:
        return None
    left = end - now()
    passed = [days for days in policy.WARNED if left <= timedelta(days=days)]
    if not passed or (warned is not None and warned <= min(passed)):
        return None
    return min(passed)


def _days_until(end: datetime) -> int:
    """Return the days that are left, as mails count them: a day that has begun counts."""
    return ceil((end - now()) / timedelta(days=1))


def _to_both(guest: Account, queue: Callable) -> None:
    queue(guest)
    sponsor = policy.sponsor_of(guest)
    if sponsor is not None and sponsor.is_active:
        queue(sponsor)


def _note_end(guest: Account, member: RoomMember) -> None:
    room = db.session.get_one(Room, member.room_id)
    write_note(guest, room, "ended")
    audit.record(
        SYSTEM,
        "guest.leave",
        room,
        before={"people": guest.address},
        domain_id=rooms.domain_id_of(room),
    )


def _forget(guest: Account) -> None:
    """Delete an account that was never used; its address is free again."""
    for invitation in db.session.scalars(select(Invitation).where(Invitation.account_id == guest.id)):
        invitation.account_id = invitation.registered_at = None
    erase_account(SYSTEM, guest)


# What of a guest's card stands on the page of their information.
CARD = ("first_name", "last_name", "notes")


@operation
def update_guest(actor: Account, guest: Account, values: dict, seen_version: int | None = None) -> Account:
    """Change a guest: all values or none.

    values may hold name, language, state, first_name, last_name, notes, expires_at, password, and sponsor, an account.
    Errors: NotFound, Invalid, Conflict.
    """
    guest = _locked(actor, guest, seen_version)
    values = dict(values)
    if values.get("sponsor"):
        change_sponsor(actor, guest, values["sponsor"])
    if "expires_at" in values and values["expires_at"] != guest.expires_at:
        extend_guest(actor, guest, values["expires_at"])
    if values.get("password"):
        set_guest_password(actor, guest, values["password"])
    wanted = {
        name: check(values[name])
        for name, check in (
            ("name", names.checked_guest_name),
            ("language", names.checked_language),
            ("state", AccountState),
        )
        if name in values
    }
    before, after = audit.changes(guest, wanted)
    locks.apply_values(guest, after)
    write_card(actor, guest, {name: values[name] for name in CARD if name in values})
    if "state" in after:
        _apply_state(guest)
    if after:
        _record(actor, guest, "guest.update", before, after)
    return guest


@operation
def update_guest_card(
    actor: Account, guest: Account, values: dict, seen_version: int | None = None
) -> ContactCard:
    """Write on a guest's card. Errors: NotFound, Invalid, Conflict."""
    return write_card(actor, _locked(actor, guest), values, seen_version)


@operation
def set_guest_password(actor: Account, guest: Account, password: str) -> Account:
    """Give a guest a new password; every device of theirs must sign in again. Error: Invalid."""
    guest = _locked(actor, guest)
    guest.password_hash = passwords.hash_new_password(password, name=guest.name, address=guest.address)
    _sign_out(guest)
    _record(actor, guest, "guest.password")
    return guest


@operation
def suspend_guest(actor: Account, guest: Account) -> Account:
    """Keep a guest from signing in, everywhere and at once; their rooms and words stay."""
    return update_guest(actor, guest, {"state": AccountState.DISABLED})


@operation
def change_sponsor(actor: Account, guest: Account, sponsor: Account) -> Account:
    """Make another account the sponsor of a guest. Errors: NotFound, Invalid.

    The link to extend that was mailed to the former sponsor ends; the one that confirms an address does not.
    """
    guest = _locked(actor, guest)
    sponsor = scope.find_account(actor, sponsor.id)
    if not sponsor.is_active:
        raise Invalid(
            _("This account cannot sponsor a guest: it is not active."), code="inactive", field="sponsor"
        )
    before = policy.sponsor_of(guest)
    guest.sponsor_id = sponsor.id
    if guest.verified_at is not None:
        guest.link_generation += 1
    named = {"sponsor": before.address if before else None}
    _record(actor, guest, "guest.sponsor", named, {"sponsor": sponsor.address})
    return guest


@operation
def revoke_guest_session(actor: Account, guest: Account, session_id: int) -> None:
    """Sign one device of a guest out. Error: NotFound."""
    guest = _locked(actor, guest)
    session = next((candidate for candidate in open_sessions(guest) if candidate.id == session_id), None)
    if session is None:
        raise NotFound()
    end_session(session)
    _record(actor, guest, "session.revoke", after={"session": session_id})


@operation
def delete_guest(actor: Account, guest: Account) -> None:
    """Delete a guest from the server: their words stay, signed as a deleted guest's; their address is free again."""
    guest = _locked(actor, guest)
    mine = update(Invitation).where(Invitation.account_id == guest.id)
    waiting = mine.where(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    db.session.execute(waiting.values(revoked_at=now(), generation=Invitation.generation + 1))
    db.session.execute(mine.values(account_id=None))
    guest.link_generation += 1
    domain_id = policy.sponsor_domain_id(guest)
    _record(actor, guest, "guest.delete", {"name": guest.name, "address": guest.address}, domain_id=domain_id)
    erase_account(actor, guest)


def _locked(actor: Account, guest: Account, seen_version: int | None = None) -> Account:
    guest = locks.lock_row(policy.find_guest(actor, guest.id), seen_version)
    if guest.state is AccountState.DELETED:
        raise NotFound()
    return guest


def _apply_state(guest: Account) -> None:
    touch_access(AccessScope.ACCOUNT, guest.id)
    if guest.state in CLOSED:
        _sign_out(guest)


def _sign_out(guest: Account) -> None:
    for session in open_sessions(guest):
        end_session(session)


def _record(
    actor: Account,
    guest: Account,
    act: str,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    domain_id: int | None = None,
) -> None:
    domain_id = domain_id or policy.sponsor_domain_id(guest)
    audit.record(actor, act, guest, before=before, after=after, domain_id=domain_id)
