"""Mails to guests and about them: rows with ids; their links are computed when they leave."""

from dataclasses import dataclass

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.errors import Invalid, Refusal
from app.extensions import db
from app.i18n import LANGUAGE_NAMES, language_of
from app.models import Account, Address, Domain, Invitation, Room, RoomKind, RoomMember, now
from app.operations import audit, locks, mail
from app.operations.rooms.people import add_people, write_note
from app.rules import domains, rooms
from app.rules.accounts import addresses as addresse_rules
from app.rules.accounts import names, visibility
from app.rules.guests import policy
from app.rules.guests.policy import InvitationState
from app.rules.rights import Right, scope
from app.transaction import operation

# The mail to an inviter, and what it is about.
WANTED = "invitation_wanted"


def queue_invitation(invitation: Invitation) -> None:
    """Queue the mail with the link to join."""
    invitation.sent_at = now()
    mail.queue_to(
        invitation.address,
        "invitation",
        invitation.language,
        about=("invitation", invitation.id),
        invitation_id=invitation.id,
    )


def queue_wanted(invitation: Invitation) -> None:
    """Queue the mail that tells the inviter of a request for a new invitation.

    It belongs to the request: the state of the invitation's own mail is shown beside it.
    """
    rights = rooms.rights_of(invitation.inviter, invitation.room)
    mail.queue(
        invitation.inviter,
        WANTED,
        about=(WANTED, invitation.id),
        invitation_id=invitation.id,
        is_from_outside=not rights & Right.FOLDER_READ,
    )


def queue_confirmation(invitation: Invitation, guest: Account) -> None:
    """Queue the mail with the link that confirms the address, and how to sign in."""
    invitation.sent_at = now()
    mail.queue(guest, "confirm_address", about=("invitation", invitation.id), account_id=guest.id)


def queue_ending(person: Account, guest: Account, days: int) -> None:
    """Queue the warning that a guest's account ends, to the guest or the sponsor."""
    template = "guest_ends" if person.id == guest.id else "sponsored_guest_ends"
    mail.queue(person, template, about=("account", guest.id), account_id=guest.id, days=days)


def queue_leaving(person: Account, guest: Account, room_id: int, days: int) -> None:
    """Queue the warning that a guest's stay in a room ends."""
    template = "stay_ends" if person.id == guest.id else "sponsored_stay_ends"
    mail.queue(person, template, about=("account", guest.id), account_id=guest.id, room_id=room_id, days=days)


def bring_in_hosted(actor: Account, room: Room, address: str, domain: Domain) -> None:
    """Add the account behind an address of a domain hosted here, or refuse with the way to do it. Error: Invalid.

    Of another organisation's domain nothing is said but that it is hosted here: not whether the address exists.
    """
    if room.group is not None and room.kind is RoomKind.PUBLIC:
        raise Invalid(
            _(
                "This address belongs to this server. To be in this room, the person must be "
                "added to the group %(group)s by an administrator.",
                group=room.group.name,
            ),
            code="hosted_in_group",
        )
    if not policy.may_add_people(actor, room):
        raise Invalid(
            _("This address belongs to this server. An owner of the room can add the person under Members."),
            code="hosted_no_right",
        )
    is_own = domain.id == actor.domain_id or scope.is_server_wide(actor)
    account = _account(address) if is_own else None
    if account is None:
        raise Invalid(
            _("This address belongs to this server. Add the person under Members, or ask an administrator."),
            code="hosted_unknown",
        )
    _add(actor, room, account)


def _add(actor: Account, room: Room, account: Account) -> None:
    try:
        if add_people(actor, room, [account.id]) == 0:
            raise Invalid(_("This person is already in the room."), code="inside")
    except Refusal as refusal:
        raise Invalid(refusal.sentence, code=refusal.code) from refusal


def _account(address: str) -> Account | None:
    """Return the account with an address, or with it as an alias."""
    statement = select(Account).join(Address, Address.account_id == Account.id)
    return db.session.scalars(statement.where(Address.address == address)).unique().one_or_none()


# Addresses of one pasted list.
AT_ONCE = 100
# Characters of one pasted list.
LIST_LENGTH = 20_000
# Addresses that the audit log names.
TOLD = 20


@dataclass(frozen=True)
class InvitationOutcome:
    """Result for one address: invited, added (an account of this server), or refused with a reason."""

    text: str
    address: str
    refusal: Refusal | None = None
    is_account: bool = False


@operation
def invite_guests(
    actor: Account, room: Room, addresses: str, personal_line: str | None = None, language: str | None = None
) -> list[InvitationOutcome]:
    """Invite one or more addresses into a room. Addresses that cannot be invited come back with a reason."""
    policy.require_may_invite_guests(actor, room)
    room = locks.lock_row(room)
    line = names.checked_description(personal_line, field="personal_line")
    language = language if language in LANGUAGE_NAMES else language_of(actor)
    entries = _entries(addresses)
    outcomes = [_outcome(actor, room, entry, line, language) for entry in entries]
    _tell(actor, room, [outcome for outcome in outcomes if outcome.refusal is None])
    return outcomes


def _entries(text: str) -> list[addresse_rules.Pasted]:
    entries = addresse_rules.entries_of(text) if len(text) <= LIST_LENGTH else []
    if not entries:
        raise Invalid(_("Type at least one email address."), code="nobody", field="addresses")
    if len(entries) > AT_ONCE:
        raise Invalid(
            _("%(count)s addresses at most at once.", count=AT_ONCE), code="too_many", field="addresses"
        )
    return entries


def _outcome(
    actor: Account, room: Room, entry: addresse_rules.Pasted, line: str | None, language: str
) -> InvitationOutcome:
    try:
        address = policy.checked_address(entry.address)
        domain = policy.hosted_domain(address)
        if domain is not None:
            bring_in_hosted(actor, room, address, domain)
            return InvitationOutcome(entry.text, address, is_account=True)
        _invite(actor, room, address, line, language)
    except Refusal as refusal:
        return InvitationOutcome(entry.text, entry.address, refusal)
    return InvitationOutcome(entry.text, address)


def _invite(actor: Account, room: Room, address: str, line: str | None, language: str) -> None:
    if not policy.is_allowed_from(policy.policy_domain(room, actor), address):
        raise Invalid(_("Guests from this mail domain are not allowed here."), code="denied")
    guest = _guest(address)
    account = db.session.scalars(
        select(Invitation).where(Invitation.room_id == room.id, Invitation.address == address)
    ).one_or_none()
    if _is_member(room, address):
        raise Invalid(_("This person is already in the room."), code="inside")
    if account is not None and policy.state_of(account, False) in (
        InvitationState.PENDING,
        InvitationState.REGISTERED,
    ):
        raise Invalid(_("This address is already invited."), code="invited")
    _require_space(actor, room)
    _require_room_in_domain(actor, guest)
    invitation = account or Invitation(room_id=room.id, address=address, generation=0)
    _renew(invitation, actor, guest, line, language)


def _require_room_in_domain(actor: Account, guest: Account | None) -> None:
    """Refuse guests beyond the domain's limit.

    A guest whom the inviter knows takes no new place; of any other the answer must not reveal whether they
    exist.
    """
    try:
        domains.require_room_for_guest(actor.domain, with_invited=True)
    except Invalid:
        if guest is None or not visibility.sees(actor, guest):
            raise


def _renew(
    invitation: Invitation, actor: Account, guest: Account | None, line: str | None, language: str
) -> None:
    """Reuse the row of an address and a room; its new generation ends all links made before."""
    invitation.inviter_id = actor.id
    invitation.account_id = guest.id if guest else None
    invitation.personal_line = line
    invitation.language = (guest.language if guest else None) or language
    invitation.generation += 1
    invitation.sent_at, invitation.expires_at = now(), policy.end_of_invitation()
    invitation.registered_at = invitation.accepted_at = invitation.revoked_at = None
    db.session.add(invitation)
    db.session.flush()
    queue_invitation(invitation)


def _require_space(actor: Account, room: Room) -> None:
    """Under the room's lock: a person's open invitations, and a room's guests with those that are invited."""
    is_open = (
        Invitation.accepted_at.is_(None),
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > now(),
    )
    pending = select(func.count()).select_from(Invitation).where(*is_open)
    most = current_app.config["GUEST_INVITATIONS"]
    if db.session.scalar(pending.where(Invitation.inviter_id == actor.id)) >= most:
        raise Invalid(
            _("You have %(count)s unanswered invitations, which is the maximum.", count=most),
            code="pending_limit",
        )
    inside = (
        select(func.count())
        .select_from(RoomMember)
        .join(Account, Account.id == RoomMember.account_id)
        .where(RoomMember.room_id == room.id, RoomMember.is_member, Account.is_guest)
    )
    invited = db.session.scalar(pending.where(Invitation.room_id == room.id)) or 0
    most = current_app.config["GUESTS_PER_ROOM"]
    if (db.session.scalar(inside) or 0) + invited >= most:
        raise Invalid(_("A room has %(count)s guests at most.", count=most), code="room_limit")


def _guest(address: str) -> Account | None:
    """Return the guest of an address who has confirmed it; one who has not may start over."""
    statement = select(Account).where(
        Account.address == address, Account.is_guest, Account.verified_at.is_not(None)
    )
    return db.session.scalars(statement).one_or_none()


def _is_member(room: Room, address: str) -> bool:
    statement = select(RoomMember.id).join(Account, Account.id == RoomMember.account_id)
    mine = (RoomMember.room_id == room.id, RoomMember.is_member, Account.address == address)
    return db.session.scalar(statement.where(*mine)) is not None


def _tell(actor: Account, room: Room, done: list[InvitationOutcome]) -> None:
    invited = [outcome.address for outcome in done if not outcome.is_account]
    if not invited:
        return
    write_note(actor, room, "invited", people=", ".join(invited[:TOLD]), count=len(invited))
    after = {"people": ", ".join(invited[:TOLD]), "count": len(invited)}
    audit.record(actor, "guest.invite", room, after=after, domain_id=rooms.domain_id_of(room))
