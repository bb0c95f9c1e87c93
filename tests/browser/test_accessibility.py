"""Accessibility of the chat, by axe: light and dark, wide and narrow."""

import pytest
from playwright.sync_api import expect

from tests.support.browser.axe import violations

MARKDOWN = """# Titre

Du **gras**, un `mot`, [un lien](https://example.org) et @arthur

```python
def bonjour(nom):  # salue
    return f"Bonjour {nom}"
```

> cité

- [x] relire

| a | b |
|---|---|
| 1 | 2 |"""

SCREENS = {
    "light": {"color_scheme": "light"},
    "dark phone": {"color_scheme": "dark", "width": 360, "height": 740, "has_touch": True, "is_mobile": True},
}


@pytest.fixture(params=SCREENS)
def screen(request, screen_of, place):
    """Open arthur's screen, of each kind."""
    return screen_of(place.arthur, reduced_motion="reduce", **SCREENS[request.param])


def test_room_list_has_no_violations(screen):
    assert not violations(screen.open().page)


def test_conversation_with_every_kind_of_content_has_no_violations(screen, screen_of, place):
    jean = screen_of(place.jean).open(place.room_id)
    jean.say("un message qui va disparaître")
    jean.sees("disparaître")
    jean.choose("disparaître", "delete")
    jean.page.locator("dialog[open] [data-delete]").click()
    expect(jean.page.locator("dialog[open]")).to_have_count(0)
    jean.say(MARKDOWN)
    screen.open(place.room_id)
    jean.sees("cité")
    screen.sees("cité")
    screen.say("à corriger")
    screen.sees("à corriger")
    screen.page.evaluate(
        'async room => (await import("teamchat/lib/outbox")).outbox.add(room, "x".repeat(40001))',
        place.room_id,
    )
    expect(screen.page.locator(".pending-refused")).to_be_visible()
    jean.composer.press_sequentially("j’écris")
    expect(screen.page.locator("tc-typing")).to_contain_text("jean écrit")
    assert not violations(screen.page)


def test_editor_presence_and_deletion_dialog_have_no_violations(screen, place):
    screen.open(place.room_id)
    screen.say("à moi")
    screen.sees("à moi")
    screen.composer.press("ArrowUp")
    expect(screen.page.locator("tc-editor textarea")).to_be_focused()
    assert not violations(screen.page)
    screen.page.keyboard.press("Escape")
    screen.page.locator(".presence-button").click()
    assert not violations(screen.page)
    screen.page.keyboard.press("Escape")
    screen.message("à moi").focus()
    screen.page.keyboard.press("Delete")
    expect(screen.page.locator("dialog[open]")).to_be_visible()
    assert not violations(screen.page)


def test_notices_and_removed_room_have_no_violations(screen, place, servers):
    screen.allow_console_errors()
    screen.open(place.room_id)
    screen.context.set_offline(True)
    screen.say("en attente")
    expect(screen.page.locator("tc-connection")).to_be_visible()
    assert not violations(screen.page)
    screen.context.set_offline(False)
    screen.sees("en attente", timeout=15000)
    servers.console.do("stop_service")
    expect(screen.page.locator("tc-service")).to_be_visible()
    assert not violations(screen.page)
    servers.console.do("start_service")
    screen.wait_until_open()
    servers.console.do("remove_member", place.group_id, servers.workspace.entry_of(place, place.arthur))
    expect(screen.page.get_by_text("n’est plus disponible")).to_be_visible()
    assert not violations(screen.page)


def test_shortcut_help_has_no_violations(screen):
    screen.open()
    screen.page.locator("main").focus()
    screen.page.keyboard.press("?")
    if screen.page.viewport_size["width"] > 767:
        expect(screen.page.locator("#keys")).to_be_visible()
    assert not violations(screen.page)
