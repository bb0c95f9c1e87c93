"""Facts that mails to guests and about them are written from.

The outbox keeps only ids; the mail is made when it leaves.
"""

from collections.abc import Callable

from app import links
from app.errors import NotFound
from app.extensions import db
from app.models import Account, Invitation, Room
from app.queries import settings
from app.rules import password_links
from app.rules.invitations import CONFIRMATION, EXTENSION, INVITATION, guest_of, is_over, token_of

_facts: dict[str, Callable[..., dict]] = {}


def facts_of(template: str, arguments: dict) -> dict:
    """Return all that a mail's template names beside its arguments.

    Error: NotFound, when what it speaks of is no more.
    """
    return _facts[template](**arguments) if template in _facts else {}


def room_label(room: Room) -> str:
    """Return a room as mails name it, with its group's address where it has one: "groupetc@iwdemo.fr - TeamChat"."""
    return f"{room.group.address} - {room.name}" if room.group is not None else room.name


def _about(*templates: str):
    def register(function):
        for template in templates:
            _facts[template] = function
        return function

    return register


@_about("invitation")
def _invitation(invitation_id: int) -> dict:
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None or invitation.revoked_at is not None:
        raise NotFound()
    guest = guest_of(invitation.address)
    return {
        "inviter": invitation.inviter,
        "room_label": room_label(invitation.room),
        "personal_line": invitation.personal_line,
        "is_known": guest is not None and guest.verified_at is not None,
        "until": invitation.expires_at,
        "link": _address("join", links.token(INVITATION, invitation.id, invitation.generation)),
    }


@_about("invitation_wanted")
def _wanted(invitation_id: int, is_from_outside: bool) -> dict:
    """Nothing is left to ask once the inviter was faster. is_from_outside: they administer a room they are not in."""
    invitation = db.session.get(Invitation, invitation_id)
    if invitation is None or not is_over(invitation):
        raise NotFound()
    part = "admin" if is_from_outside else "webmail"
    return {
        "address": invitation.address,
        "room_label": room_label(invitation.room),
        "link": f"{settings.public_url()}/{part}/rooms/{invitation.room_id}/people",
    }


@_about("confirm_address")
def _confirmation(account_id: int) -> dict:
    guest = _guest(account_id)
    return {"guest": guest, "link": _address("join/confirm", token_of(CONFIRMATION, guest))}


@_about("password_link")
def _password_link(account_id: int, is_from_administrator: bool) -> dict:
    account = db.session.get(Account, account_id)
    if account is None or not account.is_active or account.password_link_until is None:
        raise NotFound()
    return {"account": account, "link": _address("password", password_links.token_of(account))}


@_about("guest_ends", "sponsored_guest_ends", "stay_ends", "sponsored_stay_ends")
def _ending(account_id: int, days: int, room_id: int | None = None) -> dict:
    guest = _guest(account_id)
    return {
        "guest": guest,
        "sponsor": db.session.get(Account, guest.sponsor_id) if guest.sponsor_id else None,
        "room_label": room_label(db.session.get(Room, room_id)) if room_id else None,
        "link": _address("join/extend", token_of(EXTENSION, guest)),
    }


def _guest(account_id: int) -> Account:
    guest = db.session.get(Account, account_id)
    if guest is None or not guest.is_guest:
        raise NotFound()
    return guest


def _address(path: str, token: str) -> str:
    return f"{settings.public_url()}/{path}/{token}"
