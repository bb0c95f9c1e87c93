"""State of outgoing mails."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app import links
from app.errors import NotFound
from app.extensions import db
from app.models import Account, Invitation, MailFailure, OutgoingMail, Room, WorkState, now
from app.queries.listing import Listing, ListQuery
from app.queries.paging import Page, keyset
from app.rules.accounts import addresses, passwords
from app.rules.guests.links import CONFIRMATION, EXTENSION, INVITATION, guest_of, is_over, token_of
from app.rules.server import settings


@dataclass(frozen=True)
class MailState:
    """State of a mail. due_at: the next attempt while it waits; finished_at: when it left or was given up."""

    id: int
    state: WorkState
    attempts: int
    due_at: datetime
    finished_at: datetime | None
    failure: MailFailure | None
    last_error: str | None


def state_of(kind: str, about_id: int) -> MailState | None:
    """Return the state of the latest mail about an object ("invitation", its id).

    None if there was none lately.
    """
    return states_of(kind, [about_id]).get(about_id)


def states_of(kind: str, about_ids: Iterable[int]) -> dict[int, MailState]:
    """Return the states of the latest mails about several objects, by id. One statement."""
    latest = (
        select(func.max(OutgoingMail.id))
        .where(OutgoingMail.about_kind == kind, OutgoingMail.about_id.in_(list(about_ids)))
        .group_by(OutgoingMail.about_id)
    )
    mails = db.session.scalars(select(OutgoingMail).where(OutgoingMail.id.in_(latest)))
    return {mail.about_id: _state(mail) for mail in mails if mail.about_id is not None}


def _state(mail: OutgoingMail) -> MailState:
    return MailState(
        mail.id, mail.state, mail.attempts, mail.due_at, mail.finished_at, mail.failure, mail.last_error
    )


@dataclass(frozen=True)
class OutboxRow:
    """A mail as the outbox lists it. language: of its text; is_leaving: whether a worker holds it now."""

    id: int
    recipient: str
    template: str
    language: str
    created_at: datetime
    fares: MailState
    is_leaving: bool


def outbox(query: ListQuery) -> Listing:
    """Return the outbox, the latest mail first. Two statements.

    It can be limited to a state, a template, or a recipient's address or its beginning.
    """
    statement = select(OutgoingMail)
    for name, value in query.filters:
        statement = statement.where(getattr(OutgoingMail, name) == value)
    if query.search:
        beginning = addresses.normalise(query.search)
        statement = statement.where(OutgoingMail.recipient.startswith(beginning, autoescape=True))
    page = keyset(statement, (OutgoingMail.id,), cursor=query.cursor, descending=True)
    total = db.session.scalar(statement.with_only_columns(func.count(OutgoingMail.id))) or 0
    return Listing(Page([_row(row[0]) for row in page.rows], page.previous, page.next), total)


def mail_counts() -> dict[WorkState, int]:
    """Count the mails in each state. One statement."""
    statement = select(OutgoingMail.state, func.count()).group_by(OutgoingMail.state)
    return dict(db.session.execute(statement).all())


def find_mail(mail_id: int) -> OutboxRow:
    """Return one mail of the outbox. Error: NotFound."""
    outgoing = db.session.get(OutgoingMail, mail_id)
    if outgoing is None:
        raise NotFound()
    return _row(outgoing)


def arguments_of(mail_id: int) -> dict:
    """Return the arguments that a mail's text is made from."""
    return json.loads(db.session.get_one(OutgoingMail, mail_id).arguments)


def _row(mail: OutgoingMail) -> OutboxRow:
    is_leaving = (
        mail.leased_until is not None and mail.leased_until > now() and mail.state is WorkState.WAITING
    )
    return OutboxRow(
        mail.id, mail.recipient, mail.template, mail.language, mail.created_at, _state(mail), is_leaving
    )


_facts: dict[str, Callable[..., dict]] = {}


def facts_of(template: str, arguments: dict) -> dict:
    """Return all that a mail's template names beside its arguments.

    Error: NotFound, when what it speaks of is no more.
    """
    return _facts[template](**arguments) if template in _facts else {}


def room_label(room: Room) -> str:
    """Return a room as mails name it, with its group's address where it has one: "groupetc@iwdemo.fr - TeamChat"."""
    return f"{room.group.address} - {room.name}" if room.group is not None else room.name


def _about(*templates: str) -> Callable:
    def register(function: Callable) -> Callable:
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
def _password_link(account_id: int, **_unused: Any) -> dict:
    account = db.session.get(Account, account_id)
    if account is None or not account.is_active or account.password_link_until is None:
        raise NotFound()
    return {"account": account, "link": _address("password", passwords.password_link_token(account))}


@_about("guest_ends", "sponsored_guest_ends", "stay_ends", "sponsored_stay_ends")
def _ending(account_id: int, room_id: int | None = None, **_unused: Any) -> dict:
    guest = _guest(account_id)
    return {
        "guest": guest,
        "sponsor": db.session.get(Account, guest.sponsor_id) if guest.sponsor_id else None,
        "room_label": room_label(db.session.get_one(Room, room_id)) if room_id else None,
        "link": _address("join/extend", token_of(EXTENSION, guest)),
    }


def _guest(account_id: int) -> Account:
    guest = db.session.get(Account, account_id)
    if guest is None or not guest.is_guest:
        raise NotFound()
    return guest


def _address(path: str, token: str) -> str:
    return f"{settings.public_url()}/{path}/{token}"
