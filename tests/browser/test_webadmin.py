"""WebAdmin on the path of the guide: in French, with scripts and without, wide and narrow."""

import pytest
from playwright.sync_api import expect

from app.extensions import db
from app.models import Domain, Group, Room
from tests.support import factories
from tests.support.browser.axe import violations
from tests.support.browser.rooms import Administration
from tests.support.browser.screen import SCREENS, save

SCRIPTS = {"with scripts": True, "without scripts": False}


def switch_off(servers, administration: Administration) -> None:
    """Switch off the features of the domain."""
    with servers.workspace.app.app_context():
        domain = db.session.get(Domain, administration.domain_id)
        domain.has_groupware = domain.has_webdav = domain.has_teamchat = False
        db.session.commit()


@pytest.mark.parametrize("has_scripts", SCRIPTS.values(), ids=SCRIPTS)
def test_path_of_the_guide_makes_a_room_appear(screen_of, place, servers, administration, has_scripts):
    switch_off(servers, administration)
    screen = screen_of(administration.admin, java_script_enabled=has_scripts)
    page = screen.page
    page.goto("/admin/")
    expect(page.locator("#service-teamchat")).to_contain_text("Démarré")
    page.get_by_role("link", name="Liste de domaines").first.click()
    page.goto(f"/admin/domains/{administration.domain_id}/")
    page.get_by_role("link", name="Propriétés").click()
    for feature in ("GroupWare", "WebDAV", "TeamChat"):
        page.get_by_label(feature, exact=False).check()
    save(page)
    expect(page.get_by_label("TeamChat")).to_be_checked()

    page.get_by_role("button", name="Nouveau").click()
    page.get_by_role("link", name="Nouveau groupe").last.click()
    page.get_by_label("Nom du groupe").fill("Projet X")
    page.get_by_label("Alias").fill("projetx")
    page.get_by_role("button", name="Enregistrer", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"projetx@{administration.domain}")
    page.get_by_label("Créer un dossier public").check()
    page.get_by_label("Activer TeamChat").check()
    save(page)
    expect(page.get_by_text("1 salle")).to_be_visible()

    arthur = screen_of(place.arthur).open()
    expect(arthur.page.locator("#room_list")).not_to_contain_text("Projet X")
    page.get_by_role("link", name="Membres", exact=True).click()
    page.get_by_role("link", name="Ajouter Membres").first.click()
    page.get_by_role("checkbox", name="arthur").check()
    page.get_by_role("button", name="Ajouter", exact=True).click()
    expect(page.get_by_text("1 entrée · 1 membre effectif")).to_be_visible()
    expect(arthur.page.locator("#room_list")).to_contain_text("Projet X")


def test_picker_searches_while_typing_and_keeps_the_selection(screen_of, place, administration):
    page = screen_of(administration.admin).page
    page.goto(f"/admin/groups/{administration.group_id}/members")
    page.get_by_role("link", name="Ajouter Membres").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("checkbox", name="paul").check()
    dialog.get_by_role("searchbox").press_sequentially("admin", delay=30)
    expect(dialog.get_by_role("checkbox")).to_have_count(2)
    expect(dialog.get_by_role("checkbox", name="paul")).to_be_checked()
    dialog.get_by_role("checkbox", name="admin").check()
    dialog.get_by_role("radio", name="Un domaine entier").check()
    expect(dialog).to_contain_text("2 choisis")
    dialog.get_by_role("button", name="Ajouter", exact=True).click()
    expect(page.get_by_text("4 entrées · 4 membres effectifs")).to_be_visible()


def test_leaving_with_unsaved_changes_asks_for_confirmation(screen_of, administration):
    page = screen_of(administration.admin).page
    page.goto(f"/admin/groups/{administration.group_id}/")
    page.get_by_label("Description").fill("pas encore")
    expect(page.get_by_text("Modifications non enregistrées")).to_be_visible()
    questions = []
    page.once("dialog", lambda dialog: (questions.append(dialog.type), dialog.dismiss()))
    with page.expect_event("dialog"):
        page.get_by_role("link", name="Membres", exact=True).click(no_wait_after=True)
    assert questions == ["beforeunload"]
    expect(page.get_by_label("Description")).to_have_value("pas encore")
    save(page)
    expect(page.get_by_text("Modifications non enregistrées")).to_be_hidden()


@pytest.mark.parametrize(
    ("address", "label"),
    [("/admin/licence", "Titulaire"), ("/admin/accounts/import", "Ou collez le tableau")],
    ids=["licence", "import"],
)
def test_typed_text_is_not_lost_by_a_stray_click(screen_of, administration, address, label):
    page = screen_of(administration.admin).page
    page.goto(address)
    expect(page.get_by_text("Modifications non enregistrées")).to_be_hidden()
    page.get_by_label(label).fill("pas encore")
    expect(page.get_by_text("Modifications non enregistrées")).to_be_visible()
    questions = []
    page.once("dialog", lambda dialog: (questions.append(dialog.type), dialog.dismiss()))
    with page.expect_event("dialog"):
        page.get_by_role("link", name="Liste de domaines").first.click(no_wait_after=True)
    assert questions == ["beforeunload"]
    expect(page.get_by_label(label)).to_have_value("pas encore")


def test_unsaved_changes_stay_marked_after_the_confirmation(screen_of, administration):
    screen = screen_of(administration.admin)
    screen.allow_console_errors()
    page = screen.page
    page.goto(f"/admin/groups/{administration.group_id}/")
    page.get_by_label("Activer TeamChat").uncheck()
    save(page)
    expect(page.get_by_text("1 salle de ce groupe est masquée")).to_be_visible()
    expect(page.get_by_text("Modifications non enregistrées")).to_be_visible()
    page.get_by_role("link", name="Annuler").click()
    expect(page.get_by_label("Activer TeamChat")).to_be_checked()


def test_groupware_stops_after_confirmation(screen_of, place, administration):
    screen = screen_of(administration.admin)
    screen.allow_console_errors()
    page = screen.page
    page.goto("/admin/")
    for choice in ("Arrêter", "Démarrer"):
        page.get_by_role("button", name="Actions sur GroupWare").click()
        page.locator("#menu-groupware").get_by_role("button", name=choice).click()
        if choice == "Arrêter":
            page.get_by_role("button", name="Arrêter GroupWare et TeamChat").click()
            expect(page.locator("#service-teamchat")).to_contain_text("attend GroupWare")
    expect(page.locator("#service-teamchat")).to_contain_text("Démarré")


@pytest.mark.parametrize("options", SCREENS.values(), ids=SCREENS)
def test_pages_have_no_violations_and_fit(screen_of, administration, options):
    page = screen_of(administration.admin, reduced_motion="reduce", **options).page
    domain, group = f"/admin/domains/{administration.domain_id}", f"/admin/groups/{administration.group_id}"
    for address in (
        *("/admin/", "/admin/licence", "/admin/domains/", "/admin/domains/new", "/admin/accounts/new"),
        *(f"{domain}/accounts", f"{domain}/groups", f"{domain}/properties", f"{domain}/history"),
        *(
            f"/admin/accounts/{administration.arthur_id}/",
            f"/admin/accounts/{administration.arthur_id}/history",
        ),
        *(f"{group}/", f"{group}/members", f"{group}/members/add", f"{group}/history"),
    ):
        page.goto(address)
        assert not violations(page), address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def add_guest_and_domain(servers, administration: Administration) -> int:
    """Add the whole domain to the group, a guest to its room and a guest without one.

    Return the id of the first guest.
    """
    with servers.workspace.app.app_context():
        domain, group = (
            db.session.get(Domain, administration.domain_id),
            db.session.get(Group, administration.group_id),
        )
        about = {"is_guest": True, "sponsor_id": administration.arthur_id}
        address = f"bruno.tessier.{administration.group_id}@bureau-darnis-et-associes.example"
        guest = factories.make_account(domain, "Bruno Tessier", address=address, **about)
        factories.make_account(domain, "Chloé", address=f"chloe{administration.group_id}@darnis.com", **about)
        factories.add_member(group, domain)
        factories.join_room(db.session.query(Room).filter_by(group_id=group.id).first(), guest)
        return guest.id


@pytest.mark.parametrize("options", SCREENS.values(), ids=SCREENS)
def test_guest_and_room_pages_have_no_violations(screen_of, servers, administration, options):
    page = screen_of(administration.admin, reduced_motion="reduce", **options).page
    guest, group = (
        f"/admin/guests/{add_guest_and_domain(servers, administration)}",
        f"/admin/groups/{administration.group_id}",
    )
    for address in (
        *("/admin/guests/", f"{guest}/", f"{guest}/card", f"{guest}/rooms", f"{guest}/sessions"),
        *(f"{guest}/history", f"{group}/rooms", f"/admin/domains/{administration.domain_id}/rooms"),
    ):
        page.goto(address)
        assert not violations(page), address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    for link in ("Coller des adresses", f"Détacher {administration.domain}"):
        page.goto(f"{group}/members")
        page.get_by_role("link", name=link).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert not violations(page), link
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), link
