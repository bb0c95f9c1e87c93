"""Flask-SocketIO without an application around it, sending as the library does or on the send lane."""

from gevent import monkey

monkey.patch_all()

import os  # noqa: E402

from flask import Flask  # noqa: E402
from flask_socketio import SocketIO  # noqa: E402

app = Flask(__name__)
socketio = SocketIO(app, async_mode="gevent", transports=["websocket"])
if os.environ["SENDS_BY"] == "lane":
    from app.realtime.lane import install

    install(socketio)
server = socketio.server
HTML_BYTES = int(os.environ["HTML_BYTES"])
posted = 0


@server.on("room:open")
def open_room(sid, message):
    server.enter_room(sid, f"room:{message['room_id']}")
    return {"ok": True}


@server.on("message:post")
def post(sid, message):
    global posted  # noqa: PLW0603
    posted += 1
    html = f"<p>{message['body']}</p>".ljust(HTML_BYTES)
    server.emit(
        "message:posted",
        {"room_id": message["room_id"], "seq": posted, "client_id": message["client_id"], "html": html},
        to=f"room:{message['room_id']}",
    )
    return {"ok": True, "seq": posted}
