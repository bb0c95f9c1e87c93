"""Joining: create an account from an invitation, confirm the address, enter rooms.

An account that was never confirmed belongs to nobody yet: the holder of an invitation to its address starts
it over.
"""

from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select

from app.errors import Invalid, NotFound, TooMany
from app.extensions import db
from app.identity import origin
from app.models import AccessScope, Account, Invitation, Room, RoomMember, RoomState, now
from app.operations import audit, locks
from app.operations.accounts import addresses as space
from app.operations.accounts.addresses import ensure_internal_domain
from app.operations.guests.inviting import queue_confirmation, queue_invitation
from app.operations.messages.reading import begin_reading_here
from app.operations.rooms.people import write_note
from app.operations.sessions import count_attempt, reset_attempts
from app.rules import domains, rooms
from app.rules.accounts import names, passwords
from app.rules.guests import policy
from app.rules.guests.links import CONFIRMATION, LinkTarget, OpenedLink, guest_by_link, open_link
from app.transaction import operation, touch_access

# Between two mails that confirm an address.
PAUSE = timedelta(minutes=1)
# Between two mails of an invitation that a stranger with a copied link may cause.
LONG_PAUSE = timedelta(minutes=5)


def register_guest(token: str, *, name: str, password: str, language: str) -> Account:
    """Make the account of an invited person; it can be used once the address is confirmed. Errors: Invalid, NotFound.

    The password is hashed before anything is locked.
    """
    opened = open_link(token)
    if opened.opens is not LinkTarget.REGISTER or opened.invitation is None:
        raise NotFound()
    name = names.checked_guest_name(name)
    kept = passwords.hash_new_password(password, name=name, address=opened.invitation.address)
    return _register(token, name, kept, language)


@operation
def send_confirmation_again(token: str) -> None:
    """Send the mail that confirms an address once more, to the holder of the invitation. Errors: NotFound, TooMany."""
    opened = open_link(token)
    if opened.opens is not LinkTarget.CONFIRM or opened.guest is None:
        raise NotFound()
    invitation = locks.lock_row(opened.invitation)
    if invitation.sent_at > now() - PAUSE:
        raise TooMany(_("It was sent a moment ago. Please wait a minute."), retry_after=PAUSE.seconds)
    queue_confirmation(invitation, opened.guest)
    audit.record(opened.guest, "guest.confirmation", opened.guest)


@operation
def mail_invitation(token: str) -> Invitation:
    """Mail the invitation once more, for who holds a copied link; a mail of a moment ago is the one. Error: NotFound.

    Whether the address has an account changes neither what is answered nor what the inviter sees: only the mail, which
    its owner alone reads, says what the next step is.
    """
    _opened, invitation = _locked(token, LinkTarget.ASK)
    if invitation.sent_at <= now() - LONG_PAUSE:
        queue_invitation(invitation)
        _record_mail(invitation)
    return invitation


def confirm_address(token: str, password: str | None) -> Account:
    """Confirm a guest's address, and enter the rooms they were invited to. Errors: NotFound, Invalid, TooMany.

    password: the one the account was made with; None in the browser that has made it. Whoever only knows the
    invitation, and chose a password in the name of somebody else, is found out here.
    """
    guest = guest_by_link(CONFIRMATION, token)
    if guest is None or guest.verified_at is not None:
        raise NotFound()
    if password is not None:
        count_attempt(guest.address, origin().ip)
        if not passwords.verify_password(guest.password_hash, password):
            raise Invalid(_("This is not the password of this account."), code="wrong", field="password")
        reset_attempts(guest.address, origin().ip)
    return _confirm(guest)


@operation
def join_room(token: str, reader: Account | None = None) -> Invitation:
    """Bring a guest with an account into the room of an invitation. Error: NotFound.

    reader: the signed-in account; a link that was not mailed admits nobody else.
    """
    opened, invitation = _locked(token, LinkTarget.JOIN, reader)
    guest = opened.guest
    if guest is None:
        raise NotFound()
    invitation.account_id = guest.id
    invitation.generation += 1
    if not _enter(invitation, guest):
        raise NotFound()
    return invitation


@operation
def _register(token: str, name: str, kept: str, language: str) -> Account:
    opened, invitation = _locked(token, LinkTarget.REGISTER)
    if opened.guest is None:
        domains.require_room_for_guest(invitation.inviter.domain)
    guest = opened.guest or _new_guest(invitation)
    guest.name, guest.password_hash, guest.language = name, kept, language
    guest.sponsor_id = invitation.inviter_id
    guest.expires_at = policy.end_of_account(policy.policy_domain(invitation.room, invitation.inviter))
    guest.link_generation += 1
    if opened.guest is None:
        space.store_with_address(guest, guest.address)
    invitation.account_id, invitation.registered_at = guest.id, now()
    invitation.generation += 1
    invitation.expires_at = policy.end_of_invitation()
    queue_confirmation(invitation, guest)
    about = {"address": guest.address, "name": name, "sponsor": invitation.inviter.address}
    audit.record(guest, "guest.register", guest, after=about, domain_id=invitation.inviter.domain_id)
    return guest


def _locked(token: str, target: LinkTarget, reader: Account | None = None) -> tuple[OpenedLink, Invitation]:
    """Return what a link opens, and its invitation under the lock.

    The state is read again under the lock, since the invitation may have been revoked meanwhile.
    """
    opened = open_link(token, reader)
    if opened.opens is not target:
        raise NotFound()
    invitation = locks.lock_row(opened.invitation)
    opened = open_link(token, reader)
    if opened.opens is not target:
        raise NotFound()
    return opened, invitation


def _record_mail(invitation: Invitation) -> None:
    """Record a mail that was asked for without signing in: the audit entry has the network address."""
    audit.record(
        None,
        "invitation.mail",
        kind="room",
        id=invitation.room_id,
        name=invitation.room.name,
        domain_id=rooms.domain_id_of(invitation.room),
        after={"address": invitation.address},
    )


def _new_guest(invitation: Invitation) -> Account:
    """Return guests live in the internal domain, under their own address."""
    domain = ensure_internal_domain()
    guest = Account(domain_id=domain.id, address=invitation.address, is_guest=True, link_generation=0)
    guest.domain = domain
    return guest


@operation
def _confirm(guest: Account) -> Account:
    guest = locks.lock_row(guest)
    if guest.verified_at is not None:
        raise NotFound()
    guest.verified_at = now()
    guest.link_generation += 1
    touch_access(AccessScope.ACCOUNT, guest.id)
    audit.record(guest, "guest.confirm", guest, domain_id=policy.sponsor_domain_id(guest))
    waiting = select(Invitation).where(
        Invitation.account_id == guest.id,
        Invitation.registered_at.is_not(None),
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now(),
    )
    for invitation in db.session.scalars(waiting.order_by(Invitation.room_id)).all():
        if not _enter(invitation, guest):
            # Sent again once the room is open again, it finds a guest who has an account.
            invitation.registered_at = None
    return guest


def _enter(invitation: Invitation, guest: Account) -> bool:
    """Let a guest into a room, unless it was archived or deleted meanwhile.

    Their inviters read a note about it.
    """
    room = locks.lock_row(db.session.get(Room, invitation.room_id))
    if room.state is not RoomState.ACTIVE:
        return False
    mine = (RoomMember.room_id == room.id, RoomMember.account_id == guest.id)
    member = db.session.scalars(select(RoomMember).where(*mine)).one_or_none()
    if member is None:
        member = RoomMember(room_id=room.id, account_id=guest.id)
        db.session.add(member)
    member.is_member, member.is_hidden, member.joined_seq = True, False, room.last_seq
    member.expires_at, member.warned_days = policy.end_in_room(room), None
    invitation.accepted_at = now()
    if not room.guests_see_history:
        begin_reading_here(room.id, [guest.id])
    touch_access(AccessScope.ACCOUNT, guest.id)
    write_note(guest, room, "joined")
    audit.record(
        guest,
        "guest.join",
        room,
        after={"address": guest.address, "inviter": invitation.inviter.address},
        domain_id=rooms.domain_id_of(room),
    )
    return True
