"""Sockets without a network: events are handled at once, and everything received is kept."""

from contextvars import Context

import gevent
import pytest
from flask_socketio import SocketIOTestClient

from app.extensions import socketio
from app.models import Account
from app.realtime import hub
from app.rules import services


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
    """Return a function that opens a page: window_of(account). auth: what the page sends as it connects."""
    opened = []

    def make(account: Account, auth=None) -> Window:
        opened.append(Window(app, client_of(account), auth))
        return opened[-1]

    yield make
    for window in opened:
        if window.is_connected:
            window.wire.disconnect()
    assert not hub.clients


@pytest.fixture
def watcher(app):
    """Return the access watcher; `catch_up()` makes it look and refresh every socket concerned."""
    watching = socketio.server.manager.watcher
    if watching.epoch is not None:
        watching.epoch = services.epoch()
    watching.catch_up = lambda: (watching.look(), gevent.sleep(0.1))
    return watching
