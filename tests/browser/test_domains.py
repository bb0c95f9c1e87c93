"""End, policies, limits and deletion of a domain, wide and narrow, light and dark."""

import pytest
from playwright.sync_api import expect

from tests.support import factories
from tests.support.browser.axe import violations
from tests.support.browser.screen import SCREENS, save


@pytest.fixture
def other_id(servers) -> int:
    """Make another domain with one account, and return its id."""
    with servers.workspace.app.app_context():
        domain = factories.make_domain()
        factories.make_account(domain)
        return domain.id


@pytest.mark.parametrize("kind", SCREENS)
def test_domain_end_limits_and_deletion(screen_of, administration, other_id, kind):
    screen = screen_of(administration.admin, **SCREENS[kind])
    screen.allow_console_errors()
    page = screen.page
    page.goto(f"/admin/domains/{other_id}/properties")
    page.get_by_label("Dernier jour").fill("2020-01-01")
    page.get_by_label("Durée maximale d’un compte invité").fill("60")
    save(page)
    expect(page.locator("#expires_on-error")).to_contain_text("Ce jour est passé")
    expect(page.get_by_label("Durée maximale d’un compte invité")).to_have_value("60")
    assert not violations(page)
    page.get_by_label("Dernier jour").fill("2040-06-30")
    save(page)
    expect(page.get_by_text("Enregistré.")).to_be_visible()
    page.goto(f"/admin/domains/{other_id}/limits")
    page.get_by_label("Nombre maximum de comptes").first.fill("25")
    save(page)
    expect(page.get_by_text("1 sur 25 actuellement")).to_be_visible()
    assert not violations(page)
    page.goto(f"/admin/domains/{other_id}/properties")
    page.get_by_role("link", name="Supprimer le domaine…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 compte est supprimé.")
    dialog.get_by_role("textbox").fill("autre chose")
    dialog.get_by_role("button", name="Supprimer").click()
    expect(dialog.locator("#typed-name-error")).to_be_visible()
    assert not violations(page)
