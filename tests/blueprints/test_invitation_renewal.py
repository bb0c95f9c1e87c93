"""The button on an ended invitation: the inviter gets at most one mail a day, and the answer reveals nothing."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from app import links
from app.errors import NotFound
from app.extensions import db
from app.mail_rendering import render_mail
from app.models import (
    AccountState,
    AuditEntry,
    Invitation,
    OutgoingMail,
    RoomState,
    ServiceName,
    WorkState,
    now,
)
from app.operations import guests, services
from app.operations.guests import pending
from app.operations.sessions import PEOPLE_BEHIND_AN_ADDRESS, REQUESTS_FREE
from app.queries import mail as ways
from app.rules.guests.links import COPIED, INVITATION

TEMPLATE = "invitation_wanted"
# How everybody is answered.
ASKED = (303, "/join/asked")


@pytest.fixture
def visitor(app):
    """Somebody's browser, in French, without an account."""
    browser = app.test_client()
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "fr"
    return browser


@pytest.fixture
def invitation(people) -> Invitation:
    """One that has ended."""
    guests.invite_guests(people.arthur, people.room, "bt@darnis.com")
    invitation = db.session.scalars(select(Invitation)).one()
    invitation.expires_at = now() - timedelta(days=1)
    db.session.commit()
    return invitation


def page_of(invitation: Invitation, purpose: str = INVITATION) -> str:
    return f"/join/{links.token(purpose, invitation.id, invitation.generation)}"


def mails() -> list[OutgoingMail]:
    return list(db.session.scalars(select(OutgoingMail).where(OutgoingMail.template == TEMPLATE)))


def entries() -> list[AuditEntry]:
    return list(db.session.scalars(select(AuditEntry).where(AuditEntry.act == "invitation.ask")))


def revoke(people, invitation: Invitation) -> None:
    guests.revoke_invitation(people.arthur, invitation)


@pytest.mark.parametrize("purpose", [INVITATION, COPIED])
@pytest.mark.parametrize("is_revoked", [False, True], ids=["expired", "revoked"])
def test_the_inviter_gets_a_mail_that_leads_to_the_members(people, visitor, invitation, is_revoked, purpose):
    people.arthur.language = "fr"
    db.session.commit()
    page = page_of(invitation, purpose)
    if is_revoked:
        revoke(people, invitation)
    shown = visitor.get(page).text
    assert f'action="{page}/wanted"' in shown and "Demander une nouvelle invitation" in shown
    assert "mailto:" not in shown and not mails()
    answer = visitor.post(f"{page}/wanted")
    assert (answer.status_code, answer.location) == ASKED
    assert "Nouvelle invitation demandée" in visitor.get(answer.location).text
    (mail,) = mails()
    assert (mail.recipient, mail.language) == ("arthur@iwdemo.fr", "fr")
    subject, text, html = render_mail(TEMPLATE, "fr", json.loads(mail.arguments))
    assert subject == "bt@darnis.com demande une nouvelle invitation"
    for body in (text, html):
        assert f"/webmail/rooms/{people.room.id}/people" in body and "groupetc@iwdemo.fr - TeamChat" in body
    (entry,) = entries()
    assert (entry.object_id, entry.domain_id, entry.actor_id) == (people.room.id, people.domain.id, None)


def test_once_a_day_and_invitation(people, visitor, invitation):
    for _time in range(3):
        visitor.post(f"{page_of(invitation)}/wanted")
    visitor.post(f"{page_of(invitation, COPIED)}/wanted")
    assert len(mails()) == len(entries()) == 1
    invitation.expires_at -= timedelta(days=2)
    mails()[0].created_at = now() - timedelta(hours=25)
    db.session.commit()
    visitor.post(f"{page_of(invitation)}/wanted")
    assert len(mails()) == 2


def test_the_mail_of_the_invitation_is_still_the_one_whose_way_is_told(visitor, invitation):
    before = ways.state_of("invitation", invitation.id)
    visitor.post(f"{page_of(invitation)}/wanted")
    assert ways.state_of("invitation", invitation.id) == before


def _is_pending(people, invitation):
    invitation.expires_at = now() + timedelta(days=1)


def _inviter_is_disabled(people, invitation):
    people.arthur.state = AccountState.DISABLED


def _room_is_archived(people, invitation):
    people.room.state = RoomState.ARCHIVED


def _inviter_may_not_invite(people, invitation):
    invitation.inviter_id = people.paul.id


@pytest.mark.parametrize(
    "change", [_is_pending, _inviter_is_disabled, _room_is_archived, _inviter_may_not_invite]
)
def test_where_it_makes_no_sense_nobody_is_written_to_and_the_answer_is_the_same(
    people, visitor, invitation, change
):
    visitor.post(f"{page_of(invitation)}/wanted")
    db.session.delete(mails()[0])
    change(people, db.session.get(Invitation, invitation.id))
    db.session.commit()
    answer = visitor.post(f"{page_of(invitation)}/wanted")
    assert (answer.status_code, answer.location) == ASKED
    assert not mails()


@pytest.mark.parametrize("token", ["x", "1.1.x", "1.1." + "a" * 32, "9" * 90])
def test_a_token_of_nobody_is_answered_alike(visitor, invitation, token):
    visitor.post(f"{page_of(invitation)}/wanted")
    answer = visitor.post(f"/join/{token}/wanted")
    assert (answer.status_code, answer.location) == ASKED
    assert len(mails()) == len(entries()) == 1


def test_a_mail_whose_answer_came_first_does_not_leave(people, visitor, invitation):
    visitor.post(f"{page_of(invitation)}/wanted")
    arguments = json.loads(mails()[0].arguments)
    guests.invite_again(people.arthur, db.session.get(Invitation, invitation.id))
    with pytest.raises(NotFound):
        render_mail(TEMPLATE, "fr", arguments)


def test_whoever_asks_too_often_waits(visitor, invitation):
    for _time in range(REQUESTS_FREE * PEOPLE_BEHIND_AN_ADDRESS):
        assert visitor.post("/join/x/wanted").location == "/join/asked"
    page = page_of(invitation)
    answer = visitor.post(f"{page}/wanted")
    assert answer.location == page and not mails()
    assert "trop rapide" in visitor.get(answer.location).text


def test_a_form_from_elsewhere_asks_for_nothing(visitor, invitation):
    assert visitor.post(f"{page_of(invitation)}/wanted", has_token=False).status_code >= 400
    assert not mails()


def test_who_invites_from_outside_is_led_to_webadmin(people, client_of, visitor, invitation):
    invitation.inviter_id = people.domain_admin.id
    db.session.commit()
    visitor.post(f"{page_of(invitation)}/wanted")
    _subject, text, _html = render_mail(TEMPLATE, "fr", json.loads(mails()[0].arguments))
    path = f"/admin/rooms/{people.room.id}/people"
    assert path in text
    assert client_of(people.domain_admin).get(path).status_code == 200


def test_while_teamchat_is_stopped_the_request_is_not_lost(people, visitor, invitation):
    page = page_of(invitation)
    services.stop_service(people.admin, ServiceName.TEAMCHAT)
    for token in (page, "/join/x"):
        answer = visitor.post(f"{token}/wanted")
        assert answer.location == token and not mails()
    assert "TeamChat est arrêté" in visitor.get(page).text
    services.start_service(people.admin, ServiceName.TEAMCHAT)
    assert (visitor.post(f"{page}/wanted").status_code, len(mails())) == (303, 1)


def test_a_mail_waits_for_the_service_and_leaves(people, visitor, invitation):
    visitor.post(f"{page_of(invitation)}/wanted")
    services.stop_service(people.admin, ServiceName.TEAMCHAT)
    assert render_mail(TEMPLATE, "fr", json.loads(mails()[0].arguments))[0]


def test_a_mail_that_was_not_sent_keeps_nobody_from_asking(visitor, invitation):
    visitor.post(f"{page_of(invitation)}/wanted")
    mails()[0].state = WorkState.CANCELLED
    db.session.commit()
    visitor.post(f"{page_of(invitation)}/wanted")
    assert len(mails()) == 2


def days_go_by(count: int, visitor, invitation) -> int:
    """Somebody asks on each of these days. Gives how many mails the inviter has got."""
    for _day in range(count):
        visitor.post(f"{page_of(invitation)}/wanted")
        invitation.expires_at -= timedelta(days=2)
        if invitation.revoked_at:
            invitation.revoked_at -= timedelta(days=2)
        for mail in mails():
            mail.created_at -= timedelta(days=1, minutes=1)
        db.session.commit()
    return len(mails())


def test_whoever_was_taken_out_asks_once_and_not_for_ever(people, visitor, invitation):
    revoke(people, invitation)
    assert days_go_by(5, visitor, invitation) == 1


def test_what_has_ended_is_asked_for_three_times(visitor, invitation):
    assert days_go_by(6, visitor, invitation) == pending.IN_ALL == 3


def test_an_inviter_gets_so_many_a_day(people, visitor, invitation, monkeypatch):
    monkeypatch.setattr(pending, "A_DAY", 2)
    guests.invite_guests(people.arthur, people.room, "a@darnis.com b@darnis.com c@darnis.com")
    for one in db.session.scalars(select(Invitation)).all():
        one.expires_at = now() - timedelta(days=1)
        db.session.commit()
        assert visitor.post(f"{page_of(one)}/wanted").location == "/join/asked"
    assert len(mails()) == 2


@pytest.mark.parametrize("change", [_inviter_is_disabled, _inviter_may_not_invite, _room_is_archived])
def test_who_cannot_be_asked_here_is_written_to(people, visitor, invitation, change):
    change(people, invitation)
    db.session.commit()
    shown = visitor.get(page_of(invitation)).text
    assert "/wanted" not in shown and f"mailto:{invitation.inviter.address}" in shown
