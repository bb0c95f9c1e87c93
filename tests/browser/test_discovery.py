"""SmartDiscover and Certificat in French: their use, narrow screens and accessibility."""

import pytest
from playwright.sync_api import expect

from app.extensions import db
from app.models import Account, Role
from tests.support import factories
from tests.support.browser.axe import violations
from tests.support.faults.workspace import Person

SCREENS = {"light": {}, "dark phone": {"color_scheme": "dark", "width": 390, "height": 844}}


@pytest.fixture
def administration(servers, place):
    """Return a server administrator and the id of arthur's domain."""
    with servers.workspace.app.app_context():
        domain = db.session.get(Account, place.arthur.id).domain
        admin = factories.make_account(domain, "admin", role=Role.SERVER, language="fr")
        person, domain_id = Person(admin.id, "admin", 0, ""), domain.id
    return servers.workspace.second_device(person), domain_id


@pytest.mark.parametrize("look", SCREENS.values(), ids=SCREENS)
def test_discovery_pages_have_no_violations(screen_of, administration, look):
    admin, domain_id = administration
    page = screen_of(admin, **look).page
    for url in ("/admin/smartdiscover", f"/admin/domains/{domain_id}/smartdiscover", "/admin/certificate/"):
        page.goto(url)
        assert violations(page) == [], url
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), url


def test_host_name_is_applied_everywhere_and_saved(screen_of, administration):
    admin, domain_id = administration
    screen = screen_of(admin)
    # What is filled in and not saved comes back with 422.
    screen.allow_console_errors()
    page = screen.page
    page.goto(f"/admin/domains/{domain_id}/smartdiscover")
    page.get_by_label("Nom d’hôte public").fill("mail.exemple.fr")
    page.get_by_role("button", name="Appliquer le nom d’hôte partout").click()
    expect(page.get_by_label("IMAP", exact=True)).to_have_value("mail.exemple.fr")
    expect(page.get_by_label("WebAdmin", exact=True)).to_have_value("https://mail.exemple.fr:8443/admin/")
    expect(page.locator("tc-unsaved")).to_be_visible()
    page.get_by_role("button", name="Hériter de nouveau: IMAP").click()
    expect(page.get_by_label("IMAP", exact=True)).not_to_have_value("mail.exemple.fr")
    page.get_by_role("main").get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_text("Enregistré.", exact=True)).to_be_visible()
    expect(page.get_by_label("POP3", exact=True)).to_have_value("mail.exemple.fr")
    assert page.get_by_text("Hérité du serveur").count() >= 8


def test_check_shows_its_results_on_the_page(screen_of, administration):
    admin, _domain_id = administration
    page = screen_of(admin).page
    page.goto("/admin/smartdiscover")
    page.get_by_role("button", name="Vérifier", exact=True).click()
    expect(page.get_by_role("heading", name="Résultat de la vérification")).to_be_visible(timeout=25_000)
    expect(page.locator("#results .check")).to_have_count(8)


def test_current_section_is_visible_on_a_phone(screen_of, administration):
    admin, domain_id = administration
    page = screen_of(admin, width=390, height=844).page
    page.goto(f"/admin/domains/{domain_id}/smartdiscover")
    expect(page.locator(".sections [aria-current]")).to_be_in_viewport(ratio=0.99)
