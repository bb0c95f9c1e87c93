"""Installing a signed licence in a real browser, in French: what was pasted is not lost by a click beside it."""

import pytest
from playwright.sync_api import Page, expect

from app.extensions import db
from app.models import License
from tests.support.licenses import PUBLIC, paper

UNSAVED = "Modifications non enregistrées"


@pytest.fixture(scope="module")
def verifying(house):
    """The server of somebody who takes signed licences."""
    house.web.env["LICENSE_PUBLIC_KEY"] = PUBLIC
    house.web.restart()
    yield house
    del house.web.env["LICENSE_PUBLIC_KEY"]
    house.web.restart()


@pytest.fixture
def signed(verifying):
    """A licence that is installed lasts for one journey; those of before count again afterwards."""
    with verifying.stage.app.app_context():
        before = [licence_id for (licence_id,) in db.session.query(License.id)]
    yield verifying
    with verifying.stage.app.app_context():
        db.session.query(License).filter(License.id.not_in(before)).delete()
        db.session.commit()


@pytest.fixture
def screen(signed, sits, office):
    """A server administrator on the licence's page."""
    screen = sits(office.admin)
    screen.page.goto("/admin/licence")
    return screen


def document(page: Page):
    """Where a licence is pasted."""
    return page.get_by_role("textbox", name="Licence")


def install(page: Page) -> None:
    """Press the button, and wait for the answer."""
    with page.expect_response("**/admin/licence/install"):
        page.get_by_role("button", name="Installer", exact=True).click()


def asked(page: Page) -> list[str]:
    """The questions that the browser asks from now on; each is answered by staying."""
    kept = []
    page.on("dialog", lambda dialog: (kept.append(dialog.type), dialog.dismiss()))
    return kept


def leave(page: Page) -> None:
    """Click beside the form, and give the browser time to ask."""
    page.get_by_role("link", name="Liste de domaines").first.click(no_wait_after=True)
    page.wait_for_timeout(300)


def test_who_leaves_with_a_licence_pasted_is_asked(screen):
    page, questions = screen.page, asked(screen.page)
    expect(page.get_by_text(UNSAVED)).to_be_hidden()
    document(page).fill("pas encore")
    expect(page.get_by_text(UNSAVED)).to_be_visible()
    leave(page)
    assert questions == ["beforeunload"]
    expect(document(page)).to_have_value("pas encore")


def test_who_empties_the_field_again_leaves_unasked(screen):
    page, questions = screen.page, asked(screen.page)
    document(page).fill("pas encore")
    document(page).fill("")
    expect(page.get_by_text(UNSAVED)).to_be_hidden()
    leave(page)
    expect(page).to_have_url("/admin/domains/")
    assert questions == []


def test_what_was_refused_is_guarded_until_it_is_installed(screen):
    screen.expect_trouble()
    page, questions = screen.page, asked(screen.page)
    document(page).fill("bonjour")
    install(page)
    expect(document(page)).to_have_attribute("aria-invalid", "true")
    expect(document(page)).to_have_value("bonjour")
    expect(page.get_by_text(UNSAVED)).to_be_visible()
    assert questions == []
    leave(page)
    assert questions == ["beforeunload"]
    expect(document(page)).to_have_value("bonjour")

    document(page).fill(paper(seats=100_000))
    install(page)
    expect(page.get_by_text("Société Démo")).to_be_visible()
    expect(page.get_by_text(UNSAVED)).to_be_hidden()
    expect(document(page)).to_have_value("")
    leave(page)
    expect(page).to_have_url("/admin/domains/")
    assert questions == ["beforeunload"]
