"""The socket door: what clients say live, and what they are told."""

from flask import Flask

from app.extensions import socketio


def init_app(app: Flask) -> None:
    """Bind Socket.IO to the application: one namespace, WebSocket first, sessions of our own."""
    from app.realtime import chat, connection, handlers, lane, packets, typing
    from app.realtime.manager import HintManager, LocalManager

    settings = app.config
    manager = HintManager(settings["REDIS_URL"]) if settings["REDIS_URL"] else LocalManager()
    socketio.init_app(
        app,
        async_mode=settings.get("SOCKET_ASYNC_MODE") or _async_mode(),
        client_manager=manager,
        manage_session=False,
        transports=["websocket", "polling"] if settings["SOCKET_POLLING"] else ["websocket"],
        async_handlers=False,
        max_http_buffer_size=LONGEST_PACKET,
        ping_interval=20,
        ping_timeout=20,
        logger=False,
        engineio_logger=False,
    )
    if settings["SEND_PATH"] == "lane" and socketio.async_mode == "gevent":
        lane.install(socketio)
    packets.cut_off_nonsense(socketio.server)
    handlers.bind(app, socketio.server, modules=(connection, chat, typing))


LONGEST_PACKET = 300_000
"""Bytes: 40,000 characters, each escaped as \\uXXXX, and what is around them."""


def _async_mode() -> str:
    from app.background import is_cooperative

    return "gevent" if is_cooperative() else "threading"
