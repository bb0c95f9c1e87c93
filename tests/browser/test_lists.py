"""Lists of WebAdmin: bulk changes, columns and imports, with accessibility."""

import pytest
from playwright.sync_api import expect

from tests.support.browser.axe import violations

SCREENS = {
    "light": {"color_scheme": "light"},
    "dark phone": {"color_scheme": "dark", "width": 390, "height": 844, "has_touch": True, "is_mobile": True},
}
PASSWORD = "velours-cartable-18-brume"


@pytest.fixture(params=SCREENS)
def page(request, screen_of, administration):
    """Open the administrator's page on each kind of screen."""
    return screen_of(administration.admin, reduced_motion="reduce", **SCREENS[request.param]).page


def test_bulk_change_of_accounts_shows_a_preview(page, administration):
    page.goto(f"/admin/domains/{administration.domain_id}/accounts")
    button = page.locator(".selection-action")
    expect(button).to_be_disabled()
    page.locator(f"input[name=ids][value='{administration.arthur_id}']").check()
    page.get_by_label("Choisir admin", exact=True).check()
    expect(button).to_contain_text("Choisir l’action (2)")
    assert not violations(page)
    button.click()
    page.get_by_role("button", name="Désactiver", exact=True).click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("1 compte sera désactivé.")
    expect(dialog).to_contain_text("vous perdriez votre accès")
    assert not violations(page)
    dialog.get_by_role("button", name="Désactiver").click()
    expect(page.locator("#progress")).to_contain_text("Terminée")
    expect(page.locator("#progress")).to_contain_text("admin@")
    assert not violations(page)


def test_whole_page_is_selected_and_unselected(page, administration):
    page.goto(f"/admin/domains/{administration.domain_id}/accounts")
    boxes = page.locator("input[name=ids]")
    page.locator("[data-page-box]").check()
    assert boxes.count() >= 4
    expect(page.locator("[data-count]")).to_contain_text(f"{boxes.count()} sélectionnés")
    boxes.first.uncheck()
    expect(page.locator("[data-count]")).to_contain_text(f"{boxes.count() - 1} sélectionnés")
    page.locator("[data-page-box]").check()
    page.locator("[data-page-box]").uncheck()
    expect(page.locator("[data-count]")).to_contain_text("Aucune sélection")


def test_chosen_columns_stay_in_the_url(page, administration):
    page.goto(f"/admin/domains/{administration.domain_id}/accounts")
    page.get_by_role("button", name="Colonnes").click()
    page.locator("#columns").get_by_label("Langue").check()
    assert not violations(page)
    page.locator("#columns").get_by_role("button", name="Afficher").click()
    page.wait_for_url("**column=language**")
    assert page.locator("th", has_text="Langue").count() == 1
    page.locator("#content input[name=q]").fill("arthur")
    page.wait_for_url("**q=arthur**")
    assert "column=language" in page.url


def test_accounts_are_tried_and_imported(page, administration):
    page.goto(f"/admin/accounts/import?domain={administration.domain_id}")
    assert not violations(page)
    page.get_by_label("Ou collez le tableau").fill(
        f"address,name,password\nzoe,Zoé Petit,{PASSWORD}\njo,Jo,court\n"
    )
    page.get_by_role("button", name="Vérifier").click()
    expect(page.locator("#progress")).to_contain_text("Terminée, avec des erreurs")
    expect(page.locator("#progress")).to_contain_text("jo")
    assert not violations(page)
    page.get_by_role("button", name="Importer 1 compte").click()
    expect(page.locator("#progress")).to_contain_text("Importés")
    page.goto(f"/admin/domains/{administration.domain_id}/accounts?q=zoe")
    expect(page.locator("#list")).to_contain_text("Zoé Petit")
    page.goto("/admin/tasks/")
    expect(page.locator("#list")).to_contain_text("Importer des comptes")
    assert not violations(page)


def test_groups_are_tried_and_imported(page, administration):
    page.goto(f"/admin/domains/{administration.domain_id}/groups")
    page.locator(".list-files").get_by_role("link", name="Importer").click()
    expect(page.locator("h1")).to_contain_text("Importer des groupes")
    assert not violations(page)
    domain = page.get_by_label("Domaine").locator("option:checked").inner_text()
    page.get_by_label("Ou collez le tableau").fill(
        f"adresse;nom;membres\nprojet;Projet;@{domain}\nvide;Vide;personne@{domain}\n"
    )
    page.get_by_role("button", name="Vérifier").click()
    expect(page.locator("#progress")).to_contain_text(f"sont inconnus sur ce serveur : personne@{domain}")
    assert not violations(page)
    page.get_by_role("button", name="Importer 1 groupe").click()
    expect(page.locator("#progress")).to_contain_text("Importés")
    page.goto(f"/admin/domains/{administration.domain_id}/groups?q=projet")
    expect(page.locator("#list")).to_contain_text("Projet")
