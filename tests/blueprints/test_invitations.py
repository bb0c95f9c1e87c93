"""Open invitations in WebAdmin: search, sending again, copying, revoking, and deleted inviters."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import AccountState, Invitation, MailFailure, OutgoingMail, Role, RoomState, WorkState, now
from app.operations import guests
from app.rules import rooms as room_rules
from tests.support import factories

LIST = "/admin/guests/invitations"


@pytest.fixture
def admin(people, client_of):
    return client_of(people.domain_admin)


@pytest.fixture
def invitation(people) -> Invitation:
    guests.invite_guests(people.arthur, people.room, "zoe@darnis.com")
    one = db.session.scalars(select(Invitation)).one()
    one.sent_at = now() - timedelta(minutes=2)
    db.session.commit()
    return one


def stored(row):
    return db.session.get(type(row), row.id, populate_existing=True)


def test_who_is_invited_is_found_with_state_and_mail(admin, invitation):
    mail = db.session.scalars(select(OutgoingMail)).one()
    mail.state, mail.failure = WorkState.FAILED, MailFailure.RECIPIENT
    assert "Invitations (1)" in admin.get("/admin/guests/").text
    page = admin.fragment(LIST, "list").text
    for words in ("zoe@darnis.com", "TeamChat", "arthur", "mail failed", "refuses this address"):
        assert words in page, words
    assert "<html" not in page
    for words in ("zoe", "arthur", "teamch"):
        assert "zoe@darnis.com" in admin.get(f"{LIST}?q={words}").text
    assert "zoe@darnis.com" not in admin.fragment(f"{LIST}?q=personne", "list").text


def test_the_list_shows_what_has_ended_on_demand(people, admin, invitation):
    assert "zoe@darnis.com" not in admin.fragment(f"{LIST}?state=expired", "list").text
    invitation.expires_at = now() - timedelta(days=1)
    db.session.commit()
    assert "zoe@darnis.com" in admin.fragment(f"{LIST}?state=expired", "list").text
    assert "zoe@darnis.com" not in admin.fragment(LIST, "list").text
    guests.revoke_invitation(people.domain_admin, invitation)
    assert "zoe@darnis.com" in admin.fragment(f"{LIST}?state=revoked", "list").text


def test_administrators_do_with_an_invitation_what_the_inviter_can(admin, invitation):
    handle = f"{LIST}/{invitation.id}/"
    answer = admin.post(handle + "resend", data={"back": "/admin/guests/invitations?q=zoe"})
    assert answer.status_code == 303 and answer.headers["Location"].endswith("/invitations?q=zoe")
    assert len(db.session.scalars(select(OutgoingMail)).all()) == 2
    assert admin.post(handle + "resend").status_code == 429
    assert "/join/" in admin.fragment(handle + "link", "dialog", method="POST").text
    assert "/join/" in admin.post(handle + "link").text
    answer = admin.post(handle + "revoke", data={"back": "https://ailleurs.example/admin/"})
    assert answer.headers["Location"].endswith(LIST)
    assert stored(invitation).revoked_at is not None
    assert admin.post(handle + "again").status_code == 303
    assert stored(invitation).revoked_at is None


@pytest.mark.parametrize("act", ["resend", "revoke", "again", "link"])
def test_what_one_does_not_administer_does_not_exist(people, client_of, invitation, act):
    rivale = client_of(people.rivale)
    assert rivale.post(f"{LIST}/{invitation.id}/{act}").status_code == 404
    assert client_of(people.arthur).post(f"{LIST}/{invitation.id}/{act}").status_code == 403
    assert "zoe@darnis.com" not in rivale.get(LIST).text
    assert "Invitations (0)" in rivale.get(LIST).text
    assert stored(invitation).revoked_at is None


def test_the_list_agrees_with_who_administers_the_room(people, client_of):
    left = factories.make_account(people.domain, "left", state=AccountState.DISABLED)
    rooms = [
        people.room,
        factories.make_private_room(people.arthur, name="Offre"),
        factories.make_private_room(people.autrui, name="Ailleurs"),
        factories.make_private_room(left, people.arthur, name="Reste"),
    ]
    inviters = [people.arthur, people.arthur, people.autrui, people.admin]
    for number, (inviter, room) in enumerate(zip(inviters, rooms, strict=True)):
        [answer] = guests.invite_guests(inviter, room, f"g{number}@darnis.com")
        assert answer.refusal is None
    for who in (people.admin, people.domain_admin, people.rivale):
        page = client_of(who).get(LIST).text
        for number, room in enumerate(rooms):
            assert (f"g{number}@darnis.com" in page) is room_rules.administers(who, room), (
                who.name,
                room.name,
            )


def test_the_pages_of_the_room_and_of_the_guest_have_the_same_handles(people, admin, invitation):
    page = admin.get(f"/admin/rooms/{people.room.id}/people").text
    assert f"{LIST}/{invitation.id}/revoke" in page and "zoe@darnis.com" in page
    bruno = factories.make_account(
        people.domain, "Bruno", address="bt@darnis.com", is_guest=True, sponsor_id=people.arthur.id
    )
    guests.invite_guests(people.arthur, people.room, "bt@darnis.com")
    guests.invite_guests(people.autrui, factories.make_private_room(people.autrui), "bt@darnis.com")
    own, other = db.session.scalars(
        select(Invitation).where(Invitation.address == "bt@darnis.com").order_by(Invitation.id)
    ).all()
    page = admin.get(f"/admin/guests/{bruno.id}/rooms").text
    assert f"{LIST}/{own.id}/revoke" in page and f"{LIST}/{other.id}/revoke" not in page


@pytest.mark.parametrize("act", ["resend", "revoke", "again", "link"])
def test_nothing_is_done_in_the_webclient_by_who_is_not_in_the_room(people, admin, invitation, act):
    before = stored(invitation).generation, invitation.sent_at
    answer = admin.post(f"/webmail/rooms/{people.room.id}/invitations/{invitation.id}/{act}")
    assert answer.status_code == 404
    assert (stored(invitation).generation, invitation.sent_at, invitation.revoked_at) == (*before, None)


def test_nobody_is_invited_again_into_a_room_that_is_closed(people, admin, invitation):
    people.room.state = RoomState.ARCHIVED
    db.session.commit()
    assert admin.post(f"{LIST}/{invitation.id}/resend").status_code == 422


def test_statements_do_not_grow_with_invitations(people, admin, invitation, count_statements):
    admin.get(LIST)
    with count_statements() as few:
        admin.get(LIST)
    for who in (people.arthur, people.jean):
        addresses = " ".join(f"{who.name}{number}@darnis.com" for number in range(30))
        guests.invite_guests(who, people.room, addresses)
    with count_statements() as many:
        page = admin.get(LIST).text
    assert len(many) <= len(few) and "61 invitations" in page
    following = unescape(re.search(r'rel="next" href="([^"]+)"', page)[1])
    assert "zoe@darnis.com" not in page and "zoe@darnis.com" in admin.get(following).text


def test_who_is_deleted_hands_over_guests_and_invitations(people, admin, invitation):
    bruno = factories.make_account(
        people.domain, "Bruno", address="bt@darnis.com", is_guest=True, sponsor_id=people.arthur.id
    )
    page = admin.fragment(f"/admin/accounts/{people.arthur.id}/delete", "dialog").text
    assert "sponsors 1 guest." in page and "1 invitation it has sent" in page
    options = page.partition('name="sponsor"')[2].partition("</select>")[0]
    assert options.index("domainadmin") < options.index("webadmin") < options.index("jean")
    assert "autrui" not in options and "Bruno" not in options
    url = f"/admin/accounts/{people.arthur.id}/delete"
    assert admin.post(url, data={"sponsor": people.autrui.id}).status_code == 422
    assert admin.post(url, data={"sponsor": people.jean.id}).status_code == 303
    assert stored(bruno).sponsor_id == stored(invitation).inviter_id == people.jean.id


def test_who_answers_for_nobody_is_not_asked_about_it(people, admin):
    assert 'name="sponsor"' not in admin.get(f"/admin/accounts/{people.arthur.id}/delete").text
    assert admin.post(f"/admin/accounts/{people.arthur.id}/delete").status_code == 303


def test_who_is_invited_again_by_another_domains_administrator_stays_the_inviters(
    people, client_of, invitation
):
    guests.revoke_invitation(people.domain_admin, invitation)
    elsewhere = factories.make_account(people.other_domain, "serveur", role=Role.SERVER)
    assert client_of(elsewhere).post(f"{LIST}/{invitation.id}/again").status_code == 303
    assert stored(invitation).inviter_id == people.arthur.id
    guests.revoke_invitation(people.domain_admin, stored(invitation))
    people.arthur.state = AccountState.DISABLED
    db.session.commit()
    assert client_of(elsewhere).post(f"{LIST}/{invitation.id}/again").status_code == 303
    assert stored(invitation).inviter.domain_id == people.domain.id


def test_an_invitation_into_a_room_of_others_is_not_shown(people, admin, client_of):
    bruno = factories.make_account(
        people.domain, "Bruno", address="bt@darnis.com", is_guest=True, sponsor_id=people.arthur.id
    )
    factories.add_member(people.other_group, people.rivale)
    theirs = factories.make_room(people.other_group, "Fusion confidentielle")
    guests.invite_guests(people.rivale, theirs, bruno.address)
    url = f"/admin/guests/{bruno.id}/rooms"
    assert "Fusion" in client_of(people.admin).get(url).text
    assert "Fusion" not in admin.get(url).text
