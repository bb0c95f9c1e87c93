"""Pages behind mailed links: contents, actions by buttons only, and ended links."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app import links
from app.extensions import db
from app.mail_rendering import render_mail
from app.models import Account, Invitation, RoomMember, now
from app.operations import guests
from app.rules.guests import links as link_rules
from app.rules.guests.links import CONFIRMATION, EXTENSION, INVITATION
from tests.support import factories

PASSWORD = "une phrase bien à moi"
FORM = {"name": "Bruno Tessier", "password": PASSWORD, "confirmation": PASSWORD}


@pytest.fixture
def invitation(people) -> Invitation:
    guests.invite_guests(people.arthur, people.room, "bt@darnis.com", "À bientôt !\n<b>Arthur</b>")
    return db.session.scalars(select(Invitation)).one()


@pytest.fixture
def french(app):
    """Return a browser that asks for French."""
    return _browser(app, "fr")


@pytest.fixture
def visitor(app):
    """One that asks for English."""
    return _browser(app, "en")


def _browser(app, language: str):
    browser = app.test_client()
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    return browser


def page_of(invitation: Invitation) -> str:
    return f"/join/{links.token(INVITATION, invitation.id, invitation.generation)}"


def guest() -> Account | None:
    return db.session.scalars(select(Account).where(Account.address == "bt@darnis.com")).one_or_none()


def test_the_page_of_the_guide(french, invitation):
    page = french.get(page_of(invitation)).text
    for words in (
        "Se joindre à notre TeamChat",
        "arthur vous a invité pour rejoindre la salle TeamChat",
        "Nom",
        "Nouveau mot de passe",
        "Confirmer mot de passe",
        "Afficher",
        "Vérifier mon adresse email",
        "Qu’est-ce TeamChat\u202f?",
        "À bientôt !",
        "&lt;b&gt;Arthur",
    ):
        assert words in page, words
    assert french.get(page_of(invitation) + "/about").status_code == 200


def test_from_the_invitation_to_the_room(visitor, people, invitation):
    page = page_of(invitation)
    answer = visitor.post(page, data=FORM)
    assert answer.status_code == 303 and not guest().is_active
    assert "bt@darnis.com" in visitor.get(answer.location).text
    confirm = f"/join/confirm/{link_rules.token_of(CONFIRMATION, guest())}"
    assert 'name="password"' not in visitor.get(confirm).text and not guest().is_active
    assert visitor.post(confirm).location == "/join/confirmed"
    assert "Sign in" in visitor.get("/join/confirmed").text and guest().is_active
    signed_in = visitor.post("/sign-in", data={"address": "BT@darnis.com", "password": PASSWORD})
    assert signed_in.location == "/webmail/"
    assert visitor.get(f"/webmail/rooms/{people.room.id}").status_code == 200


def test_in_another_browser_the_password_is_asked_for(app, visitor, invitation):
    visitor.post(page_of(invitation), data=FORM)
    other = app.test_client()
    confirm = f"/join/confirm/{link_rules.token_of(CONFIRMATION, guest())}"
    assert 'name="password"' in other.get(confirm).text
    assert other.post(confirm).status_code == 422 and not guest().is_active
    assert (
        other.post(confirm, data={"password": "une autre phrase"}).status_code == 422
        and not guest().is_active
    )
    assert other.post(confirm, data={"password": PASSWORD}).status_code == 303 and guest().is_active
    assert other.get(confirm).status_code == 410 and other.post(confirm).status_code == 410


def test_looking_changes_nothing(visitor, invitation):
    page = page_of(invitation)
    for _time in range(3):
        assert visitor.get(page).status_code == 200
    assert guest() is None and invitation.registered_at is None


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"confirmation": "autre"},
        {"password": "court", "confirmation": "court"},
        {"name": "\x00"},
        {"name": "\u200b"},
        {"name": "\u3164"},
        {"name": "\u0430rthur"},
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(visitor, invitation, change):
    answer = visitor.post(page_of(invitation), data={**FORM, **change})
    assert answer.status_code == 422 and guest() is None
    assert ("Bruno Tessier" in answer.text) or "name" in change


@pytest.mark.parametrize("token", ["x", "1.1.x", "1..", "1.1." + "a" * 32, "%C3%A9.1.x", "1.1.1.1", "9" * 90])
def test_what_is_no_link_of_ours_says_so(visitor, invitation, token):
    for url in (f"/join/{token}", f"/join/confirm/{token}", f"/join/extend/{token}"):
        for answer in (visitor.get(url), visitor.post(url, data=FORM)):
            assert answer.status_code in (404, 410) and "darnis" not in answer.text


def test_links_that_have_ended_say_so_and_what_to_do_next(visitor, people, invitation):
    page = page_of(invitation)
    invitation.expires_at = now() - timedelta(seconds=1)
    assert "has ended" in visitor.get(page).text and visitor.post(page, data=FORM).status_code == 410
    assert f"{page}/wanted" in visitor.get(page).text and "/sign-in" in visitor.get(page).text
    guests.revoke_invitation(people.arthur, db.session.get(Invitation, invitation.id))
    assert "revoked" in visitor.get(page).text
    guests.invite_again(people.arthur, db.session.get(Invitation, invitation.id))
    assert "newer invitation" in visitor.get(page).text and visitor.post(page, data=FORM).status_code == 410
    assert guest() is None


def test_a_known_guest_joins_with_a_button(visitor, people, invitation):
    known = factories.make_account(people.domain, "Bruno", address="bt@darnis.com", is_guest=True)
    page = page_of(invitation)
    assert "Join the team" in visitor.get(page).text
    assert not db.session.query(RoomMember).filter_by(account_id=known.id).count()
    assert visitor.post(f"{page}/enter").location.endswith(f"/webmail/rooms/{people.room.id}")
    assert db.session.query(RoomMember).filter_by(account_id=known.id, is_member=True).count() == 1
    assert visitor.get(page).status_code == 410


def test_a_suspended_guest_is_told(visitor, people, invitation):
    factories.make_account(people.domain, "Bruno", address="bt@darnis.com", is_guest=True, state="disabled")
    told = visitor.get(page_of(invitation)).text
    assert "suspended" in told and "arthur@iwdemo.fr" in told and "/sign-in" in told
    assert visitor.post(page_of(invitation) + "/enter").status_code == 303


def test_the_mail_is_sent_again_but_not_at_once(visitor, invitation):
    page = page_of(invitation)
    visitor.post(page, data=FORM)
    assert "a moment ago" in visitor.get(visitor.post(f"{page}/again").location).text
    invitation.sent_at = now() - timedelta(minutes=2)
    assert "on its way again" in visitor.get(visitor.post(f"{page}/again").location).text


def test_the_sponsors_button_extends(visitor, people):
    bruno = factories.make_account(
        people.domain,
        "Bruno",
        address="bt@darnis.com",
        is_guest=True,
        sponsor_id=people.arthur.id,
        expires_at=now() + timedelta(days=1),
    )
    url = f"/join/extend/{link_rules.token_of(EXTENSION, bruno)}"
    assert "Bruno" in visitor.get(url).text and bruno.expires_at < now() + timedelta(days=2)
    assert visitor.post(url).status_code == 200
    assert db.session.get(Account, bruno.id).expires_at > now() + timedelta(days=80)
    assert visitor.post(url).status_code == 410 and "/sign-in" in visitor.get(url).text


def test_the_mails_are_worded_as_in_the_guide(app, people, invitation):
    subject, text, html = render_mail("invitation", "fr", {"invitation_id": invitation.id})
    assert subject == "Invitation de la part de arthur@iwdemo.fr pour participer à une discussion de groupe"
    for body in (text, html):
        assert "Invitation pour rejoindre TeamChat\u202f!" in body
        said = "arthur (arthur@iwdemo.fr) vous invite à rejoindre la salle groupetc@iwdemo.fr - TeamChat."
        assert said in body
        assert "Commencez par créer votre compte pour rejoindre le groupe de discussion." in body
        assert "Créer un compte TeamChat" in body and page_of(invitation) in body
    assert "&lt;b&gt;Arthur" in html and "<b>Arthur" in text
    factories.make_account(people.domain, "Bruno", address="bt@darnis.com", is_guest=True)
    assert "Rejoindre l’équipe" in render_mail("invitation", "fr", {"invitation_id": invitation.id})[2]


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    "template", ["confirm_address", "guest_ends", "sponsored_guest_ends", "stay_ends", "sponsored_stay_ends"]
)
def test_every_mail_can_be_made(app, people, template, language):
    bruno = factories.make_account(
        people.domain, "Bruno", address="bt@darnis.com", is_guest=True, sponsor_id=people.arthur.id
    )
    more = {} if template == "confirm_address" else {"days": 5}
    more |= {"room_id": people.room.id} if "stay" in template else {}
    subject, text, html = render_mail(template, language, {"account_id": bruno.id, **more})
    assert (subject and "Bruno" in text + subject) or "TeamChat" in text
    assert ("http" in html) and "None" not in text


def test_a_name_cannot_break_out_of_the_subject(app, people):
    people.arthur.name = "Eve\r\nBcc: x@y.fr"
    bruno = factories.make_account(
        people.domain, "A\nB: c", address="bt@darnis.com", is_guest=True, sponsor_id=people.arthur.id
    )
    subject, *_rest = render_mail("sponsored_guest_ends", "en", {"account_id": bruno.id, "days": 5})
    assert "\n" not in subject and "\r" not in subject
