"""Accounts and administrators: deletion, sign-out, roles, a forgotten password."""

import pytest
from playwright.sync_api import expect

from app.extensions import db
from app.models import Account
from app.operations.accounts import passwords
from app.rules.accounts import passwords as password_rules
from tests.support import factories
from tests.support.browser.axe import violations
from tests.support.browser.screen import SCREENS, save


def link_for(servers, account_id: int) -> str:
    """Return the mailed link for choosing a password."""
    with servers.workspace.app.app_context():
        passwords.send_requested_link(db.session.get(Account, account_id).address)
        return f"/password/{password_rules.password_link_token(db.session.get(Account, account_id))}"


@pytest.mark.parametrize("options", SCREENS.values(), ids=SCREENS)
def test_account_pages_have_no_violations(screen_of, servers, administration, options):
    screen = screen_of(administration.admin, reduced_motion="reduce", **options)
    screen.allow_console_errors()
    page = screen.page
    person, roles = f"/admin/accounts/{administration.arthur_id}", "/admin/administrators/"
    for address in (
        *(f"{person}/{part}" for part in ("", "card", "groups", "rooms", "sessions", "delete")),
        *(
            roles,
            f"{roles}new",
            f"{roles}{administration.arthur_id}",
            f"{roles}{administration.admin.id}/take",
        ),
        *("/forgotten-password", link_for(servers, administration.arthur_id), "/password/1.1.x"),
    ):
        page.goto(address)
        assert not violations(page), address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_account_deletion_hands_its_room_over(screen_of, servers, place, administration):
    with servers.workspace.app.app_context():
        arthur, jean, paul = (
            db.session.get(Account, person.id) for person in (place.arthur, place.jean, place.paul)
        )
        factories.make_private_room(arthur, paul, jean, name="Projet X")
        address = arthur.address
    screen = screen_of(place.arthur).open(place.room_id)
    screen.say("je reste ici")
    screen.sees("je reste ici")
    page = screen_of(administration.admin).page
    page.goto(f"/admin/accounts/{administration.arthur_id}/")
    page.get_by_role("link", name="Supprimer le compte").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 message reste")
    dialog.get_by_label("Projet X").select_option(label="Transmettre à jean")
    dialog.get_by_label("Saisissez l’adresse").fill(address)
    screen.allow_console_errors()
    dialog.get_by_role("button", name="Supprimer", exact=True).click()
    expect(page.get_by_text("est supprimé")).to_be_visible()
    expect(page.get_by_role("link", name="arthur")).to_have_count(0)
    screen.page.wait_for_function("() => !document.querySelector('tc-room')?.isOpen")
    jean = screen_of(place.jean).open(place.room_id)
    expect(jean.message("je reste ici").locator(".message-author")).to_have_text("arthur (compte supprimé)")
    expect(jean.page.locator("#room_list")).to_contain_text("Projet X")


def test_open_socket_ends_when_its_session_is_revoked(screen_of, place, administration):
    screen = screen_of(place.arthur).open(place.room_id)
    screen.allow_console_errors()
    page = screen_of(administration.admin).page
    page.goto(f"/admin/accounts/{administration.arthur_id}/sessions")
    page.get_by_role("button", name="Tout déconnecter").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Tout déconnecter").click()
    expect(page.get_by_text("Ce compte n’est connecté nulle part.")).to_be_visible()
    screen.page.wait_for_function("() => !document.querySelector('tc-room')?.isOpen")


def test_card_is_written_and_downloaded(screen_of, administration):
    page = screen_of(administration.admin).page
    page.goto(f"/admin/accounts/{administration.arthur_id}/card")
    page.get_by_label("Prénom").fill("Arthur")
    page.get_by_label("Organisation").fill("IW; Paris")
    save(page)
    expect(page.get_by_text("Enregistré.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Exporter (vCard)").click()
    assert download.value.suggested_filename == "person0.vcf"


def test_role_is_given_and_own_role_change_is_confirmed(screen_of, administration):
    screen = screen_of(administration.admin)
    screen.allow_console_errors()
    page = screen.page
    page.goto("/admin/administrators/new")
    page.get_by_role("searchbox").fill("paul")
    page.get_by_role("link", name="Donner un rôle à paul").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="Administrateur de domaine")).to_be_checked()
    dialog.get_by_role("radio", name="Administrateur Web").check()
    expect(dialog.get_by_text("Autres domaines")).to_be_hidden()
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Le rôle de paul est enregistré.")).to_be_visible()
    page.goto(f"/admin/administrators/?q=admin@{administration.domain}")
    page.get_by_role("link", name="Modifier le rôle de admin").click()
    dialog.get_by_role("radio", name="Utilisateur").check()
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(dialog).to_contain_text("vous perdez aussitôt WebAdmin")


def test_forgotten_password_is_chosen_by_the_link(screen_of, servers, place):
    page = screen_of(place.paul).page
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.goto(link_for(servers, place.paul.id))
    for label in ("Nouveau mot de passe", "Confirmer"):
        page.get_by_label(label).fill("velours-cartable-18-brume")
    page.get_by_role("button", name="Choisir ce mot de passe").click()
    expect(page.get_by_text("Votre mot de passe est défini.")).to_be_visible()
