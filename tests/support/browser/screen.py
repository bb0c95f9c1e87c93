"""Somebody's screen with the chat on it: what they do there, and what they see."""

import re

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, expect

from tests.support.faults.workspace import Person

TEXTS = "nodes => nodes.map(node => (node.querySelector('.message-body, .message-gone') ?? node).innerText.trim())"
ENDS_WITH = """wanted => {
    const places = [...document.querySelectorAll("tc-message")].map(node => Number(node.dataset.seq));
    return JSON.stringify(places.slice(-wanted.length)) === JSON.stringify(wanted);
}"""
FIRST = "() => Number(document.querySelector('tc-message').dataset.seq)"
LAST = "() => Number([...document.querySelectorAll('tc-message')].at(-1).dataset.seq)"
PLACES = "nodes => nodes.map(node => Number(node.dataset.seq))"


class Screen:
    """One window. complaints: what the browser's console said that it should not have."""

    def __init__(self, context: BrowserContext, person: Person):
        self.context = context
        self.person = person
        self.complaints: list[str] = []
        self.has_trouble = False
        self.page: Page = context.new_page()
        self.watch(self.page)

    def watch(self, page: Page) -> None:
        """Note what a window complains of."""
        page.on("pageerror", lambda error: self.complaints.append(f"{self.person.name}: {error}"))
        page.on("console", self._note)

    def sign_in(self, person: Person, url: str) -> None:
        """Be this person from the next page on."""
        name, _, value = person.cookie.partition("=")
        self.context.clear_cookies()
        self.context.add_cookies(
            [{"name": name, "value": value, "url": url, "secure": True, "httpOnly": True}]
        )

    def allow_console_errors(self) -> None:
        """Allow errors on the console from now on: the network is going to fail."""
        self.has_trouble = True

    def open(self, room_id: int | None = None, query: str = "") -> "Screen":
        """Open the list of rooms, or a room, and wait until it is connected."""
        self.page.goto("/webmail/" if room_id is None else f"/webmail/rooms/{room_id}{query}")
        if room_id is not None:
            self.wait_until_open()
        return self

    def wait_until_open(self) -> None:
        """Wait until the server has opened the room."""
        self.page.wait_for_function("() => document.querySelector('tc-room')?.isOpen")

    def say(self, text: str) -> None:
        """Type a message and press Enter."""
        self.composer.fill(text)
        self.composer.press("Enter")

    def sees(self, text: str, timeout: float = 5000) -> None:
        """Expect a message with this text in the conversation."""
        expect(self.messages.filter(has_text=text).last).to_be_visible(timeout=timeout)

    def sees_places(self, seqs: list[int], timeout: float = 10000) -> None:
        """Expect the conversation to end with these sequence numbers, in this order."""
        self.page.wait_for_function(ENDS_WITH, arg=seqs, timeout=timeout)

    def message(self, text: str):
        """Return the last message with this text."""
        return self.messages.filter(has_text=text).last

    def choose(self, text: str, action: str) -> None:
        """Point at a message and choose what to do with it."""
        self.message(text).hover()
        self.page.locator(f'[data-action="{action}"]').click()

    def room_link(self, room_id: int):
        """Return a room's entry in the list."""
        return self.page.locator(f'#room_list a[data-room="{room_id}"]')

    def has_unread(self, room_id: int, count: int | None) -> None:
        """Expect the room's badge to show so many unread messages. None: bold without a number; 0: no badge."""
        link = self.room_link(room_id)
        badge = link.locator(".count")
        if count:
            expect(badge.locator("[data-count]")).to_have_text(str(count))
            expect(badge).to_be_visible()
        else:
            expect(badge).to_be_hidden()
        unread = re.compile("is-unread")
        if count == 0:
            expect(link).not_to_have_class(unread)
        else:
            expect(link).to_have_class(unread)

    @property
    def composer(self):
        """Return the composer's text field."""
        return self.page.locator("textarea.composer-text")

    @property
    def messages(self):
        """Return the messages in the conversation, without those still being sent."""
        return self.page.locator("tc-message")

    @property
    def pending(self):
        """One's own messages that are on their way, or were refused."""
        return self.page.locator("tc-pending .is-pending")

    @property
    def texts(self) -> list[str]:
        """The words of all messages shown."""
        return self.messages.evaluate_all(TEXTS)

    @property
    def places(self) -> list[int]:
        """The places of all messages shown."""
        return self.messages.evaluate_all(PLACES)

    @property
    def scroll(self):
        """The box that the conversation scrolls in."""
        return self.page.locator('[data-part="scroll"]')

    def scroll_to(self, top: str) -> None:
        """Scroll the conversation: "0" or "this.scrollHeight"."""
        self.scroll.evaluate(f"box => {{ box.scrollTop = (function () {{ return {top} }}).call(box) }}")

    def wait_for_older_than(self, seq: int) -> None:
        """Something from before this place has been loaded."""
        self.page.wait_for_function(f"() => ({FIRST})() < {seq}")

    def wait_for_newer_than(self, seq: int) -> None:
        """Something from behind this place has been loaded."""
        self.page.wait_for_function(f"() => ({LAST})() > {seq}")

    def _note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not (self.has_trouble and _is_about_the_network(message)):
            self.complaints.append(f"{self.person.name}: {message.text} ({message.location.get('url')})")


def _is_about_the_network(message: ConsoleMessage) -> bool:
    return bool(re.search(r"net::|WebSocket|Failed to load resource", message.text))


SCREENS = {"light": {}, "dark phone": {"color_scheme": "dark", "width": 390, "height": 844}}


def save(page: Page) -> None:
    page.get_by_role("main").get_by_role("button", name="Enregistrer", exact=True).click()
