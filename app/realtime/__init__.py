"""Socket.IO: what clients send, and what the server tells them."""

from flask import Flask

from app.background import is_cooperative
from app.extensions import socketio


def init_app(app: Flask) -> None:
    """Bind Socket.IO to the application: one namespace, WebSocket first, sessions of our own."""
    from app.realtime import chat, connection, handlers, lane, packets, typing  # noqa: PLC0415 (they import this package)
    from app.realtime.manager import HintManager, LocalManager  # noqa: PLC0415

    settings = app.config
    manager = HintManager(settings["REDIS_URL"]) if settings["REDIS_URL"] else LocalManager()
    socketio.init_app(
        app,
        async_mode=_async_mode(),
        client_manager=manager,
        manage_session=False,
        transports=["websocket", "polling"] if settings["SOCKET_POLLING"] else ["websocket"],
        async_handlers=False,
        max_http_buffer_size=packets.longest_packet(settings["MESSAGE_LENGTH"]),
        ping_interval=20,
        ping_timeout=20,
        json=packets.PacketJson,
        logger=False,
        engineio_logger=False,
    )
    # Without gevent (console, worker, most tests) no client is connected, and there is nothing to send.
    if socketio.async_mode == "gevent":
        lane.install(socketio)
    packets.cut_off_nonsense(socketio.server)
    handlers.bind(app, socketio.server, modules=(connection, chat, typing))


def _async_mode() -> str:
    return "gevent" if is_cooperative() else "threading"
