"""What comes over the wire before anybody has understood it: nonsense ends its connection, in one line of the log."""

import structlog

log = structlog.get_logger()

KINDS = "0123456"
"""First characters of Engine.IO packets (protocol 4)."""


def cut_off_nonsense(sockets) -> None:
    """Have a Socket.IO server survive, and soon forget, clients that do not speak its protocol."""
    engine = sockets.eio
    engine.on("message", _judged(engine, engine.handlers["message"]))
    websocket = engine._async["websocket"]
    if isinstance(websocket, type):
        engine._async = {**engine._async, "websocket": type(websocket.__name__, (Careful, websocket), {})}


def _judged(engine, understand):
    def hear(engine_sid, data):
        try:
            understand(engine_sid, data)
        except Exception as error:
            log.warning("a packet makes no sense", error=type(error).__name__)
            engine.disconnect(engine_sid)

    return hear


class Careful:
    """In front of the library's WebSocket: what is no packet counts as a goodbye.

    The library lets the error out of the greenlet that reads, and forgets the socket only half a minute later.
    """

    def wait(self):
        """The next packet, or None when the connection is over."""
        data = super().wait()
        return data if isinstance(data, bytes) or (data and data[0] in KINDS) else None
