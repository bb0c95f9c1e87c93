"""Licence, outgoing mail and audit log: accessibility, width, and live parts."""

import pytest

from app.extensions import db
from app.integrations.mail import PLAIN
from app.models import AuditEntry, MailFailure, OutgoingMail, WorkState, now
from tests.support.browser.axe import violations
from tests.support.licenses import keep_trial
from tests.support.mail_server import mail_server


@pytest.fixture
def mails(servers) -> list[int]:
    """Make a waiting, a sent and a refused mail, and return their ids."""
    usual = {
        "template": "password_changed",
        "language": "fr",
        "arguments": '{"ip": "192.0.2.7"}',
        "due_at": now(),
    }
    with servers.workspace.app.app_context():
        waiting = OutgoingMail(recipient="bt@darnis.com", **usual)
        left = OutgoingMail(
            recipient="jean@iwdemo.fr", state=WorkState.DONE, attempts=1, finished_at=now(), **usual
        )
        refused = OutgoingMail(
            recipient="personne-avec-une-adresse-tres-longue@sous-domaine.exemple-de-domaine.fr",
            state=WorkState.FAILED,
            attempts=1,
            finished_at=now(),
            failure=MailFailure.RECIPIENT,
            last_error="550 5.1.1 <personne@exemple.fr>: Recipient address rejected: User unknown in local table",
            **usual,
        )
        done = AuditEntry(
            act="group.update",
            actor_name="admin@iwdemo.fr",
            object_kind="group",
            object_id=1,
            object_name="groupetc@iwdemo.fr",
            origin="192.0.2.7",
            before='{"name": "groupetc", "description": null}',
            after='{"name": "Groupe etc.", "description": "Le projet de refonte du site"}',
            created_at=now(),
        )
        db.session.add_all([waiting, left, refused, done])
        db.session.commit()
        if not db.session.query(OutgoingMail.id).count() > 3:
            keep_trial(seats=5)
        return [waiting.id, left.id, refused.id]


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_pages_have_no_violations_and_fit(screen_of, administration, mails, width, scheme):
    screen = screen_of(administration.admin, width=width, color_scheme=scheme, reduced_motion="reduce")
    page = screen.page
    addresses = [
        "/admin/licence",
        "/admin/mails",
        "/admin/mails/server",
        "/admin/journal",
        "/admin/journal?act=task.start",
    ]
    addresses += [f"/admin/mails/{mail_id}" for mail_id in mails]
    for address in addresses:
        page.goto(address)
        assert not violations(page), address
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address


def test_outbox_search_while_typing_updates_the_url(screen_of, administration, mails):
    page = screen_of(administration.admin).page
    page.goto("/admin/mails")
    page.get_by_role("searchbox", name="Rechercher par destinataire").press_sequentially("jean@")
    page.wait_for_url("**q=jean*")
    assert page.locator("#list tbody tr").count() >= 1
    assert "bt@darnis.com" not in page.locator("#list").inner_text()


def test_test_mail_keeps_what_was_typed(screen_of, administration):
    screen = screen_of(administration.admin)
    page = screen.page
    page.goto("/admin/mails/server")
    with mail_server(on_rcpt="550 5.1.1 no such mailbox") as (_box, port):
        page.get_by_label("Serveur de messagerie").first.fill("127.0.0.1")
        page.get_by_label("Port").fill(str(port))
        page.get_by_label("Protection").select_option(PLAIN)
        page.get_by_label("Mot de passe", exact=True).fill("half typed")
        page.get_by_label("Nom d’utilisateur").fill("")
        page.get_by_role("button", name="Envoyer un courriel de test").click()
        page.locator("#trial .field-error, #trial .alert").first.wait_for()
        assert page.get_by_label("Mot de passe", exact=True).input_value() == "half typed"
        assert "422" in screen.complaints.pop()
        page.get_by_label("Mot de passe", exact=True).fill("")
        page.get_by_role("button", name="Envoyer un courriel de test").click()
        page.get_by_text("no such mailbox").first.wait_for()
    assert page.get_by_label("Port").input_value() == str(port)
    assert page.get_by_text("Modifications non enregistrées").is_visible()
    assert not violations(page)


def test_audit_log_is_filtered_without_leaving_the_page(screen_of, administration):
    page = screen_of(administration.admin).page
    page.goto("/admin/journal")
    page.get_by_label("Qui").press_sequentially("nobody-of-that-name")
    page.get_by_text("Aucune action ne correspond.").wait_for()
    page.get_by_role("link", name="Tout afficher").click()
    page.locator("#list .audit-list").wait_for()
