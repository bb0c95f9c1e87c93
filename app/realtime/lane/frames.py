"""WebSocket frames of the server (RFC 6455 §5.2: final, unmasked, not compressed)."""

import struct

TEXT, BINARY, CLOSE, PONG = 0x81, 0x82, 0x88, 0x8A


def frame(opcode, payload):
    """Return one whole frame around bytes."""
    length = len(payload)
    if length < 126:
        return struct.pack("!BB", opcode, length) + payload
    if length < 65536:
        return struct.pack("!BBH", opcode, 126, length) + payload
    return struct.pack("!BBQ", opcode, 127, length) + payload


def message_frame(data):
    """Return the frame of one message: text for str, binary for bytes."""
    if isinstance(data, str):
        return frame(TEXT, data.encode())
    return frame(BINARY, bytes(data))


def packet_frame(packet):
    """Return the frame of an Engine.IO packet, which is kept with the packet for its other readers."""
    try:
        return packet.frame
    except AttributeError:
        packet.frame = message_frame(packet.encode())
        return packet.frame


def pong_frame(payload):
    """Return the answer to a ping, with the payload of the ping."""
    return frame(PONG, bytes(payload))


def close_frame(code):
    """Return the closing frame with its code, or empty when the other side gave none."""
    return frame(CLOSE, struct.pack("!H", code) if code else b"")
