"""The limit of a group: set in WebAdmin, applied in the WebClient without losing the typed text."""

import pytest
from playwright.sync_api import expect

from app.extensions import db
from app.models import Group
from tests.support.browser.axe import violations
from tests.support.browser.screen import SCREENS, save


def limit(servers, place, number: int) -> None:
    with servers.workspace.app.app_context():
        db.session.get(Group, place.group_id).sends_per_minute = number
        db.session.commit()


@pytest.mark.parametrize("kind", SCREENS)
def test_group_limit_is_set_and_refused_at_its_field(screen_of, administration, kind):
    screen = screen_of(administration.admin, **SCREENS[kind])
    page = screen.page
    screen.allow_console_errors()
    page.goto(f"/admin/groups/{administration.group_id}/")
    page.get_by_role("link", name="Limites").click()
    field = page.get_by_label("Nombre maximum d’envois par minute")
    field.fill("0")
    save(page)
    expect(page.locator(".field-error")).to_contain_text("Indiquez un nombre")
    expect(field).to_have_value("0")
    assert not violations(page)
    field.fill("12")
    save(page)
    expect(page.get_by_text("Enregistré.")).to_be_visible()
    expect(field).to_have_value("12")


def test_sender_over_the_limit_keeps_the_text_and_sees_the_wait(both, servers, place):
    arthur, jean = both
    limit(servers, place, 2)
    jean.say("un")
    jean.sees("un")
    arthur.say("deux")
    arthur.sees("deux")
    arthur.say("trois, à garder")
    notice = arthur.page.locator("[data-pace]")
    expect(notice).to_contain_text("2 envois par minute")
    expect(notice).to_contain_text("Prochain envoi dans")
    expect(arthur.composer).to_have_value("trois, à garder")
    expect(arthur.pending).to_have_count(0)
    expect(arthur.page.get_by_role("button", name="Envoyer")).to_be_disabled()
    assert not violations(arthur.page)
    arthur.composer.press("Enter")
    expect(arthur.composer).to_have_value("trois, à garder")
    limit(servers, place, 20)
    arthur.page.evaluate("() => { document.querySelector('tc-composer').pauseEnd = Date.now() + 300; }")
    expect(notice).to_be_hidden()
    arthur.composer.press("Enter")
    jean.sees("trois, à garder")
    expect(arthur.composer).to_have_value("")
