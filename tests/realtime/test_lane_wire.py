"""The send lane on the wire: whole frames in every situation, and no delay by slow readers."""

import json
import struct
import threading
import time

import pytest

from tests.support.realtime.lane_wire import BINARY, CLOSE, PING, PONG, SMALL_BUFFER, TEXT, Server, Wire

SIZE = 50_000
LAST_CHECKED_BY_LIBRARY = 1


@pytest.fixture(scope="module")
def server():
    running = Server(PING_INTERVAL="60", PING_TIMEOUT="60", WAITING_BYTES=str(1 << 22), CHUNK_SECONDS="30")
    yield running
    running.stop()


@pytest.fixture(scope="module")
def strict():
    running = Server(PING_INTERVAL="1", PING_TIMEOUT="2", WAITING_BYTES=str(1 << 20), CHUNK_SECONDS="2")
    yield running
    running.stop()


def joined(server, channel, **options):
    wire = Wire(server, **options)
    wire.call("join", channel)
    return wire


def messages_in(frames):
    """Return (voice, number) of each message in the frames."""
    events = (
        json.loads(payload[2:]) for opcode, payload in frames if opcode == TEXT and payload[:2] == b"42"
    )
    return [tuple(event[1][:2]) for event in events if event[0] == "said"]


def receive(wire, number):
    """Return the next messages of a channel, answering pings."""
    heard = []
    while len(heard) < number:
        frame = wire.frame()
        if frame == (TEXT, b"2"):
            wire.say("3")
        heard += messages_in([frame])
    return heard


def fill_buffer(server, channel, **options):
    """Return a reader whose buffer is full in the middle of a frame, and the messages sent to it so far."""
    wire, sent = joined(server, channel, receive_buffer=SMALL_BUFFER, **options), []
    before = server.state()["blocked"]
    while server.state()["blocked"] == before:
        server.get(f"/say/{channel}/10/{SIZE}")
        sent += [(0, number) for number in range(10)]
    return wire, sent


@pytest.mark.parametrize("unix", [False, True], ids=["tcp", "unix"])
def test_pong_follows_the_frame_before_it(server, unix):
    wire, sent = fill_buffer(server, f"pong-{unix}", unix=unix)
    wire.say(b"are you there", PING)
    time.sleep(0.2)
    assert messages_in(wire.frame() for _ in sent) == sent
    assert wire.frame() == (PONG, b"are you there")


def test_close_answer_follows_the_frames_before_it(server):
    wire, sent = fill_buffer(server, "close")
    wire.say(struct.pack("!H", 1001) + b"going", CLOSE)
    time.sleep(0.2)
    frames = wire.frames_to_the_end()
    assert messages_in(frames) == sent
    assert frames[-1] == (CLOSE, struct.pack("!H", 1001))


def test_close_by_the_server_follows_the_frames_before_it(server):
    wire, sent = fill_buffer(server, "cut")
    wire.emit("cut me")
    time.sleep(0.2)
    frames = wire.frames_to_the_end()
    assert messages_in(frames) == sent
    assert [frame for frame in frames[len(sent) :] if not frame[1].startswith(b"43")] == [
        (TEXT, b"1"),
        (CLOSE, b"\x03\xe8"),
    ]


def test_ping_follows_the_frame_before_it():
    patient = Server(PING_INTERVAL="1", PING_TIMEOUT="60", WAITING_BYTES=str(1 << 22), CHUNK_SECONDS="30")
    try:
        wire, sent = fill_buffer(patient, "ping")
        # The ping is due while the reader's buffer is full.
        time.sleep(1.2)
        frames = [wire.frame() for _ in range(len(sent) + 1)]
        assert messages_in(frames) == sent
        assert (TEXT, b"2") in frames
        wire.close()
    finally:
        patient.stop()


def seconds_to_receive(server, reader, channel: str) -> float:
    """Have 200 messages sent to a channel, and return the time until a reader has them all."""
    start = time.monotonic()
    talk = threading.Thread(target=server.get, args=(f"/say/{channel}/200/{SIZE}/0.005",))
    talk.start()
    assert receive(reader, 200) == [(0, number) for number in range(200)]
    taken = time.monotonic() - start
    talk.join()
    return taken


@pytest.mark.parametrize("unix", [False, True], ids=["tcp", "unix"])
def test_slow_reader_is_cut_off_and_delays_nobody(strict, unix):
    before = strict.state()["slow_readers_cut"]
    alone = joined(strict, "alone", unix=unix)
    baseline = seconds_to_receive(strict, alone, "alone")
    sleeper = joined(strict, "busy", receive_buffer=SMALL_BUFFER, unix=unix)
    reader = joined(strict, "busy", unix=unix)
    assert seconds_to_receive(strict, reader, "busy") < 4 * baseline
    state = strict.state_when(lambda state: state["slow_readers_cut"] == before + 1)
    assert state["disconnected"] > 0
    with pytest.raises((EOFError, ConnectionError)):
        while True:
            sleeper.frame()
    for wire in (alone, reader):
        wire.close()


def test_reader_that_stalls_is_cut_off_even_with_little_waiting(strict):
    impatient = Server(PING_INTERVAL="60", PING_TIMEOUT="60", WAITING_BYTES=str(1 << 30), CHUNK_SECONDS="1")
    try:
        _kept_open = fill_buffer(impatient, "little")
        impatient.state_when(lambda state: state["slow_readers_cut"] == 1 and state["held"] == [0, 0, 0])
    finally:
        impatient.stop()


def test_late_reader_misses_nothing(server):
    wire, sent = fill_buffer(server, "late")
    time.sleep(1)
    assert messages_in(wire.frame() for _ in sent) == sent
    assert wire.call("echo", "still here")[-1][1].endswith(b'["still here"]')


def test_messages_of_several_greenlets_keep_their_order(server):
    wires = [joined(server, "many") for _ in range(5)]
    everything = messages_in(wires[0].call("flood", "many", 8, 100, 20))
    assert len(everything) == 800
    for voice in range(8):
        assert [number for who, number in everything if who == voice] == list(range(100))
    for wire in wires[1:]:
        assert messages_in([wire.frame() for _ in range(800)]) == everything


@pytest.mark.parametrize("leave", [Wire.vanish, Wire.close], ids=["reset", "closed"])
def test_disconnected_clients_leave_nothing_behind(strict, leave):
    strict.state_when(lambda state: state["held"] == [0, 0, 0])
    wires = [joined(strict, "leaving") for _ in range(20)]
    for wire in wires:
        leave(wire)
    strict.get("/say/leaving/5/100")
    left = LAST_CHECKED_BY_LIBRARY
    strict.state_when(lambda state: state["held"] == [0, 0, 0] and state["outboxes"] <= left)


def test_client_that_answers_no_ping_is_disconnected(strict):
    wire = joined(strict, "silent")
    assert wire.frames_to_the_end() == [(TEXT, b"2"), (CLOSE, b"\x03\xe8")]
    assert strict.state_when(lambda state: state["held"] == [0, 0, 0])["reason"] == "ping timeout"


def test_client_that_answers_pings_stays(strict):
    wire = Wire(strict)
    for _ in range(4):
        assert wire.frame() == (TEXT, b"2")
        wire.say("3")
    assert wire.call("echo", 1)[-1] == (TEXT, b"431[1]")
    wire.close()


def test_compression_is_never_negotiated(server):
    wire = Wire(server, headers=["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"])
    assert " 101 " in wire.head and "extensions" not in wire.head.lower()
    assert wire.call("echo", "x" * 1000)[-1] == (TEXT, b'431["' + b"x" * 1000 + b'"]')


def test_request_without_handshake_is_refused(server):
    wire = Wire(server, headers=["Sec-WebSocket-Keyless: yes"], connect=False)
    assert " 400 " in wire.head


def test_fragmented_message_is_assembled(server):
    wire = Wire(server)
    wire.say('421["echo",', final=False)
    wire.say(b"between", PING)
    wire.say('"pieces"]', opcode=0)
    assert [wire.frame(), wire.frame()] == [(PONG, b"between"), (TEXT, b'431["pieces"]')]


@pytest.mark.parametrize(
    ("payload", "opcode", "code"),
    [(b"4" * 1_000_001, TEXT, 1009), (b"\xff\xfe", TEXT, 1007), (b"x", 3, 1002), (b"x" * 126, PING, 1002)],
    ids=["too big", "no text", "unknown kind", "long ping"],
)
def test_protocol_error_ends_the_connection(server, payload, opcode, code):
    wire = Wire(server)
    wire.say(payload, opcode)
    assert wire.frames_to_the_end() == [(CLOSE, struct.pack("!H", code))]


@pytest.mark.parametrize("payload", ["", "x", "9", "4"])
def test_invalid_packet_harms_no_other_client(server, payload):
    other = Wire(server)
    wire = Wire(server)
    wire.say(payload)
    assert other.call("echo", 1)[-1] == (TEXT, b"431[1]")


def test_packets_after_a_close_are_ignored(server):
    wire = Wire(server)
    wire.call("join", "deaf")
    listener = joined(server, "deaf")
    wire.say("1")
    wire.emit("say", "deaf", "too late")
    wire.frames_to_the_end()
    assert listener.call("echo", 1) == [(TEXT, b"432[1]")]


def test_binary_acknowledgement_has_a_binary_frame(server):
    wire = Wire(server)
    wire.say('451-1["echo",{"_placeholder":true,"num":0}]')
    wire.say(b"", BINARY)
    assert [wire.frame()[0], wire.frame()] == [TEXT, (BINARY, b"")]
