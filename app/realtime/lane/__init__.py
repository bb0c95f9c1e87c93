"""The send lane: a packet is encoded once and the same WebSocket frame is written to every reader.

It takes the place of the sending half of python-socketio and python-engineio under gunicorn's gevent worker.
Everything the server says on a connection (messages, pings, pongs, the closing handshake) goes through one outbox,
written once a turn of the event loop; a reader that does not read is cut off and never slows the others.
"""

from .install import Lane, LaneUnavailable, install

__all__ = ["Lane", "LaneUnavailable", "install"]
