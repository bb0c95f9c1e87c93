"""Sockets without a network: events are handled at once, and everything received is kept."""

import gevent
import pytest

from app.extensions import socketio
from app.rules import services
from tests.support.realtime.windows import window_of  # noqa: F401 (a fixture)


@pytest.fixture
def watcher(app):
    """Return the access watcher; `catch_up()` makes it look and refresh every socket concerned."""
    watching = socketio.server.manager.watcher
    if watching.epoch is not None:
        watching.epoch = services.epoch()
    watching.catch_up = lambda: (watching.look(), gevent.sleep(0.1))
    return watching
