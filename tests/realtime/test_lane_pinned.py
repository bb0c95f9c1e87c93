"""An upgrade of the libraries under the lane fails at start, and says so."""

import ssl

import pytest
from flask_socketio import SocketIO

from app.realtime.lane import LaneUnavailable, install, pinned
from app.realtime.lane.websocket import _connection_of


def test_the_lane_knows_the_libraries_it_is_installed_with():
    pinned.check()


@pytest.mark.parametrize("name", pinned.VERSIONS)
def test_another_version_is_refused(monkeypatch, name):
    monkeypatch.setitem(pinned.VERSIONS, name, "0.1")
    with pytest.raises(LaneUnavailable, match=f"{name} is .*, not 0.1"):
        pinned.check()


@pytest.mark.parametrize("path", pinned.SOURCES)
def test_a_changed_source_is_refused(monkeypatch, path):
    monkeypatch.setitem(pinned.SOURCES, path, "changed")
    with pytest.raises(LaneUnavailable, match=f"{path} has changed"):
        pinned.check()


def test_a_source_that_is_gone_is_refused(monkeypatch):
    monkeypatch.setitem(pinned.SOURCES, "engineio.socket:Socket.nothing", "0")
    with pytest.raises(LaneUnavailable, match="nothing has changed"):
        pinned.check()


@pytest.mark.parametrize("socketio", [SocketIO(), SocketIO(message_queue=None, async_mode="threading")])
def test_a_server_that_is_not_ready_or_not_on_gevent_is_refused(socketio):
    with pytest.raises(LaneUnavailable, match="async_mode gevent"):
        install(socketio)


def test_encrypted_connections_are_refused():
    with pytest.raises(RuntimeError, match="TLS"):
        _connection_of({"gunicorn.socket": ssl.SSLSocket.__new__(ssl.SSLSocket)})


def test_other_servers_are_refused():
    with pytest.raises(RuntimeError, match="gunicorn"):
        _connection_of({})
