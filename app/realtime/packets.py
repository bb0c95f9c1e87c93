"""Packets of clients that do not speak the protocol, and the JSON of packets."""

import json

import structlog
from engineio import json as limited_json

log = structlog.get_logger()


class PacketJson:
    """The JSON module of Socket.IO: UTF-8 as it is, where the library's own escapes every letter beyond ASCII."""

    # The library's own: it refuses numbers of more than 100 digits.
    loads = staticmethod(limited_json.loads)

    @staticmethod
    def dumps(value, **options) -> str:
        """Return a value as JSON that UTF-8 can encode."""
        text = json.dumps(value, ensure_ascii=False, **options)
        try:
            text.encode()
        except UnicodeEncodeError:
            # Half of a surrogate pair, which a client may send and be answered with, exists in escaped form only.
            return json.dumps(value, **options)
        return text


def longest_packet(message_length: int) -> int:
    """Return the most bytes that a packet may have: the longest message and its envelope."""
    # Twelve bytes a character: a client may escape each as two \uXXXX, as many do with emoji.
    return 12 * message_length + 20_000


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
