"""The send lane compared with the library's own path, byte for byte."""

import json
import threading

import pytest
import socketio

from tests.support.realtime.lane_wire import BINARY, EVERYTHING, TEXT, Server, Wire, lasting


@pytest.fixture(scope="module")
def servers():
    both = {sends_by: Server(sends_by) for sends_by in ("library", "lane")}
    yield both
    for server in both.values():
        server.stop()


@pytest.fixture(scope="module", params=["library", "lane"])
def server(request, servers):
    return servers[request.param]


def both_send(servers, conversation):
    frames = {path: lasting(conversation(Wire(server))) for path, server in servers.items()}
    assert frames["lane"] == frames["library"]
    return frames["lane"]


def test_opening_is_the_same(servers):
    frames = both_send(servers, lambda wire: wire.opening)
    assert frames[0][1].startswith(b'0{"sid"') and frames[1][1].startswith(b'40{"sid"')


def test_every_kind_of_value_is_the_same(servers):
    frames = both_send(servers, lambda wire: wire.call("everything"))
    assert max(len(payload) for _, payload in frames) > 65535
    assert sum(opcode == BINARY for opcode, _ in frames) >= 6


def test_acknowledgements_are_the_same(servers):
    frames = both_send(servers, lambda wire: wire.call("echo", "é", 1, None, {"a": [True]}))
    assert frames == [(TEXT, '431["é",1,null,{"a":[true]}]'.encode())]


def test_half_of_a_surrogate_pair_is_escaped(servers):
    frames = both_send(servers, lambda wire: wire.call("echo", "é \ud83d"))
    assert frames == [(TEXT, b'431["\\u00e9 \\ud83d"]')]


def test_binary_events_and_their_acknowledgements_are_the_same(servers):
    def conversation(wire):
        wire.say('451-7["echo",{"_placeholder":true,"num":0}]')
        wire.say(b"\x00\xff" * 40_000, BINARY)
        return [wire.frame(), wire.frame()]

    assert both_send(servers, conversation)[1] == (BINARY, b"\x00\xff" * 40_000)


def test_questions_of_the_server_are_the_same(servers):
    def conversation(wire):
        question = [*wire.call("ask back", {"q": 1})]
        if len(question) == 1:
            question.append(wire.frame())
        wire.say('431["yes","é"]')
        return [*sorted(question), wire.frame()]

    assert both_send(servers, conversation)[-1][1].startswith(b'42["answer"')


def test_channel_messages_may_leave_out_the_sender(servers):
    frames = {}
    for path, server in servers.items():
        sender, other = Wire(server), Wire(server)
        for wire in (sender, other):
            wire.call("join", "room")
        heard = sender.call("say", "room", "x" * 70_000) + sender.call("say to others", "room", "psst")
        frames[path] = sorted([*heard, other.frame(), other.frame()])
    assert frames["lane"] == frames["library"] and len(frames["lane"]) == 5


def test_many_messages_arrive_in_order(servers):
    def conversation(wire):
        wire.call("join", "flooded")
        return wire.call("flood", "flooded", 1, 2000, 10)

    frames = both_send(servers, conversation)
    assert len(frames) == 2001


@pytest.mark.parametrize("farewell", ["leave me", "cut me"])
def test_connection_end_by_the_server_is_the_same(servers, farewell):
    def conversation(wire):
        wire.emit(farewell)
        if farewell == "leave me":
            frames = [wire.frame()]
            while not frames[-1][1].startswith(b"431"):
                frames.append(wire.frame())
            return sorted(frames)
        return [frame for frame in wire.frames_to_the_goodbye() if not frame[1].startswith(b"431")]

    assert both_send(servers, conversation)


def test_connection_end_by_the_client_is_the_same(servers):
    assert both_send(servers, lambda wire: wire.close()) == [(8, b"\x03\xe8")]


def test_engine_close_by_the_client_is_the_same(servers):
    def conversation(wire):
        wire.say("1")
        return wire.frames_to_the_goodbye()

    assert both_send(servers, conversation) == [(8, b"\x03\xe8")]


@pytest.mark.parametrize("transports", [["polling"], ["polling", "websocket"], ["websocket"]])
def test_library_client_receives_every_value(server, transports):
    client, heard = socketio.Client(), []
    client.on("value", lambda *value: heard.append(value))
    client.connect(server.url, transports=transports)
    for first in range(0, len(EVERYTHING), 2):
        client.call("everything", (first, first + 2))
    while len(heard) < len(EVERYTHING):
        client.sleep(0.02)
    assert heard == [() if value is None else (value,) for value in EVERYTHING]
    client.disconnect()


class Poller:
    """A client that polls until it upgrades to a WebSocket."""

    def __init__(self, server):
        self.server = server
        self.path = "/socket.io/?EIO=4&transport=polling"
        self.sid = json.loads(self.poll()[0][1:])["sid"]
        self.path += f"&sid={self.sid}"

    def poll(self):
        return self.server.get(self.path).split(b"\x1e")

    def post(self, packet):
        return self.server.get(self.path, packet.encode())


def test_upgrade_from_polling_loses_nothing(server):
    poller = Poller(server)
    for packet in ("40", '421["join","movers"]'):
        poller.post(packet)
        assert poller.poll()
    heard = []
    talk = threading.Thread(target=server.get, args=("/say/movers/300/10/0.003",))
    talk.start()
    while len(heard) < 20:
        heard += poller.poll()
    wire = Wire(server, connect=False, sid=poller.sid)
    wire.say("2probe")
    assert wire.frame() == (TEXT, b"3probe")
    while heard[-1] != b"6":
        heard += poller.poll()
    wire.say("5")
    polled = len(heard)
    while sum(packet[:2] == b"42" for packet in heard) < 300:
        heard.append(wire.frame()[1])
    talk.join()
    assert [json.loads(packet[2:])[1][1] for packet in heard if packet[:2] == b"42"] == list(range(300))
    assert 20 <= polled < 300


def test_client_with_failed_upgrade_keeps_polling(server):
    poller = Poller(server)
    for wrong in ("3probe", "2"):
        wire = Wire(server, connect=False, sid=poller.sid)
        wire.say(wrong)
        wire.sock.close()
    poller.post("40")
    assert poller.poll()[0].startswith(b"40{")
