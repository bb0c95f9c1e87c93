"""The send lane: a packet is encoded once and the same WebSocket frame is written to every reader.

It takes the place of the stock path of python-socketio and python-engineio on gunicorn's gevent worker. Everything
the server says on a connection (messages, pings, pongs, the closing handshake) goes through one outbox a connection,
written once a turn of the event loop; a reader that does not read is cut off and never slows the others.
"""

from .install import Lane, install
from .pinned import LaneUnavailable

__all__ = ["Lane", "LaneUnavailable", "install"]
