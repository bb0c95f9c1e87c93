"""The administration chapters of the guide, in their order, in French, by what can be clicked.

With GUIDE_PICTURES=docs/images the run keeps the pictures of docs/administrator.md there.
"""

import io
import os
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from app.extensions import db
from app.models import Account, Domain, Group, License, Role, Room
from deploy.local.paths import ROOT
from tests.support import factories
from tests.support.faults.workspace import Person
from tests.support.licenses import keep_trial

PEOPLE = ("arthur", "jean", "paul", "claire", "nadia")
GUEST = "bt@darnis.com"


@pytest.fixture
def company(servers):
    """Make the domain of the guide with every feature off, and return its people by name."""
    with servers.workspace.app.app_context():
        domain = factories.make_domain("iwdemo.fr", description="Société de démonstration")
        domain.has_groupware = domain.has_webdav = domain.has_teamchat = False
        admin = factories.make_account(domain, "admin", role=Role.SERVER, language="fr")
        db.session.query(License).delete()
        keep_trial(seats=500)
        people = {name: factories.make_account(domain, name, language="fr") for name in PEOPLE}
        ids = {name: account.id for name, account in (("admin", admin), *people.items())}
    return {name: servers.workspace.second_device(Person(one, name, 0, "")) for name, one in ids.items()}


@pytest.fixture
def pictures() -> Path | None:
    """Return the folder for pictures, None without GUIDE_PICTURES."""
    folder = os.environ.get("GUIDE_PICTURES")
    return ROOT / folder if folder else None


def keep(page: Page, folder: Path | None, name: str) -> None:
    """Save a picture of the page in few colours, so that it does not outweigh the text of the document."""
    if folder is None:
        return
    page.wait_for_timeout(400)
    drawn = Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    drawn.quantize(128).save(folder / f"admin-{name}.png", optimize=True)


def save(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="Enregistrer", exact=True).click()
    expect(page.get_by_text(re.compile("^Enregistré")).first).to_be_visible()


def menu(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Menu principal").get_by_role("link", name=name).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def section(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="Sections").get_by_role("link", name=name, exact=True).click()


@pytest.mark.timeout(300)
def test_guide_is_followed_in_its_order(servers, screen_of, company, pictures):
    administrator = screen_of(company["admin"], reduced_motion="reduce")
    page = administrator.page
    page.goto("/admin/")
    follow_licence(page, pictures)
    follow_domain_policies(page, pictures)
    follow_account_policies(page, pictures)
    follow_service(page, pictures)
    follow_discovery(page, pictures)
    follow_public_room(page, pictures)
    follow_members(page, pictures)
    arthur = screen_of(company["arthur"], reduced_motion="reduce")
    follow_private_room(arthur.page, pictures)
    follow_rights(page, pictures)
    follow_guest_invitation(arthur.page, pictures)
    follow_guest_administration(servers, page, pictures)


def follow_licence(page: Page, pictures) -> None:
    """Follow Aide → Licence."""
    page.get_by_role("button", name="Aide").click()
    page.get_by_role("link", name="Licence").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Licence")
    keep(page, pictures, "licence")


def follow_domain_policies(page: Page, pictures) -> None:
    """Follow Liste de domaines → domaine → Propriétés → Caractéristiques → Paramètres Système → TeamChat."""
    menu(page, "Liste de domaines")
    page.get_by_role("searchbox", name=re.compile("Rechercher")).last.fill("iwdemo")
    page.get_by_role("main").get_by_role("link", name="iwdemo.fr").first.click()
    section(page, "Propriétés")
    expect(page.get_by_text("Paramètres Système")).to_be_visible()
    for feature in ("GroupWare", "WebDAV", "TeamChat"):
        page.get_by_label(feature).check()
    page.locator("#characteristics").scroll_into_view_if_needed()
    keep(page, pictures, "domain")
    save(page)
    expect(page.get_by_label("TeamChat")).to_be_checked()


def follow_account_policies(page: Page, pictures) -> None:
    """Follow Comptes → compte → Informations → Fonctionnalités → Paramètres Système → TeamChat, off and on."""
    section(page, "Comptes")
    page.get_by_role("main").get_by_role("link", name="nadia").click()
    expect(page.get_by_role("heading", name="Fonctionnalités")).to_be_visible()
    page.get_by_label("TeamChat").uncheck()
    save(page)
    expect(page.get_by_label("TeamChat")).not_to_be_checked()
    page.get_by_label("TeamChat").check()
    save(page)
    keep(page, pictures, "account")


def follow_service(page: Page, pictures) -> None:
    """Follow Tableau de bord → Etat des Services → Collaboration → the menu of TeamChat."""
    menu(page, "Tableau de bord")
    expect(page.get_by_text("Etat des Services")).to_be_visible()
    page.get_by_role("button", name="Actions sur TeamChat").click()
    expect(page.locator("#menu-teamchat").get_by_role("button", name="Arrêter")).to_be_visible()
    keep(page, pictures, "dashboard")
    for choice, state in (("Arrêter", "Arrêté"), ("Démarrer", "Démarré")):
        if not page.locator("#menu-teamchat").is_visible():
            page.get_by_role("button", name="Actions sur TeamChat").click()
        page.locator("#menu-teamchat").get_by_role("button", name=choice).click()
        expect(page.locator("#service-teamchat")).to_contain_text(state)


def follow_discovery(page: Page, pictures) -> None:
    """Follow SmartDiscover: the public host, the services, the twelve URLs."""
    menu(page, "SmartDiscover")
    for name in ("SMTP", "POP3", "IMAP", "XMPP", "SIP"):
        expect(page.get_by_label(name, exact=True)).to_be_visible()
    for name in (
        *("MobileSync (ActiveSync)", "WebDAV & SmartAttach", "WebClient", "WebAdmin", "Libre / Occupé"),
        *("Agenda Internet", "SMS", "Rapports Anti-Spam", "Programmes clients"),
        *("URL API TeamChat", "URL API Collaboration", "URL API Conférence"),
    ):
        expect(page.get_by_label(name, exact=True)).to_be_visible()
    keep(page, pictures, "smartdiscover")


def follow_public_room(page: Page, pictures) -> None:
    """Follow "+" → Nouveau groupe; Partage du groupe → Créer un dossier public, Activer TeamChat."""
    menu(page, "Liste de domaines")
    page.get_by_role("main").get_by_role("link", name="iwdemo.fr").first.click()
    page.get_by_role("button", name="Nouveau").click()
    page.get_by_role("link", name="Nouveau groupe").last.click()
    page.get_by_label("Nom du groupe").fill("groupetc")
    page.get_by_label("Alias").fill("groupetc")
    for name in ("Enregistrer et nouveau", "Annuler", "Enregistrer"):
        expect(page.get_by_text(name, exact=True).last).to_be_visible()
    keep(page, pictures, "new-group")
    page.get_by_role("button", name="Enregistrer", exact=True).last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("groupetc@iwdemo.fr")
    page.get_by_label("Créer un dossier public").check()
    page.get_by_label("Activer TeamChat").check()
    words = "Activer la création des salles de discussion privées et publiques pour ce groupe."
    expect(page.get_by_text(words)).to_be_visible()
    save(page)
    keep(page, pictures, "group")
    section(page, "Limites")
    expect(page.get_by_label("Nombre maximum d’envois par minute")).to_be_visible()


def follow_members(page: Page, pictures) -> None:
    """Follow Membres → Ajouter Membres."""
    section(page, "Membres")
    page.get_by_role("link", name="Ajouter Membres").first.click()
    dialog = page.get_by_role("dialog")
    for name in ("arthur", "jean"):
        dialog.get_by_role("checkbox", name=name).check()
    keep(page, pictures, "members")
    dialog.get_by_role("button", name="Ajouter", exact=True).click()
    expect(page.get_by_text("2 entrées · 2 membres effectifs")).to_be_visible()


def follow_private_room(page: Page, pictures) -> None:
    """Follow Créer salle, in the WebClient, as a member."""
    page.goto("/webmail/")
    expect(page.locator("#room_list")).to_contain_text("groupetc")
    page.get_by_role("link", name="Créer salle").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Nom").first.fill("Salon à deux")
    keep(page, pictures, "new-room")
    dialog.get_by_role("button", name="Créer").click()
    expect(page.locator("#room_list")).to_contain_text("Salon à deux")


def follow_rights(page: Page, pictures) -> None:
    """Follow Informations → Droits → Afficher tous les dossiers → TeamChat → NOM | DROITS."""
    section(page, "Informations")
    page.get_by_role("link", name="Droits", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("link", name="Afficher tous les dossiers").click()
    dialog.get_by_role("link", name="TeamChat").first.click()
    expect(dialog.get_by_role("columnheader", name="Nom")).to_be_visible()
    expect(dialog.get_by_role("row", name=re.compile(r"\[groupetc@iwdemo\.fr\]"))).to_contain_text("Écrire")
    dialog.get_by_role("link", name="Ajouter").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("checkbox", name="jean").check()
    dialog.get_by_label("Droits").last.select_option(label="Tous")
    dialog.get_by_role("button", name="Ajouter", exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("row", name=re.compile("jean@iwdemo.fr"))).to_contain_text(
        "Tous"
    )
    keep(page, pictures, "rights")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)


def follow_guest_invitation(page: Page, pictures) -> None:
    """Follow Membres → Inviter, in the WebClient, as a member."""
    page.locator("#room_list").get_by_role("link", name="TeamChat").first.click()
    page.wait_for_function("() => document.querySelector('tc-room')?.isOpen")
    page.get_by_role("link", name="Membres", exact=True).click()
    page.get_by_role("link", name="Inviter", exact=True).click()
    page.get_by_label("Adresses email").fill(GUEST)
    page.get_by_role("button", name="Inviter", exact=True).click()
    expect(page.get_by_text(GUEST).first).to_be_visible()
    keep(page, pictures, "invited")


def follow_guest_administration(servers, page: Page, pictures) -> None:
    """Follow Domaines & Comptes → Comptes invités: the list, the page, Choisir l’action → Supprimer."""
    with servers.workspace.app.app_context():
        arthur = db.session.query(Account).filter_by(address="arthur@iwdemo.fr").one()
        group = db.session.query(Group).filter_by(address="groupetc@iwdemo.fr").one()
        internal = db.session.query(Domain).filter_by(is_internal=True).first() or arthur.domain
        guest = factories.make_account(
            internal, "Bertrand Thomas", address=GUEST, is_guest=True, sponsor_id=arthur.id, language="fr"
        )
        factories.join_room(db.session.query(Room).filter_by(group_id=group.id).first(), guest)
    menu(page, "Comptes invités")
    page.get_by_role("main").get_by_role("link", name="Bertrand Thomas").click()
    for name in ("Prénom", "Nom", "Description"):
        expect(page.get_by_label(name, exact=True).first).to_be_visible()
    for name in ("Gérer le mot de passe", "Dernière connexion"):
        expect(page.get_by_role("heading", name=name)).to_be_visible()
    keep(page, pictures, "guest")
    page.get_by_label("Prénom", exact=True).fill("Bertrand")
    save(page)
    section(page, "Carte de visite")
    menu(page, "Comptes invités")
    page.get_by_role("checkbox", name="Bertrand").check()
    keep(page, pictures, "guests")
    page.get_by_role("button", name=re.compile("Choisir l.action")).click()
    page.get_by_role("button", name="Supprimer").first.click()
    page.get_by_role("dialog").get_by_role("button", name="Supprimer").click()
    expect(page.get_by_role("main").get_by_role("link", name="Bertrand Thomas")).to_have_count(0)
