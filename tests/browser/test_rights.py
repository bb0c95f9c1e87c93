"""Windows of rights: the path of the guide by keyboard, effects on open rooms, concurrent changes."""

import pytest
from playwright.sync_api import expect

from app.extensions import db
from app.models import Account, Folder, FolderKind, Group, Principal, Room
from app.rules.rights import FULL, READ
from tests.support import factories
from tests.support.browser.axe import violations

SCREENS = {
    "light": {"color_scheme": "light"},
    "dark phone": {"color_scheme": "dark", "width": 390, "height": 844},
}


@pytest.fixture
def folder_id(servers, place) -> int:
    with servers.workspace.app.app_context():
        return (
            db.session.query(Folder.id).filter_by(group_id=place.group_id, kind=FolderKind.TEAMCHAT).scalar()
        )


@pytest.fixture
def differing(servers, place) -> list[int]:
    """Make two rooms whose lists differ from that of their folder."""
    with servers.workspace.app.app_context():
        group = db.session.get(Group, place.group_id)
        rooms = [factories.make_room(group, name, has_own_list=True) for name in ("Projet X", "Projet Y")]
        for room in rooms:
            factories.make_grant(room, Principal.GROUP, group.id, READ)
        return [room.id for room in rooms]


def rights_window(page, administration):
    """Open the list of TeamChat on the path of the guide, by pointer."""
    page.goto(f"/admin/groups/{administration.group_id}/")
    page.get_by_role("link", name="Droits", exact=True).click()
    page.get_by_role("link", name="Afficher tous les dossiers").click()
    page.get_by_role("navigation", name="Dossiers").get_by_role("link", name="TeamChat").first.click()
    return page.get_by_role("dialog")


def grant_row(dialog, name: str):
    return dialog.get_by_role("row").filter(has_text=name)


def press(page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_rights_of_the_guide_are_set_by_keyboard_only(screen_of, administration):
    page = screen_of(administration.admin).page
    page.goto(f"/admin/groups/{administration.group_id}/")
    page.get_by_role("link", name="Droits", exact=True).focus()
    press(page, "Enter")
    expect(page.get_by_role("link", name="Afficher tous les dossiers")).to_be_focused()
    press(page, "Enter")
    dialog = page.get_by_role("dialog")
    tree = dialog.get_by_role("navigation", name="Dossiers")
    expect(tree.get_by_role("link", name="TeamChat").first).to_be_focused()
    press(page, "Enter")
    expect(dialog.get_by_role("columnheader")).to_have_text(["Nom", "Droits", "Actions"])
    expect(tree.get_by_role("link", name="TeamChat").first).to_be_focused()

    dialog.get_by_role("link", name="Ajouter").focus()
    press(page, "Enter")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("person1")
    expect(dialog.get_by_role("checkbox", name="jean")).to_be_visible()
    expect(dialog.get_by_role("checkbox", name="arthur")).to_have_count(0)
    dialog.get_by_role("checkbox", name="jean").focus()
    press(page, "Space")
    dialog.get_by_role("combobox", name="Droits").select_option(label="Tous")
    dialog.get_by_role("button", name="Ajouter").focus()
    press(page, "Enter")
    jean = grant_row(dialog, "person1")
    expect(jean).to_contain_text("Tous")

    jean.get_by_role("link").focus()
    press(page, "Enter")
    expect(dialog.get_by_role("radio", name="Tous")).to_be_focused()
    press(page, "ArrowLeft", "Enter")
    expect(jean).to_contain_text("Modérer")
    expect(jean.get_by_role("link")).to_be_focused()
    press(page, "Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("link", name="Droits", exact=True)).to_be_focused()


def test_presets_and_single_rights_agree(screen_of, administration):
    page = screen_of(administration.admin).page
    dialog = rights_window(page, administration)
    grant_row(dialog, "[invités]").get_by_role("link").click()
    dialog.get_by_text("Avancé").click()
    dialog.get_by_label("Renommer").check()
    expect(dialog.get_by_role("radio", name="Personnalisé")).to_be_checked()
    dialog.get_by_label("Renommer").uncheck()
    expect(dialog.get_by_role("radio", name="Écrire")).to_be_checked()
    dialog.get_by_role("radio", name="Lire").check(force=True)
    expect(dialog.get_by_label("Écrire des messages")).not_to_be_checked()
    dialog.get_by_label("Renommer").check()
    dialog.get_by_role("button", name="Enregistrer").click()
    expect(grant_row(dialog, "[invités]")).to_contain_text("Personnalisé")
    expect(grant_row(dialog, "[invités]")).to_contain_text("Renommer")


def test_changed_right_reaches_an_open_room(screen_of, place, administration):
    jean = screen_of(place.jean).open(place.room_id)
    page = screen_of(administration.admin).page
    dialog = rights_window(page, administration)
    for preset, is_open in (("Lire", False), ("Écrire", True)):
        grant_row(dialog, "[group").get_by_role("link").click()
        dialog.get_by_role("radio", name=preset).check(force=True)
        dialog.get_by_role("button", name="Enregistrer").click()
        expect(grant_row(dialog, "[group")).to_contain_text(preset)
        expect(jean.page.get_by_text("Vous pouvez lire ici")).to_be_visible(visible=not is_open)
        expect(jean.composer).to_be_visible(visible=is_open)
    jean.say("de nouveau")
    jean.sees("de nouveau")


def test_second_administrator_is_shown_the_change_of_the_first(screen_of, servers, administration):
    pages = [
        screen_of(administration.admin),
        screen_of(servers.workspace.second_device(administration.admin)),
    ]
    pages[1].allow_console_errors()
    first, second = (rights_window(screen.page, administration) for screen in pages)
    for dialog in (first, second):
        grant_row(dialog, "[invités]").get_by_role("link").click()
    first.get_by_role("radio", name="Lire").check(force=True)
    first.get_by_role("button", name="Enregistrer").click()
    expect(grant_row(first, "[invités]")).to_contain_text("Lire")
    second.get_by_role("radio", name="Tous").check(force=True)
    second.get_by_role("button", name="Enregistrer").click()
    expect(second.get_by_text("Quelqu’un d’autre a modifié cette liste entre-temps")).to_be_visible()
    expect(second.get_by_role("status")).to_contain_text("Écrire → Lire")
    expect(second.get_by_role("radio", name="Tous")).to_be_checked()
    second.get_by_role("button", name="Enregistrer").click()
    expect(grant_row(second, "[invités]")).to_contain_text("Tous")


def test_differing_rooms_are_reset_only_if_unchanged(screen_of, servers, administration, differing):
    screen = screen_of(administration.admin)
    screen.allow_console_errors()
    page = screen.page
    page.goto(f"/admin/groups/{administration.group_id}/rights/drift")
    expect(page.get_by_text("2 salles diffèrent")).to_be_visible()
    with servers.workspace.app.app_context():
        factories.make_grant(db.session.get(Room, differing[1]), Principal.ANYONE, rights=FULL)
    page.get_by_role("button", name="Tout réinitialiser").click()
    page.get_by_role("dialog").get_by_role("button", name="Tout réinitialiser").click()
    expect(page.get_by_text("Rien n’a encore été réinitialisé")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Projet Y")).to_contain_text("modifiée entre-temps")
    page.get_by_role("button", name="Réinitialiser Projet X").click()
    expect(page.get_by_text("1 salle diffère")).to_be_visible()
    page.get_by_role("button", name="Tout réinitialiser").click()
    page.get_by_role("dialog").get_by_role("button", name="Tout réinitialiser").click()
    expect(page.get_by_text("Aucune salle ne diffère")).to_be_visible()


def test_explanation_links_to_where_rights_are_changed(screen_of, place, administration):
    page = screen_of(administration.admin).page
    why = f"/admin/rooms/{place.room_id}/why"
    page.goto(why)
    page.get_by_role("searchbox").fill("arthur")
    page.get_by_role("link", name="arthur").first.click()
    expect(page.get_by_role("heading", name="arthur dans TeamChat : Écrire")).to_be_visible()
    links = page.get_by_role("link", name="Modifier")
    links.nth(0).click()
    expect(page).to_have_url(
        f"{page.url.partition('/admin')[0]}/admin/groups/{administration.group_id}/members"
    )
    page.go_back()
    links.nth(1).click()
    expect(page.get_by_role("radio", name="Écrire")).to_be_checked()


@pytest.mark.parametrize("options", SCREENS.values(), ids=SCREENS)
def test_rights_pages_have_no_violations(
    screen_of, servers, place, administration, folder_id, differing, options
):
    page = screen_of(administration.admin, reduced_motion="reduce", **options).page
    with servers.workspace.app.app_context():
        arthur = db.session.get(Account, place.arthur.id)
        private = factories.make_private_room(arthur, db.session.get(Account, place.jean.id)).id
    group, room = f"/admin/groups/{administration.group_id}", f"/admin/rooms/{place.room_id}"
    for address in (
        *(f"{group}/rights", f"{group}/rights?all=1", f"{group}/rights/drift", f"{group}/members/people"),
        *(f"/admin/rights/folder/{folder_id}", f"/admin/rights/folder/{folder_id}/add"),
        *(f"/admin/rights/room/{differing[0]}", f"/admin/rights/folder/{folder_id}?line=guests:0"),
        *(f"{room}/matrix", f"{room}/why", f"{room}/why/{place.arthur.id}", f"{room}/"),
        *(f"/admin/rooms/{private}/people", f"/admin/rooms/{private}/people/{place.jean.id}/remove"),
        *(f"{group}/members/people/{place.jean.id}/exclude", f"/admin/accounts/{place.arthur.id}/test-as"),
    ):
        page.goto(address)
        assert not violations(page), address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
    dialog = rights_window(page, administration)
    assert not violations(page)
    grant_row(dialog, "[invités]").get_by_role("link").click()
    expect(dialog.get_by_role("button", name="Enregistrer")).to_be_visible()
    assert not violations(page)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    dialog = rights_window(page, administration)
    dialog.get_by_role("link", name="Ajouter").click()
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    assert not violations(page)
