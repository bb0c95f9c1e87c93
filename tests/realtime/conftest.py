"""Sockets without a network: what a client says is handled at once, what it is told is kept."""

from contextvars import Context

import gevent
import pytest
from flask_socketio import SocketIOTestClient

from app.extensions import socketio
from app.models import Account
from app.realtime import hub
from app.rules import services


class Window:
    """A page of somebody who is signed in, with its socket. It comes in a context of its own, or it would be the page
    of whoever came first."""

    def __init__(self, app, browser, auth=None):
        self.wire = Context().run(SocketIOTestClient, app, socketio, auth=auth, flask_test_client=browser)

    @property
    def is_connected(self) -> bool:
        """Whether the server has let it in."""
        return self.wire.is_connected()

    def call(self, event: str, payload=None) -> dict:
        """Say something; the acknowledgement comes back."""
        return self.wire.emit(event, payload if payload is not None else {}, callback=True)

    def say(self, event: str, *arguments) -> None:
        """Send an event as it is."""
        self.wire.emit(event, *arguments)

    def heard(self, event: str) -> list[dict]:
        """What has been told by this name since the last time anything was asked for."""
        return [told["args"][0] for told in self.wire.get_received() if told["name"] == event]


@pytest.fixture
def window_of(app, client_of):
    """window_of(account): a page of theirs. auth: what it says of itself as it connects."""
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
    """What watches access in this process; `catch_up()` has it look, and every socket concerned asked anew."""
    watching = socketio.server.manager.watcher
    if watching.epoch is not None:
        watching.epoch = services.epoch()
    watching.catch_up = lambda: (watching.look(), gevent.sleep(0.1))
    return watching
