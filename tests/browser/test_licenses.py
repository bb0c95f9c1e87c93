"""Installation of a signed licence in French, with protection of the pasted text."""

import pytest
from playwright.sync_api import Page, expect

from app.extensions import db
from app.models import License
from tests.support.licenses import PUBLIC, paper

UNSAVED = "Modifications non enregistrées"


@pytest.fixture(scope="module")
def verifying(servers):
    """Restart the server with a public key, so that it takes signed licences."""
    servers.web.env["LICENSE_PUBLIC_KEY"] = PUBLIC
    servers.web.restart()
    yield servers
    del servers.web.env["LICENSE_PUBLIC_KEY"]
    servers.web.restart()


@pytest.fixture
def signed(verifying):
    """Remove the licences that the test has installed."""
    with verifying.workspace.app.app_context():
        before = [licence_id for (licence_id,) in db.session.query(License.id)]
    yield verifying
    with verifying.workspace.app.app_context():
        db.session.query(License).filter(License.id.not_in(before)).delete()
        db.session.commit()


@pytest.fixture
def screen(signed, screen_of, administration):
    """Open the licence page as a server administrator."""
    screen = screen_of(administration.admin)
    screen.page.goto("/admin/licence")
    return screen


def licence_field(page: Page):
    """Return the field for the pasted licence."""
    return page.get_by_role("textbox", name="Licence")


def install(page: Page) -> None:
    """Press the button, and wait for the answer."""
    with page.expect_response("**/admin/licence/install"):
        page.get_by_role("button", name="Installer", exact=True).click()


def record_questions(page: Page) -> list[str]:
    """Return a list of the browser's questions from now on; each is answered by staying."""
    questions = []
    page.on("dialog", lambda dialog: (questions.append(dialog.type), dialog.dismiss()))
    return questions


def leave(page: Page) -> None:
    """Click a link outside the form."""
    page.get_by_role("link", name="Liste de domaines").first.click(no_wait_after=True)


def leave_and_be_asked(page: Page) -> None:
    """Click a link outside the form, and wait for the browser's question."""
    with page.expect_event("dialog"):
        leave(page)


def test_leaving_with_a_pasted_licence_asks_for_confirmation(screen):
    page, questions = screen.page, record_questions(screen.page)
    expect(page.get_by_text(UNSAVED)).to_be_hidden()
    licence_field(page).fill("pas encore")
    expect(page.get_by_text(UNSAVED)).to_be_visible()
    leave_and_be_asked(page)
    assert questions == ["beforeunload"]
    expect(licence_field(page)).to_have_value("pas encore")


def test_leaving_with_an_emptied_field_asks_nothing(screen):
    page, questions = screen.page, record_questions(screen.page)
    licence_field(page).fill("pas encore")
    licence_field(page).fill("")
    expect(page.get_by_text(UNSAVED)).to_be_hidden()
    leave(page)
    expect(page).to_have_url("/admin/domains/")
    assert questions == []


def test_refused_licence_is_kept_until_one_is_installed(screen):
    screen.allow_console_errors()
    page, questions = screen.page, record_questions(screen.page)
    licence_field(page).fill("bonjour")
    install(page)
    expect(licence_field(page)).to_have_attribute("aria-invalid", "true")
    expect(licence_field(page)).to_have_value("bonjour")
    expect(page.get_by_text(UNSAVED)).to_be_visible()
    assert questions == []
    leave_and_be_asked(page)
    assert questions == ["beforeunload"]
    expect(licence_field(page)).to_have_value("bonjour")

    licence_field(page).fill(paper(seats=100_000))
    install(page)
    expect(page.get_by_text("Société Démo")).to_be_visible()
    expect(page.get_by_text(UNSAVED)).to_be_hidden()
    expect(licence_field(page)).to_have_value("")
    leave(page)
    expect(page).to_have_url("/admin/domains/")
    assert questions == ["beforeunload"]
