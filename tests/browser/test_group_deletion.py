"""Deletion of a group: the consequences shown, its name typed, and the room removed from open windows."""

import pytest
from playwright.sync_api import expect

from tests.support.browser.axe import violations

SCREENS = {
    "light": {"color_scheme": "light"},
    "dark phone": {"color_scheme": "dark", "width": 390, "height": 844},
}


@pytest.mark.parametrize("screen", SCREENS.values(), ids=SCREENS)
def test_group_is_deleted_after_typing_its_name(screen_of, administration, place, screen):
    member = screen_of(place.jean).open(place.room_id)
    member.say("bonjour")
    administrator = screen_of(administration.admin, **screen)
    administrator.allow_console_errors()
    page = administrator.page
    page.goto(f"/admin/groups/{place.group_id}/")
    page.locator("#deletion").scroll_into_view_if_needed()
    assert not violations(page)
    page.locator("#deletion").get_by_role("link", name="Supprimer le groupe").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("perdent ce groupe")
    expect(dialog).to_contain_text("corbeille")
    dialog.get_by_role("textbox").fill("autre chose")
    dialog.get_by_role("button", name="Supprimer").click()
    expect(dialog).to_contain_text("Saisissez exactement")
    assert not violations(page)
    dialog.get_by_role("textbox").fill(dialog.locator("label").inner_text().rpartition(": ")[2].strip())
    dialog.get_by_role("button", name="Supprimer").click()
    expect(page.get_by_text("est supprimé")).to_be_visible()
    member.page.wait_for_function(
        "room => !document.querySelector(`a[href='/webmail/rooms/${room}']`)", arg=place.room_id, timeout=5000
    )
