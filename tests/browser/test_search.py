"""Search in all of WebAdmin: by keyboard, on a phone, without scripts."""

import pytest
from playwright.sync_api import expect

from tests.support.browser.axe import violations
from tests.support.browser.screen import SCREENS


def test_search_works_by_keyboard_from_any_page(screen_of, administration):
    page = screen_of(administration.admin).page
    page.goto("/admin/tasks/")
    page.keyboard.press("Control+k")
    box = page.get_by_role("combobox", name="Tout rechercher")
    expect(box).to_be_focused()
    page.keyboard.type("arthur")
    results = page.locator("#found")
    expect(results.get_by_role("link").first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    assert not violations(page)
    page.keyboard.press("ArrowDown")
    expect(results.get_by_role("link").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(results).to_be_hidden()
    page.keyboard.press("Control+k")
    page.keyboard.type(administration.domain)
    expect(results.get_by_role("link", name=administration.domain).first).to_be_visible()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/admin/domains/{administration.domain_id}/**")


@pytest.mark.parametrize("kind", SCREENS)
def test_results_page_has_no_violations(screen_of, administration, kind):
    page = screen_of(administration.admin, **SCREENS[kind]).page
    page.goto("/admin/search?q=jou")
    expect(page.get_by_role("main").get_by_role("link", name="Journal")).to_be_visible()
    assert not violations(page)
    page.get_by_role("main").get_by_role("searchbox").fill("jean")
    expect(page.locator("#found").get_by_text("jean").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_icon_opens_search_on_a_phone(screen_of, administration):
    page = screen_of(administration.admin, **SCREENS["dark phone"]).page
    page.goto("/admin/")
    page.get_by_role("link", name="Tout rechercher").click()
    expect(page.get_by_role("heading", name="Rechercher")).to_be_visible()


def test_enter_opens_the_results_page_without_scripts(screen_of, administration):
    page = screen_of(administration.admin, java_script_enabled=False).page
    page.goto("/admin/")
    page.get_by_role("combobox", name="Tout rechercher").fill("arthur")
    page.keyboard.press("Enter")
    expect(page.get_by_role("main").get_by_text("arthur").first).to_be_visible()
