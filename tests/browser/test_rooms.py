"""Rooms: created, shared, handed over, left, renamed, archived, deleted and restored."""

import re

import pytest
from playwright.sync_api import expect

from app.extensions import db
from app.models import Account, Folder, FolderKind, Group, Principal
from app.rules.rights import FULL, WRITE, Right
from tests.support import factories
from tests.support.browser.axe import violations
from tests.support.browser.rooms import make_room, room_menu

SCREENS = {
    "light": {"color_scheme": "light"},
    "dark phone": {"color_scheme": "dark", "width": 390, "height": 844},
}
KINDS = {
    "public in the group": ("Publique, pour tous les membres de", "jean sees it"),
    "private in the group": ("Privée, rangée sous", "only arthur"),
    "private of one's own": ("Privée : seules les personnes", "only arthur"),
}


def give(servers, place, person, rights) -> None:
    """Add a grant for one person to the group's TeamChat folder."""
    with servers.workspace.app.app_context():
        query = db.session.query(Folder).filter_by(group_id=place.group_id, kind=FolderKind.TEAMCHAT)
        factories.make_grant(query.one(), Principal.ACCOUNT, person.id, rights)


@pytest.fixture
def private(servers, place) -> int:
    """Make a private room of arthur with jean in it."""
    with servers.workspace.app.app_context():
        people = [db.session.get(Account, person.id) for person in (place.arthur, place.jean)]
        return factories.make_private_room(*people, name="Salaires").id


@pytest.mark.parametrize(("label", "visibility"), KINDS.values(), ids=KINDS)
def test_room_of_each_kind_is_created(screen_of, servers, place, label, visibility):
    give(servers, place, place.arthur, FULL)
    jean = screen_of(place.jean).open()
    page = screen_of(place.arthur).open().page
    page.get_by_role("link", name="Créer salle").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Nom de la salle")).to_be_focused()
    page.keyboard.type("Projet Z")
    dialog.get_by_role("radio", name=label).check()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Projet Z")).to_be_visible()
    expect(page.locator("#room_list")).to_contain_text("Projet Z")
    if visibility == "jean sees it":
        expect(jean.page.locator("#room_list")).to_contain_text("Projet Z")
    else:
        jean.page.reload()
        expect(jean.page.locator("#room_list")).not_to_contain_text("Projet Z")


def test_missing_name_is_refused(screen_of, place):
    screen = screen_of(place.arthur).open()
    screen.allow_console_errors()
    page = screen.page
    page.get_by_role("link", name="Créer salle").click()
    page.get_by_role("dialog").get_by_role("button", name="Créer").click()
    expect(page.get_by_role("dialog").locator(".field-error")).to_be_visible()
    assert not violations(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("link", name="Créer salle")).to_be_focused()


def test_members_are_added_and_removed_live(screen_of, place, private):
    paul, jean = screen_of(place.paul).open(), screen_of(place.jean).open(private)
    page = screen_of(place.arthur).open(private).page
    page.get_by_role("link", name="Membres", exact=True).click()
    panel = page.locator("#panel")
    panel.get_by_role("link", name="Ajouter").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("searchbox").fill("paul")
    dialog.get_by_role("checkbox", name="paul").check()
    dialog.get_by_role("button", name="Ajouter").click()
    expect(panel).to_contain_text("3 personnes dans cette salle")
    expect(paul.room_link(private)).to_be_visible()
    panel.get_by_role("button", name="Retirer jean").click()
    expect(page.get_by_role("dialog")).to_contain_text("aussitôt")
    page.get_by_role("dialog").get_by_role("button", name="Retirer").click()
    expect(panel).to_contain_text("2 personnes dans cette salle")
    expect(jean.page.get_by_text("n’est plus disponible")).to_be_visible()
    expect(jean.room_link(private)).to_have_count(0)


def test_room_is_handed_over_and_left(screen_of, place, private):
    jean = screen_of(place.jean).open(private)
    screen = screen_of(place.arthur).open(private)
    screen.allow_console_errors()
    page = screen.page
    page.get_by_role("link", name="Membres", exact=True).click()
    page.locator("#panel").get_by_role("button", name=re.compile("jean.*propriétaire")).click()
    expect(page.get_by_role("dialog")).to_contain_text("jean en devient propriétaire")
    page.get_by_role("dialog").get_by_role("button", name="Transmettre").click()
    expect(page.locator("#panel .people-row").filter(has_text="jean")).to_contain_text("Propriétaire")
    expect(page.locator("#panel").get_by_role("button", name="Retirer jean")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("tc-panel")).to_have_count(0)
    room_menu(page, "Quitter la salle")
    expect(page.get_by_role("dialog")).to_contain_text("Vous ne pouvez pas revenir de vous-même")
    expect(screen.room_link(private)).to_have_count(1)
    page.get_by_role("dialog").get_by_role("button", name="Quitter").click()
    expect(screen.room_link(private)).to_have_count(0)
    jean.page.get_by_role("link", name="Membres", exact=True).click()
    expect(jean.page.locator("#panel")).to_contain_text("1 personne dans cette salle")


def test_direct_conversation_reaches_the_other_person(screen_of, place):
    jean = screen_of(place.jean).open()
    page = screen_of(place.arthur).open().page
    page.get_by_role("link", name="Nouvelle conversation").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("jean")
    dialog.get_by_role("checkbox", name="jean").check()
    dialog.get_by_role("button", name="Ouvrir la conversation").click()
    expect(page.get_by_role("heading", level=1, name="jean")).to_be_visible()
    page.wait_for_function("() => document.querySelector('tc-room')?.isOpen")
    page.locator("textarea.composer-text").fill("entre nous")
    page.keyboard.press("Enter")
    link = jean.page.locator("#room_list a").filter(has_text="arthur")
    link.click()
    jean.sees("entre nous")


def test_renamed_room_changes_for_everybody(screen_of, servers, place):
    give(servers, place, place.arthur, WRITE | Right.FOLDER_RENAME)
    arthur, jean = screen_of(place.arthur).open(place.room_id), screen_of(place.jean).open(place.room_id)
    room_menu(jean.page)
    expect(jean.page.get_by_role("link", name="Nom et sujet")).to_have_count(0)
    page = arthur.page
    room_menu(page, "Nom et sujet")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Nom de la salle").fill("Équipe 😀 " + "très longue " * 12)
    dialog.get_by_label("Sujet").fill("Où tout se dit")
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Équipe 😀")
    expect(jean.room_link(place.room_id)).to_contain_text("Équipe 😀")
    jean.sees("arthur")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_room_is_archived_deleted_and_restored(screen_of, servers, place, administration):
    give(servers, place, place.arthur, FULL)
    other = make_room(servers, place, "Projet X")
    arthur, jean = screen_of(place.arthur).open(other), screen_of(place.jean).open(other)
    page = arthur.page
    room_menu(page, "Archiver cette salle")
    expect(jean.page.get_by_text("Cette salle est archivée")).to_be_visible()
    expect(page.get_by_text("Cette salle est archivée")).to_be_visible()
    room_menu(page, "Sortir de l’archive")
    expect(jean.composer).to_be_visible()
    room_menu(page, "Supprimer la salle")
    expect(page.get_by_role("dialog")).to_contain_text("30 jours")
    page.get_by_role("dialog").get_by_role("button", name="Supprimer").click()
    expect(jean.page.get_by_text("n’est plus disponible")).to_be_visible()
    expect(arthur.room_link(other)).to_have_count(0)
    admin = screen_of(administration.admin).page
    admin.goto(f"/admin/groups/{administration.group_id}/rooms")
    admin.get_by_role("link", name="Corbeille").click()
    admin.get_by_role("link", name="Projet X").click()
    admin.get_by_role("button", name="Restaurer").click()
    expect(admin.get_by_text("Projet X est restaurée", exact=False).first).to_be_visible()
    expect(jean.room_link(other)).to_be_visible()


def test_favourite_moves_to_the_top_and_panel_closes_with_its_room(screen_of, servers, place):
    other = make_room(servers, place, "Annexe")
    screen = screen_of(place.jean).open(place.room_id)
    page = screen.page
    room_menu(page, "Favori")
    expect(page.locator(".rooms-section").first).to_contain_text("Favoris")
    room_menu(page, "Que puis-je faire ici ?")
    expect(page.locator("#panel h2")).to_be_focused()
    expect(page.locator("#panel")).to_contain_text("Écrire des messages")
    screen.room_link(other).click()
    screen.wait_until_open()
    expect(page.locator("tc-panel")).to_have_count(0)


@pytest.mark.parametrize("options", SCREENS.values(), ids=SCREENS)
def test_room_pages_have_no_violations(screen_of, servers, place, private, options):
    give(servers, place, place.arthur, FULL)
    with servers.workspace.app.app_context():
        group = db.session.get(Group, place.group_id)
        factories.make_room(group, "غرفة المشروع")
    page = screen_of(place.arthur, reduced_motion="reduce", **options).page
    for address in (
        *("/webmail/", "/webmail/rooms/new", "/webmail/direct", "/webmail/rooms?tab=archive"),
        *(
            f"/webmail/rooms/{private}/{part}"
            for part in ("people", "people/add", "rights", "settings", "delete")
        ),
        f"/webmail/rooms/{place.room_id}/people",
    ):
        page.goto(address)
        assert not violations(page), address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    page.goto("/webmail/")
    for name in ("Créer salle", "Nouvelle conversation"):
        page.get_by_role("link", name=name).click()
        expect(page.get_by_role("dialog")).to_be_visible()
        assert not violations(page), name
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
    page.goto(f"/webmail/rooms/{private}")
    room_menu(page)
    assert not violations(page)


@pytest.mark.parametrize("width", [1440, 390])
def test_members_tab_leaves_the_conversation_open(screen_of, place, width):
    screen = screen_of(place.jean, width=width).open(place.room_id)
    page = screen.page
    page.evaluate("document.querySelector('tc-room').dataset.same = 'yes'")
    page.get_by_role("link", name="Membres", exact=True).click()
    expect(page.locator("#panel h2")).to_have_text("Membres")
    expect(page).to_have_url(re.compile("/people$"))
    assert not violations(page)
    if width == 1440:
        page.get_by_role("link", name="Conversation", exact=True).click()
        expect(page.locator("tc-panel")).to_have_count(0)
        expect(page).to_have_url(re.compile(f"/rooms/{place.room_id}$"))
    expect(page.locator("tc-room")).to_have_attribute("data-same", "yes")
