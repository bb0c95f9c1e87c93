"""Servers and connections that the send lane refuses."""

import ssl

import pytest
from flask_socketio import SocketIO

from app.realtime.lane import LaneUnavailable, install
from app.realtime.lane.websocket import _connection_of


@pytest.mark.parametrize("socketio", [SocketIO(), SocketIO(message_queue=None, async_mode="threading")])
def test_server_that_is_not_ready_or_not_on_gevent_is_refused(socketio):
    with pytest.raises(LaneUnavailable, match="async_mode gevent"):
        install(socketio)


def test_encrypted_connection_is_refused():
    with pytest.raises(RuntimeError, match="TLS"):
        _connection_of({"gunicorn.socket": ssl.SSLSocket.__new__(ssl.SSLSocket)})


def test_connection_of_another_server_is_refused():
    with pytest.raises(RuntimeError, match="gunicorn"):
        _connection_of({})
