"""Copied invitation links: they admit nobody by themselves and reveal no account."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import links
from app.extensions import db
from app.models import AccountState, Invitation, OutgoingMail, RoomMember, now
from app.operations import guests
from app.rules.guests.links import INVITATION
from tests.support import factories
from tests.support.factories import PASSWORD

FORM = {"name": "Faux", "password": PASSWORD, "confirmation": PASSWORD}
PASSING = re.compile(r'name="csrf[^>]*>|nonce": "[^"]*"|nonce="[^"]*"', re.I)
KINDS = ("unknown", "unconfirmed", "known", "suspended", "ended")


@pytest.fixture
def invitation(people) -> Invitation:
    guests.invite_guests(people.arthur, people.room, "bt@darnis.com")
    return db.session.scalars(select(Invitation)).one()


def make_guest(people, kind: str = "known"):
    values = {
        "unconfirmed": {"verified_at": None},
        "suspended": {"state": AccountState.DISABLED},
        "ended": {"expires_at": now() - timedelta(days=1)},
    }.get(kind, {})
    return factories.make_account(people.domain, "Bruno", address="bt@darnis.com", is_guest=True, **values)


def copied(people, invitation) -> str:
    return "/join/" + guests.copy_invitation_link(people.arthur, invitation).rpartition("/")[2]


def mails() -> int:
    return len(db.session.scalars(select(OutgoingMail.id)).all())


def members(people) -> int:
    return db.session.query(RoomMember).filter_by(room_id=people.room.id, is_member=True).count()


def answers_to(people, browser, page: str, count_statements) -> list:
    """Return the answer of each entry point, and its number of statements."""
    told = []
    for method, path, data in (
        ("GET", page, None),
        ("POST", page, FORM),
        ("POST", f"{page}/enter", {}),
        ("POST", f"{page}/mail", {}),
        ("POST", f"{page}/again", {}),
        ("GET", page, None),
    ):
        with count_statements() as seen:
            answer = browser.open(path, method=method, data=data)
        told.append((path, answer.status_code, answer.location, PASSING.sub("", answer.text), len(seen)))
    return told


def test_whoever_holds_it_learns_nothing_of_an_account(app, people, client_of, invitation, count_statements):
    page, told = copied(people, invitation), {}
    for reader in (app.test_client, lambda: client_of(people.arthur)):
        for kind in KINDS:
            guest = make_guest(people, kind) if kind != "unknown" else None
            invitation.account_id = guest.id if kind == "known" else None
            invitation.sent_at = now() - timedelta(hours=1)
            browser = reader()
            browser.get("/sign-in")
            told[kind] = answers_to(people, browser, page, count_statements)
            if guest is not None:
                invitation.account_id = None
                db.session.query(factories.Address).filter_by(account_id=guest.id).delete()
                guest.address = f"before{guest.id}@darnis.com"
        for kind in KINDS:
            assert told[kind] == told["unknown"], kind
    assert members(people) == 0


def test_it_pulls_no_known_guest_into_the_room(visitor, people, client_of, invitation):
    make_guest(people)
    page = copied(people, invitation)
    for browser in (visitor, client_of(people.arthur), client_of(people.jean)):
        assert browser.post(f"{page}/enter").location.endswith(page)
    assert members(people) == 0 and invitation.accepted_at is None


def test_the_guest_signs_in_comes_back_and_joins(visitor, people, invitation):
    guest, page = make_guest(people), copied(people, invitation)
    assert f"/sign-in?next={page}" in visitor.get(page).text
    form = {"address": guest.address, "password": PASSWORD, "next": page}
    assert visitor.post("/sign-in", data=form).location == page
    assert "Join the team" in visitor.get(page).text and members(people) == 0
    assert visitor.post(f"{page}/enter").location.endswith(f"/webmail/rooms/{people.room.id}")
    assert members(people) == 1 and visitor.get(page).status_code == 410


def test_an_account_begins_with_a_mail_to_the_address(visitor, people, invitation):
    page = copied(people, invitation)
    assert f"{page}/mail" in visitor.get(page).text
    visitor.post(page, data=FORM)
    assert guests_named("bt@darnis.com") == 0 and mails() == 1
    assert "bt@darnis.com" in visitor.post(f"{page}/mail").text and mails() == 1
    invitation.sent_at = now() - timedelta(minutes=6)
    assert "bt@darnis.com" in visitor.post(f"{page}/mail").text and mails() == 2
    assert visitor.post(f"{page}/mail").status_code == 200 and mails() == 2
    mailed = links.token(INVITATION, invitation.id, invitation.generation)
    assert visitor.post(f"/join/{mailed}", data=FORM).status_code == 303
    assert guests_named("bt@darnis.com") == 1


def test_it_ends_with_the_invitation(visitor, people, invitation):
    page = copied(people, invitation)
    guests.revoke_invitation(people.arthur, invitation)
    assert visitor.get(page).status_code == 410
    assert visitor.post(f"{page}/mail").status_code == 303 and mails() == 1


def guests_named(address: str) -> int:
    return db.session.query(factories.Account).filter_by(address=address, is_guest=True).count()
