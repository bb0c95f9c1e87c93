"""Packets of clients that do not speak the protocol."""

import structlog

log = structlog.get_logger()


def cut_off_nonsense(sockets) -> None:
    """Disconnect clients whose packets cannot be read, with one line in the log."""
    engine = sockets.eio
    engine.on("message", _judged(engine, engine.handlers["message"]))


def _judged(engine, understand):
    def hear(engine_sid, data):
        try:
            understand(engine_sid, data)
        except Exception as error:
            log.warning("a packet makes no sense", error=type(error).__name__)
            engine.disconnect(engine_sid)

    return hear
