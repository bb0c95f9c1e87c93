"""An Engine.IO socket whose WebSocket writes through an outbox."""

import time

from engineio import exceptions, packet, socket

PROBE = "probe"


class LaneSocket(socket.Socket):
    """The library's socket without its writer and ping greenlets: everything goes through the connection's outbox.

    As long as the connection polls it is the library's own.
    """

    lane = None

    def schedule_ping(self):
        """Schedule the next ping once the last one was answered."""
        if self.last_ping:
            self.last_ping = None
            self.lane.heartbeat.schedule(self, self.server.ping_interval)

    def ping(self):
        """Send a ping; check_ping_timeout judges the answer."""
        if not self.closing and not self.closed:
            self.last_ping = time.time()
            self.send(packet.Packet(packet.PING))

    def _websocket_handler(self, ws):
        if self.connected and not self._moved_from_polling(ws):
            return []
        self.connected = self.upgraded = True
        self.upgrading = False
        self._speak_through(ws.outbox)
        try:
            self._listen(ws)
        finally:
            self.close(wait=False, abort=True, reason=self.server.reason.TRANSPORT_CLOSE)
            self.server.sockets.pop(self.sid, None)
        return []

    def _moved_from_polling(self, ws):
        """Upgrade from polling as the library does: ping and pong with "probe", end the poll, wait for the client."""
        self.upgrading = True
        if self._next_packet(ws) != (packet.PING, PROBE):
            self.upgrading = False
            return False
        ws.send(packet.Packet(packet.PONG, data=PROBE).encode())
        self.queue.put(packet.Packet(packet.NOOP))
        moved = self._next_packet(ws)[0] == packet.UPGRADE
        self.upgrading = False
        return moved

    def _next_packet(self, ws):
        received = _decoded(ws.wait())
        return (received.packet_type, received.data) if received else (None, None)

    def _speak_through(self, outbox):
        waiting, self.queue = self.queue, outbox
        while not waiting.empty():
            outbox.put(waiting.get_nowait())

    def _listen(self, ws):
        while not self.closed:
            received = _decoded(ws.wait())
            if received is None or self.closed:
                break
            try:
                self.receive(received)
            except exceptions.UnknownPacketError:
                continue
            except exceptions.SocketIsClosedError:
                break
            except Exception:
                self.server.logger.exception("Unknown receive error")
                break


def _decoded(data):
    """Return the packet in a message; None without a message, or when it is no packet."""
    try:
        return None if data is None else packet.Packet(encoded_packet=data)
    except ValueError:
        return None
