"""What the lane relies on inside the libraries, so that an upgrade fails at start and not in production."""

import hashlib
import importlib
import inspect
from importlib.metadata import version

VERSIONS = {
    "python-socketio": "5.18.1",
    "python-engineio": "4.15.1",
    "wsproto": "1.3.2",
    "gevent": "26.9.0",
    "gunicorn": "27.0.1",
}
SOURCES = {
    "engineio.socket:Socket": "275926e457711513",
    "engineio.base_socket:BaseSocket": "d787ee3666d08b7a",
    "engineio.packet:Packet": "a0d70ee4777b3af6",
    "engineio.server:Server._handle_connect": "049f7c2b2c239080",
    "engineio.server:Server._service_task": "9492b7b0d652907d",
    "engineio.server:Server.send_packet": "81aec513663f11e1",
    "engineio.base_server:BaseServer._get_socket": "ae2f99e66d632944",
    "socketio.manager:Manager.emit": "566510ea2de39d65",
    "socketio.base_manager:BaseManager.get_participants": "7d78ad681c95de5b",
    "socketio.pubsub_manager:PubSubManager.emit": "d26eb5218961eb56",
    "socketio.pubsub_manager:PubSubManager._handle_emit": "f1fb64e2d84161f6",
    "socketio.server:Server._send_packet": "3289b949be8cbb76",
    "socketio.server:Server._send_eio_packet": "5fa452fb118c3565",
    "wsproto.connection:Connection": "6b70917fe888fb2c",
    "gevent._socket3:socket": "561fbbee09020ab8",
    "gunicorn.http.wsgi:default_environ": "b7e18b84d829cb5a",
    "gunicorn.workers.base_async:AsyncWorker.handle_request": "913e17a9542aa70d",
}


class LaneUnavailable(RuntimeError):
    """The lane does not know the libraries it finds, or the server it is to speak for."""


def check():
    """Refuse to start on other libraries than those the lane was tested against."""
    surprises = [*_other_versions(), *_changed_sources()]
    if surprises:
        raise LaneUnavailable(
            "The send lane does not fit: " + "; ".join(surprises) + ". SEND_PATH=stock does without it."
        )


def _other_versions():
    for name, expected in VERSIONS.items():
        if version(name) != expected:
            yield f"{name} is {version(name)}, not {expected}"


def _changed_sources():
    for path, expected in SOURCES.items():
        if fingerprint(path) != expected:
            yield f"{path} has changed"


def fingerprint(path):
    """The first 16 hexadecimal digits of the SHA-256 of the source of "module:name.name"."""
    module, _, names = path.partition(":")
    found = importlib.import_module(module)
    for name in names.split("."):
        found = getattr(found, name, None)
    source = inspect.getsource(found) if found else ""
    return hashlib.sha256(source.encode()).hexdigest()[:16]
