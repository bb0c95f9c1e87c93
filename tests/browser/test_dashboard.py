"""The Dashboard: services with their figures, charts with their table, wide and narrow."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.models import FigureName, now
from app.operations import dashboard
from app.queries import dashboard as questions
from tests.support.browser.axe import violations
from tests.support.browser.screen import SCREENS


def test_closed_section_stays_closed(screen_of, administration):
    page = screen_of(administration.admin).page
    page.clock.install()
    page.goto("/admin/")
    section = page.locator("#services-messaging")
    section.locator("summary").press("Enter")
    expect(section).not_to_have_attribute("open", "")
    with page.expect_response(lambda answer: answer.url.endswith("/admin/")):
        page.clock.run_for(21_000)
    page.clock.run_for(1_000)
    expect(section).not_to_have_attribute("open", "")
    page.reload()
    expect(section).not_to_have_attribute("open", "")
    section.locator("summary").click()
    expect(section).to_have_attribute("open", "")
    expect(page.locator("#service-mail")).to_be_visible()


@pytest.mark.parametrize("kind", SCREENS)
def test_charts_are_drawn_and_can_be_read_as_a_table(screen_of, servers, administration, kind):
    with servers.workspace.app.app_context():
        this = questions.hour_of(now())
        dashboard.insert_missing_figures(
            [
                {"name": name, "hour": this - timedelta(hours=back), "value": (back * 7) % 23 + 2}
                for name in FigureName
                for back in range(1, 900)
            ]
        )
    page = screen_of(administration.admin, **SCREENS[kind]).page
    page.goto("/admin/")
    expect(page.locator(".chart canvas")).to_have_count(3)
    expect(page.locator("#service-webclient")).to_contain_text("fenêtre")
    page.get_by_text("Afficher le tableau").click()
    expect(page.locator(".chart-table tbody tr").first).to_be_visible()
    assert not violations(page)
    page.get_by_role("link", name="Par jour").click()
    expect(page.get_by_role("link", name="Par jour")).to_have_attribute("aria-current", "true")
    expect(page).to_have_url("/admin/?period=days")
    expect(page.locator(".chart canvas")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
