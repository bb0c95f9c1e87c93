"""Windows of the chat, connected through the library's test client."""

from contextvars import Context

import pytest
from flask_socketio import SocketIOTestClient

from app.extensions import socketio
from app.models import Account
from app.realtime import hub


class Window:
    """A page of a signed-in person, with its socket.

    A context of its own keeps it apart from the other pages.
    """

    def __init__(self, app, browser, auth=None):
        self.wire = Context().run(SocketIOTestClient, app, socketio, auth=auth, flask_test_client=browser)

    @property
    def is_connected(self) -> bool:
        """Return whether the server has accepted the socket."""
        return self.wire.is_connected()

    def call(self, event: str, payload=None) -> dict:
        """Send an event, and return its acknowledgement."""
        return self.wire.emit(event, payload if payload is not None else {}, callback=True)

    def say(self, event: str, *arguments) -> None:
        """Send an event without waiting for an acknowledgement."""
        self.wire.emit(event, *arguments)

    def heard(self, event: str) -> list[dict]:
        """Return the events of this name received since the last call of any kind."""
        return [packet["args"][0] for packet in self.wire.get_received() if packet["name"] == event]


@pytest.fixture
def window_of(app, client_of):
    """Return a function that opens a page of an account. auth: sent by the page as it connects."""
    opened = []

    def make(account: Account, auth=None) -> Window:
        opened.append(Window(app, client_of(account), auth))
        return opened[-1]

    yield make
    for window in opened:
        if window.is_connected:
            window.wire.disconnect()
    assert not hub.clients
