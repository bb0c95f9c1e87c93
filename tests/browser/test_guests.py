"""Guests: invitation, registration, confirmation, sign-in and first message, with accessibility on every page."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app import links
from app.extensions import db
from app.models import Account, Invitation, OutgoingMail, now
from app.rules.guests import links as link_rules
from app.rules.guests.links import CONFIRMATION, INVITATION
from tests.support.browser.axe import violations

PASSWORD = "une phrase bien à moi"
SCREENS = {
    "light": {"color_scheme": "light"},
    "dark phone": {"color_scheme": "dark", "width": 390, "height": 844},
}


def mailed_link(servers, address: str) -> str:
    """Return the link of the invitation mail."""
    with servers.workspace.app.app_context():
        invitation = db.session.query(Invitation).filter_by(address=address).one()
        return f"/join/{links.token(INVITATION, invitation.id, invitation.generation)}"


def confirmation_of(servers, address: str) -> str:
    """Return the link of the confirmation mail."""
    with servers.workspace.app.app_context():
        guest = db.session.query(Account).filter_by(address=address).one()
        return f"/join/confirm/{link_rules.token_of(CONFIRMATION, guest)}"


def invited_by(host, place, address: str) -> str:
    """Invite in the dialog, and return the link shown there."""
    page = host.page
    page.goto(f"/webmail/rooms/{place.room_id}/people")
    page.get_by_role("link", name="Inviter", exact=True).click()
    page.get_by_label("Adresses email").fill(f"Bruno Tessier <{address}>")
    page.get_by_label("Un mot personnel").fill("À tout de suite !")
    page.get_by_role("button", name="Inviter", exact=True).click()
    page.get_by_role("button", name=f"Copier le lien pour {address}").click()
    link = page.locator("tc-copy input")
    expect(link).to_be_visible()
    url = link.input_value()
    return url[url.index("/join/") :]


@pytest.mark.parametrize("look", SCREENS)
def test_invited_guest_joins_and_posts(servers, screen_of, place, look):
    host = screen_of(place.arthur, reduced_motion="reduce", **SCREENS[look])
    address = f"bt{place.room_id}@darnis.com"
    link = invited_by(host, place, address)
    assert not violations(host.page)
    guest = screen_of(place.paul, reduced_motion="reduce", **SCREENS[look])
    guest.context.clear_cookies()
    page = guest.page
    page.goto(link)
    assert not violations(page)
    page.get_by_role("button", name="Créer un compte").click()
    expect(page.get_by_role("heading", name="Consultez votre boîte")).to_be_visible()
    assert not violations(page)
    page.goto(mailed_link(servers, address))
    expect(page.get_by_role("heading", name="Se joindre à notre TeamChat")).to_be_visible()
    assert not violations(page)
    page.get_by_label("Nom", exact=True).fill("Bruno Tessier")
    page.get_by_label("Nouveau mot de passe", exact=True).fill(PASSWORD)
    page.get_by_label("Confirmer mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Vérifier mon adresse email").click()
    expect(page.get_by_role("heading", name="Votre compte est créé")).to_be_visible()
    assert not violations(page)
    page.goto(confirmation_of(servers, address))
    page.get_by_role("button", name="Confirmer").click()
    page.get_by_role("link", name="Se connecter").click()
    page.get_by_label("Adresse email").fill(address)
    page.get_by_label("Mot de passe", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/webmail/")
    guest.open(place.room_id)
    guest.say("Bonjour à tous")
    guest.sees("Bonjour à tous")
    assert not violations(page)
    host.page.goto(f"/webmail/rooms/{place.room_id}")
    host.sees("Bonjour à tous")
    expect(host.message("Bonjour à tous").locator(".message-guest")).to_have_text("invité")


def test_invitation_is_listed_for_the_inviter_only(servers, screen_of, place):
    host, other = screen_of(place.arthur), screen_of(place.jean)
    invited_by(host, place, f"seul{place.room_id}@darnis.com")
    other.page.goto(f"/webmail/rooms/{place.room_id}/people")
    expect(other.page.locator(".invitation")).to_have_count(0)
    with servers.workspace.app.app_context():
        assert db.session.query(Invitation).filter_by(room_id=place.room_id).count() == 1


@pytest.mark.parametrize("look", SCREENS)
def test_expired_link_offers_to_ask_for_a_new_one(servers, screen_of, place, look):
    host = screen_of(place.arthur)
    address = f"tard{place.room_id}@darnis.com"
    link = invited_by(host, place, address)
    with servers.workspace.app.app_context():
        invitation = db.session.query(Invitation).filter_by(address=address).one()
        invitation.expires_at, invitation_id = now() - timedelta(days=1), invitation.id
        db.session.commit()
    guest = screen_of(place.paul, reduced_motion="reduce", **SCREENS[look])
    guest.context.clear_cookies()
    # The page of a link that has ended is answered with 410.
    guest.allow_console_errors()
    page = guest.page
    page.goto(link)
    assert not violations(page)
    page.get_by_role("button", name="Demander une nouvelle invitation").click()
    expect(page.get_by_role("heading", name="Nouvelle invitation demandée")).to_be_visible()
    assert not violations(page)
    page.get_by_role("button", name="FR").click()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="New invitation requested")).to_be_visible()
    with servers.workspace.app.app_context():
        mails = db.session.query(OutgoingMail).filter_by(
            about_kind="invitation_wanted", about_id=invitation_id
        )
        assert mails.count() == 1
