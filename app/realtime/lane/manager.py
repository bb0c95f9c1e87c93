"""Fan-out: one event, encoded once, into the outboxes of everybody in a channel."""

from engineio import packet as engine_packet
from socketio import packet
from socketio.manager import Manager

from .frames import message_frame
from .outbox import Outbox

MESSAGE = str(engine_packet.MESSAGE)


class LaneManager(Manager):
    """Replacement of python-socketio's in-memory manager, below the one that talks to the message queue."""

    def emit(self, event, data, namespace, room=None, skip_sid=None, callback=None, to=None, **kwargs):
        """Send an event to a channel, encoded once."""
        # With a callback each reader gets another packet: the library sends those.
        room = to or room
        if callback or namespace not in self.rooms:
            return super().emit(
                event, data, namespace, room=room, skip_sid=skip_sid, callback=callback, **kwargs
            )
        parts = self._parts(event, data, namespace)
        frame = b"".join(message_frame(MESSAGE + part if isinstance(part, str) else part) for part in parts)
        skipped = skip_sid if isinstance(skip_sid, list) else [skip_sid]
        for sid, engine_sid in self.get_participants(namespace, room):
            if sid not in skipped:
                self._deliver(engine_sid, parts, frame)

    def _parts(self, event, data, namespace):
        arguments = list(data) if isinstance(data, tuple) else [] if data is None else [data]
        encoded = self.server.packet_class(
            packet.EVENT, namespace=namespace, data=[event, *arguments]
        ).encode()
        return encoded if isinstance(encoded, list) else [encoded]

    def _deliver(self, engine_sid, parts, frame):
        socket = self.server.eio.sockets.get(engine_sid)
        if socket is not None and not socket.closed and type(socket.queue) is Outbox:
            socket.queue.write(frame)
            return
        for part in parts:
            self.server._send_eio_packet(engine_sid, engine_packet.Packet(engine_packet.MESSAGE, part))


def with_lane(manager):
    """Insert the lane's fan-out below the class of a manager that is already in use."""
    own = type(manager)
    bases = (LaneManager,) if own is Manager else (own, LaneManager)
    manager.__class__ = type(own.__name__, bases, {"__module__": own.__module__})
