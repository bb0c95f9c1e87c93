"""Internals of libraries that the send lane and the Redis manager rely on, so that an upgrade fails at start."""

import hashlib
import importlib
import inspect
from importlib.metadata import version
from typing import Any

VERSIONS = {
    "python-socketio": "5.18.1",
    "python-engineio": "4.15.1",
    "wsproto": "1.3.2",
    "gevent": "26.9.0",
    "gunicorn": "27.0.1",
}

# Fingerprints of what app/realtime/lane/ replaces, or calls although it is private.
LANE = {
    "engineio.socket:Socket": "275926e457711513",
    "engineio.base_socket:BaseSocket": "d787ee3666d08b7a",
    "engineio.packet:Packet": "a0d70ee4777b3af6",
    "engineio.server:Server._handle_connect": "049f7c2b2c239080",
    "engineio.server:Server._service_task": "9492b7b0d652907d",
    "engineio.server:Server.send_packet": "81aec513663f11e1",
    "engineio.base_server:BaseServer._get_socket": "ae2f99e66d632944",
    "socketio.manager:Manager.emit": "566510ea2de39d65",
    "socketio.base_manager:BaseManager.get_participants": "7d78ad681c95de5b",
    "socketio.server:Server._send_packet": "3289b949be8cbb76",
    "socketio.server:Server._send_eio_packet": "5fa452fb118c3565",
    "wsproto.connection:Connection": "6b70917fe888fb2c",
    "gevent._socket3:socket": "561fbbee09020ab8",
    "gunicorn.http.wsgi:default_environ": "b7e18b84d829cb5a",
    "gunicorn.workers.base_async:AsyncWorker.handle_request": "913e17a9542aa70d",
}

# Fingerprints of what HintManager in app/realtime/manager.py replaces or calls, and of what calls these.
MANAGER = {
    "socketio.pubsub_manager:PubSubManager.emit": "d26eb5218961eb56",
    "socketio.pubsub_manager:PubSubManager._handle_emit": "f1fb64e2d84161f6",
    "socketio.pubsub_manager:PubSubManager._publish": "2c3f9cd033dc6224",
    "socketio.pubsub_manager:PubSubManager._listen": "b571b0fee6c6fa13",
    "socketio.pubsub_manager:PubSubManager._thread": "ecce2e6d100101a4",
    "socketio.redis_manager:RedisManager.__init__": "192d50bfc5bf2cab",
    "socketio.redis_manager:RedisManager._get_redis_module": "78d175fdcd51f39e",
    "socketio.redis_manager:RedisManager._redis_connect": "da4530c936323c25",
    "socketio.redis_manager:RedisManager._publish": "9218e2786bc47d26",
    "socketio.redis_manager:RedisManager._redis_listen_with_retries": "a19262da0295db20",
    "socketio.redis_manager:RedisManager._listen": "cf4821d0f65d752c",
}
SOURCES = LANE | MANAGER


class UnsupportedLibrary(RuntimeError):
    """An installed library is not the one that the application was tested with."""


def check() -> None:
    """Refuse to start with other libraries than the supported ones."""
    # Where the version is another one, its sources are too: the versions say it in plainer words.
    problems = list(_other_versions()) or list(_changed_sources())
    if problems:
        raise UnsupportedLibrary(
            "Reinstall the libraries (pip install --force-reinstall -r requirements.txt): "
            + "; ".join(problems)
            + "."
        )


def _other_versions():
    for name, supported in VERSIONS.items():
        if version(name) != supported:
            yield f"{name} {version(name)} is installed and {supported} is supported"


def _changed_sources():
    for path, supported in SOURCES.items():
        if fingerprint(path) != supported:
            library, installed = _library_of(path)
            yield f"{path} is not that of {library} {installed}, the supported version"


def _library_of(path: str) -> tuple[str, str]:
    package = path.partition(".")[0]
    library = {"engineio": "python-engineio", "socketio": "python-socketio"}.get(package, package)
    return library, VERSIONS[library]


def fingerprint(path: str) -> str:
    """Return the first 16 hexadecimal digits of the SHA-256 of the source of "module:name.name"."""
    module, _, names = path.partition(":")
    value: Any = importlib.import_module(module)
    for name in names.split("."):
        value = getattr(value, name, None)
    source = inspect.getsource(value) if value else ""
    return hashlib.sha256(source.encode()).hexdigest()[:16]
