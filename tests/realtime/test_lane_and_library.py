"""The lane says what the library's own path says, byte for byte."""

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


def both_say(servers, conversation):
    said = {path: lasting(conversation(Wire(server))) for path, server in servers.items()}
    assert said["lane"] == said["library"]
    return said["lane"]


def test_the_opening_is_the_same(servers):
    said = both_say(servers, lambda wire: wire.opening)
    assert said[0][1].startswith(b'0{"sid"') and said[1][1].startswith(b'40{"sid"')


def test_every_kind_of_value_is_the_same(servers):
    said = both_say(servers, lambda wire: wire.call("everything"))
    assert max(len(payload) for _, payload in said) > 65535
    assert sum(opcode == BINARY for opcode, _ in said) >= 6


def test_acknowledgements_are_the_same(servers):
    said = both_say(servers, lambda wire: wire.call("echo", "é", 1, None, {"a": [True]}))
    assert said == [(TEXT, '431["é",1,null,{"a":[true]}]'.encode())]


def test_half_of_a_surrogate_pair_is_escaped(servers):
    said = both_say(servers, lambda wire: wire.call("echo", "é \ud83d"))
    assert said == [(TEXT, b'431["\\u00e9 \\ud83d"]')]


def test_binary_events_and_their_acknowledgements_are_the_same(servers):
    def conversation(wire):
        wire.say('451-7["echo",{"_placeholder":true,"num":0}]')
        wire.say(b"\x00\xff" * 40_000, BINARY)
        return [wire.frame(), wire.frame()]

    assert both_say(servers, conversation)[1] == (BINARY, b"\x00\xff" * 40_000)


def test_the_server_may_ask_and_be_answered(servers):
    def conversation(wire):
        question = [*wire.call("ask back", {"q": 1})]
        if len(question) == 1:
            question.append(wire.frame())
        wire.say('431["yes","é"]')
        return [*sorted(question), wire.frame()]

    assert both_say(servers, conversation)[-1][1].startswith(b'42["answer"')


def test_a_channel_hears_and_the_sender_may_be_left_out(servers):
    said = {}
    for path, server in servers.items():
        sender, other = Wire(server), Wire(server)
        for each in (sender, other):
            each.call("join", "room")
        heard = sender.call("say", "room", "x" * 70_000) + sender.call("say to others", "room", "psst")
        said[path] = sorted([*heard, other.frame(), other.frame()])
    assert said["lane"] == said["library"] and len(said["lane"]) == 5


def test_many_messages_arrive_in_order(servers):
    def conversation(wire):
        wire.call("join", "flooded")
        return wire.call("flood", "flooded", 1, 2000, 10)

    said = both_say(servers, conversation)
    assert len(said) == 2001


@pytest.mark.parametrize("farewell", ["leave me", "cut me"])
def test_the_server_ends_a_connection_the_same_way(servers, farewell):
    def conversation(wire):
        wire.emit(farewell)
        if farewell == "leave me":
            said = [wire.frame()]
            while not said[-1][1].startswith(b"431"):
                said.append(wire.frame())
            return sorted(said)
        return [each for each in wire.frames_to_the_goodbye() if not each[1].startswith(b"431")]

    assert both_say(servers, conversation)


def test_the_client_ends_a_connection_the_same_way(servers):
    assert both_say(servers, lambda wire: wire.close()) == [(8, b"\x03\xe8")]


def test_the_clients_engine_close_ends_the_connection_the_same_way(servers):
    def conversation(wire):
        wire.say("1")
        return wire.frames_to_the_goodbye()

    assert both_say(servers, conversation) == [(8, b"\x03\xe8")]


@pytest.mark.parametrize("transports", [["polling"], ["polling", "websocket"], ["websocket"]])
def test_a_usual_client_gets_everything(server, transports):
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
    """A client that polls, until it moves to a WebSocket."""

    def __init__(self, server):
        self.server = server
        self.path = "/socket.io/?EIO=4&transport=polling"
        self.sid = json.loads(self.poll()[0][1:])["sid"]
        self.path += f"&sid={self.sid}"

    def poll(self):
        return self.server.get(self.path).split(b"\x1e")

    def post(self, packet):
        return self.server.get(self.path, packet.encode())


def test_nothing_is_lost_while_a_client_moves_from_polling(server):
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


def test_a_client_that_moves_badly_goes_on_polling(server):
    poller = Poller(server)
    for wrong in ("3probe", "2"):
        wire = Wire(server, connect=False, sid=poller.sid)
        wire.say(wrong)
        wire.sock.close()
    poller.post("40")
    assert poller.poll()[0].startswith(b"40{")
