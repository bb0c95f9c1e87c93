"""*Inviter* in a room's Membres: who may, what is told, and what each handle on an invitation does."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.extensions import db
from app.models import Grant, Invitation, MailFailure, OutgoingMail, Principal, RoomMember, WorkState, now
from app.operations import guests
from app.rules.rights import FULL, MODERATE, access
from tests.support import factories


@pytest.fixture
def arthur(people, client_of):
    return client_of(people.arthur)


@pytest.fixture
def bruno(people):
    guest = factories.make_account(
        people.domain, "Bruno", address="bt@darnis.com", is_guest=True, sponsor_id=people.arthur.id
    )
    factories.join_room(people.room, guest)
    return guest


def url(people, what: str) -> str:
    return f"/webmail/rooms/{people.room.id}/{what}"


def invitation() -> Invitation:
    return db.session.scalars(select(Invitation)).one()


def give(people, who, rights):
    factories.make_grant(people.room.folder, Principal.ACCOUNT, who.id, rights)
    access.forget()


def test_members_invite_from_the_panel(people, arthur):
    assert url(people, "invite") in arthur.get(url(people, "people")).text
    assert 'name="addresses"' in arthur.fragment(url(people, "invite"), "dialog").text
    data = {"addresses": "bt@darnis.com, autre@darnis.com", "personal_line": "Bienvenue", "language": "fr"}
    assert arthur.post(url(people, "invite"), data=data).status_code == 303
    page = arthur.get(url(people, "people")).text
    assert "bt@darnis.com" in page and "autre@darnis.com" in page
    assert "has invited bt@darnis.com" in arthur.get(f"/webmail/rooms/{people.room.id}").text


def test_what_could_not_be_invited_stays_in_the_form(people, arthur):
    data = {"addresses": "bonne@darnis.com\njean@iwdemo.fr\nfausse", "language": "fr"}
    answer = arthur.fragment(url(people, "invite"), "dialog", method="POST", data=data)
    assert answer.status_code == 422 and "groupetc" in answer.text and "1 person is invited" in answer.text
    field = answer.text.partition("<textarea")[2].partition("</textarea>")[0]
    assert "jean@iwdemo.fr" in field and "fausse" in field and "bonne@darnis.com" not in field


@pytest.mark.parametrize("data", [{}, {"addresses": ""}, {"addresses": "x" * 21_000}, {"addresses": ",;\n"}])
def test_nothing_to_invite_is_refused(people, arthur, data):
    assert arthur.post(url(people, "invite"), data={"language": "fr", **data}).status_code == 422


def test_strangers_and_guests_cannot_invite(people, client_of, bruno):
    for who, status in ((people.paul, 404), (people.rivale, 404), (bruno, 403)):
        browser = client_of(who)
        assert browser.get(url(people, "invite")).status_code == status
        data = {"addresses": "x@y.example", "language": "fr"}
        assert browser.post(url(people, "invite"), data=data).status_code == status
        assert browser.get(url(people, "guests")).status_code == status


@pytest.mark.parametrize("act", ["resend", "revoke", "link", "again"])
def test_only_who_has_sent_it_and_administrators_handle_an_invitation(people, client_of, act):
    guests.invite_guests(people.arthur, people.room, "bt@darnis.com")
    handle = url(people, f"invitations/{invitation().id}/{act}")
    for who in (people.jean, people.paul, people.rivale):
        assert client_of(who).post(handle).status_code == 404
    assert client_of(people.arthur).post(url(people, f"invitations/999999/{act}")).status_code == 404
    assert (
        "bt@darnis.com"
        not in client_of(people.jean).get(url(people, "people")).text.partition("people_list")[2]
    )


def test_an_invitation_is_sent_again_copied_taken_back_and_sent_anew(people, arthur):
    guests.invite_guests(people.arthur, people.room, "bt@darnis.com")
    one = invitation()
    one.sent_at = now() - timedelta(minutes=2)
    handle = url(people, f"invitations/{one.id}/")
    assert arthur.post(handle + "resend").status_code == 303
    assert "/join/" in arthur.fragment(handle + "link", "dialog", method="POST").text
    assert "revoked" in arthur.fragment(handle + "revoke", "panel", method="POST").text
    assert "invited" in arthur.fragment(handle + "again", "panel", method="POST").text
    assert arthur.post(handle + "again").status_code == 422


def test_a_mail_that_failed_is_visible_at_the_invitation(people, arthur):
    guests.invite_guests(people.arthur, people.room, "bt@darnis.com")
    mail = db.session.scalars(select(OutgoingMail)).one()
    mail.state, mail.failure = WorkState.FAILED, MailFailure.RECIPIENT
    assert "refuses this address" in arthur.get(url(people, "people")).text
    mail.state, mail.failure = WorkState.WAITING, MailFailure.BUSY
    assert "tries again by itself" in arthur.get(url(people, "people")).text


def test_the_small_cross_takes_a_guest_out_and_one_click_invites_again(people, client_of, arthur, bruno):
    assert arthur.post(url(people, f"people/{bruno.id}/remove")).status_code == 403
    give(people, people.jean, MODERATE)
    jean = client_of(people.jean)
    assert url(people, f"people/{bruno.id}/remove") in jean.get(url(people, "people")).text
    assert jean.post(url(people, f"people/{bruno.id}/remove")).status_code == 303
    assert bruno.is_active and not access.rights_in(bruno, people.room.id)
    guests.invite_guests(people.jean, people.room, "bt@darnis.com")
    assert invitation().account_id == bruno.id


def test_a_room_says_what_guests_see(people, client_of, bruno):
    assert client_of(people.arthur).get(url(people, "guests")).status_code == 403
    db.session.query(Grant).filter_by(principal_id=people.jean.id, principal="account").delete()
    give(people, people.jean, FULL)
    jean = client_of(people.jean)
    assert 'name="guest_days"' in jean.fragment(url(people, "guests"), "dialog").text
    assert jean.post(url(people, "guests"), data={"guest_days": "0"}).status_code == 422
    assert jean.post(url(people, "guests"), data={"guest_days": "x"}).status_code == 422
    assert jean.post(url(people, "guests"), data={"guest_days": "30"}).status_code == 303
    member = db.session.query(RoomMember).filter_by(account_id=bruno.id).one()
    assert not people.room.guests_see_history and not people.room.guests_see_members
    assert member.expires_at > now() + timedelta(days=29)
    hidden = client_of(bruno).get(url(people, "people?q=je")).text
    assert "jean" not in hidden and "arthur" not in hidden
