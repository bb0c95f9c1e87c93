"""A small Flask-SocketIO server under gunicorn's gevent worker, on the send lane or as the library sends."""

import gc
import os

import gevent
from flask import Flask, jsonify
from flask_socketio import SocketIO
from gevent import monkey

from app.realtime.lane import install
from app.realtime.lane.outbox import Outbox
from app.realtime.packets import PacketJson
from tests.support.realtime.lane_wire import EVERYTHING

monkey.patch_all()

app = Flask(__name__)
socketio = SocketIO(
    app,
    async_mode="gevent",
    cors_allowed_origins="*",
    json=PacketJson,
    ping_interval=float(os.environ.get("PING_INTERVAL", "25")),
    ping_timeout=float(os.environ.get("PING_TIMEOUT", "20")),
)
lane = None
if os.environ["SENDS_BY"] == "lane":
    lane = install(
        socketio,
        waiting_bytes=int(os.environ.get("WAITING_BYTES", "1000000")),
        chunk_seconds=float(os.environ.get("CHUNK_SECONDS", "15")),
    )
server = socketio.server
counts = {"disconnected": 0}


@server.on("join")
def join(sid, channel):
    server.enter_room(sid, channel)
    return "joined"


@server.on("everything")
def everything(sid, first=0, last=None):
    for value in EVERYTHING[first:last]:
        server.emit("value", value, to=sid)
    server.emit("several", ("a", 2, b"c"), to=sid)
    server.emit("nothing", to=sid)
    return "everything"


@server.on("ask back")
def ask_back(sid, value):
    server.emit("question", value, to=sid, callback=lambda *answer: server.emit("answer", answer, to=sid))


@server.on("echo")
def echo(sid, *values):
    return values


@server.on("say")
def say(sid, channel, text):
    server.emit("said", text, to=channel, skip_sid=None)


@server.on("say to others")
def say_to_others(sid, channel, text):
    server.emit("said", text, to=channel, skip_sid=sid)


@server.on("flood")
def flood(sid, channel, voices, times, size):
    """Several greenlets talk at once; each numbers what it says."""

    def talk(voice):
        for number in range(times):
            server.emit("said", [voice, number, "x" * size], to=channel)
            if number % 7 == voice % 7:
                gevent.sleep(0)

    gevent.joinall([gevent.spawn(talk, voice) for voice in range(voices)])
    return "done"


@server.on("leave me")
def leave_me(sid):
    server.disconnect(sid)


@server.on("cut me")
def cut_me(sid):
    server.eio.disconnect(server.manager.eio_sid_from_sid(sid, "/"))


@server.on("disconnect")
def disconnected(sid, reason):
    counts["disconnected"] += 1
    counts["reason"] = reason


@app.get("/state")
def state():
    held = [
        len(server.eio.sockets),
        len(server.environ),
        sum(map(len, server.manager.rooms.get("/", {}).values())),
    ]
    outboxes = _living_outboxes()
    waiting = sum(outbox._blocked for outbox in outboxes)
    of_the_lane = {"outboxes": len(outboxes), "blocked": waiting} | (lane.statistics() if lane else {})
    return jsonify(counts | {"held": held} | of_the_lane)


def _living_outboxes():
    gc.collect()
    return [each for each in gc.get_objects() if type(each) is Outbox]


@app.get("/say/<channel>/<int:times>/<int:size>")
@app.get("/say/<channel>/<int:times>/<int:size>/<float:pause>")
def say_over_http(channel, times, size, pause=0):
    for number in range(times):
        server.emit("said", [0, number, "x" * size], to=channel)
        gevent.sleep(pause)
    return "said"
