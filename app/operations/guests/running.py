"""Guests run by administrators: described, suspended, given a password or another sponsor, deleted."""

from flask_babel import gettext as _
from sqlalchemy import update

from app.errors import Invalid, NotFound
from app.extensions import db
from app.models import CLOSED, AccessScope, Account, AccountState, ContactCard, Invitation, now
from app.operations import audit, versions
from app.operations.accounts import erase_account
from app.operations.accounts.cards import write_card
from app.operations.guests.life import extend_guest
from app.operations.sessions import end_session
from app.queries.sessions import open_sessions
from app.rules import guests, names, passwords, scope
from app.transaction import operation, touch_access

CARD = ("first_name", "last_name", "notes")
"""What of a guest's card stands on the page of their information."""


@operation
def update_guest(actor, guest: Account, values: dict, seen_version: int | None = None) -> Account:
    """Change a guest. values may hold name, language, state, first_name, last_name, notes, expires_at, password, and
    sponsor, an account. All of it is saved, or nothing. Errors: NotFound, Invalid, Conflict."""
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
    versions.apply_values(guest, after)
    write_card(actor, guest, {name: values[name] for name in CARD if name in values})
    if "state" in after:
        _apply_state(guest)
    if after:
        _record(actor, guest, "guest.update", before, after)
    return guest


@operation
def update_guest_card(actor, guest: Account, values: dict, seen_version: int | None = None) -> ContactCard:
    """Write on a guest's card. Errors: NotFound, Invalid, Conflict."""
    return write_card(actor, _locked(actor, guest), values, seen_version)


@operation
def set_guest_password(actor, guest: Account, password: str) -> Account:
    """Give a guest a new password; every device of theirs must sign in again. Error: Invalid."""
    guest = _locked(actor, guest)
    guest.password_hash = passwords.hashed_new(password, name=guest.name, address=guest.address)
    _sign_out(guest)
    _record(actor, guest, "guest.password")
    return guest


@operation
def suspend_guest(actor, guest: Account) -> Account:
    """Keep a guest from signing in, everywhere and at once; their rooms and words stay."""
    return update_guest(actor, guest, {"state": AccountState.DISABLED})


@operation
def change_sponsor(actor, guest: Account, sponsor: Account) -> Account:
    """Have another account answer for a guest. The link to extend, which the former one was mailed, ends; the one that
    confirms an address does not. Errors: NotFound, Invalid."""
    guest = _locked(actor, guest)
    sponsor = scope.find_account(actor, sponsor.id)
    if not sponsor.is_active:
        raise Invalid(
            _("This account cannot answer for a guest: it is not active."), code="inactive", field="sponsor"
        )
    before = guests.sponsor_of(guest)
    guest.sponsor_id = sponsor.id
    if guest.verified_at is not None:
        guest.link_generation += 1
    named = {"sponsor": before.address if before else None}
    _record(actor, guest, "guest.sponsor", named, {"sponsor": sponsor.address})
    return guest


@operation
def revoke_guest_session(actor, guest: Account, session_id: int) -> None:
    """Sign one device of a guest out. Error: NotFound."""
    guest = _locked(actor, guest)
    session = next((one for one in open_sessions(guest) if one.id == session_id), None)
    if session is None:
        raise NotFound()
    end_session(session)
    _record(actor, guest, "session.revoke", after={"session": session_id})


@operation
def delete_guest(actor, guest: Account) -> None:
    """Delete a guest from the server: their words stay, signed as a deleted guest's; their address is free again."""
    guest = _locked(actor, guest)
    mine = update(Invitation).where(Invitation.account_id == guest.id)
    waiting = mine.where(Invitation.accepted_at.is_(None), Invitation.revoked_at.is_(None))
    db.session.execute(waiting.values(revoked_at=now(), generation=Invitation.generation + 1))
    db.session.execute(mine.values(account_id=None))
    guest.link_generation += 1
    domain_id = guests.sponsor_domain_id(guest)
    _record(actor, guest, "guest.delete", {"name": guest.name, "address": guest.address}, domain_id=domain_id)
    erase_account(actor, guest)


def _locked(actor, guest: Account, seen_version: int | None = None) -> Account:
    guest = versions.lock_row(guests.find_guest(actor, guest.id), seen_version)
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


def _record(actor, guest: Account, act: str, before=None, after=None, domain_id=None) -> None:
    domain_id = domain_id or guests.sponsor_domain_id(guest)
    audit.record(actor, act, guest, before=before, after=after, domain_id=domain_id)
