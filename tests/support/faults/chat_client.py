"""A chat client for tests: it keeps what it says until the server has it, and catches up on what it missed.

Written on the bare protocol (Engine.IO 4, Socket.IO 5), so that events are noted in the order in which they arrive.
"""

import contextlib
import json
import random
import re
import threading
import time
import urllib.error
import urllib.request
import uuid
from contextlib import ExitStack
from dataclasses import dataclass, field

from tests.support.faults.wire import READER, Wire

# Seconds after which a line on which an answer is overdue counts as dead, as in the page.
PATIENCE = 8.0
# Refusals after which the same message is sent again, and the seconds until then.
AGAIN = {"unavailable": 0.3, "too_many": 0.2, "service_stopped": 3.0}
MESSAGE = re.compile(r'data-seq="(\d+)" data-note="0".*?data-client-id="([^"]+)"', re.DOTALL)


@dataclass(eq=False)
class Sent:
    """A message on its way. answer: the acknowledgement that settled it; refusals: codes of those that did not."""

    room_id: int
    body: str
    client_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    asked_at: float = field(default_factory=time.monotonic)
    answered_at: float = 0.0
    answer: dict | None = None
    refusals: list[str] = field(default_factory=list)
    is_settled: threading.Event = field(default_factory=threading.Event)

    def wait(self, timeout: float = 60) -> dict:
        """Return the final acknowledgement, once there is one."""
        assert self.is_settled.wait(timeout), f"{self.body} has no answer after {timeout} s: {self.refusals}"
        return self.answer

    @property
    def latency(self) -> float:
        """Seconds from asking to the answer."""
        return self.answered_at - self.asked_at


class ChatClient:
    """One window of one person. It comes back by itself until it is closed."""

    def __init__(self, server, person, *, comes_back: bool = True, headers: dict | None = None):
        self.server = server
        self.person = person
        self.headers = {"Cookie": person.cookie, "X-Forwarded-Proto": "https", **(headers or {})}
        self.events: list[tuple[str, dict]] = []
        self.posted: dict[int, list[tuple[int, str]]] = {}
        self.known: dict[int, dict[int, str]] = {}
        self.heads: dict[int, int] = {}
        self.opened: dict[int, int] = {}
        self.connections = 0
        self.refused: str | None = None
        self.is_connected = False
        self.faults: list[str] = []
        self._comes_back = comes_back
        self._is_closed = False
        self._wire: Wire | None = None
        self._outbox: list[Sent] = []
        self._asked: dict[int, object] = {}
        self._next_id = 0
        self._frames = 0
        self._catching_up: set[int] = set()
        self._complete: dict[int, int] = {}
        self._changed = threading.Condition(threading.RLock())

    def __enter__(self):
        self.start()
        self.wait_until(lambda: self.is_connected or self._is_turned_away(), 15, "connected")
        return self

    def __exit__(self, *error):
        self.close()
        assert error[0] or not self.faults, self.faults

    def close(self) -> None:
        """Leave."""
        self._is_closed = True
        self.cut()

    def cut(self) -> None:
        """Lose the line without a word."""
        if self._wire is not None:
            self._wire.cut()

    def post(self, room_id: int, body: str = "hello", client_id: str | None = None) -> Sent:
        """Send a message, again and again until there is an answer that settles it."""
        sent = Sent(room_id, body, client_id or str(uuid.uuid4()))
        with self._changed:
            self._outbox.append(sent)
            self._send(sent)
        return sent

    def open(self, room_id: int, timeout: float = 5) -> dict:
        """Have a room on the screen."""
        answer = self.call("room:open", {"room_id": room_id}, timeout)
        assert answer["ok"], answer
        self._enter(room_id, answer["last_seq"])
        return answer

    def call(self, event: str, payload=None, timeout: float = 5) -> dict:
        """Say something and wait for the acknowledgement."""
        answered = threading.Event()
        box = []
        self._ask(event, payload, lambda answer: (box.append(answer), answered.set()))
        assert answered.wait(timeout), f"no answer to {event} within {timeout} s"
        return box[0]

    def call_all(self, event: str, payloads: list, timeout: float = 20) -> list[dict]:
        """Say the same thing with all these payloads at once; the acknowledgements, in this order."""
        answers = [None] * len(payloads)
        left = threading.Semaphore(0)
        for place, payload in enumerate(payloads):
            self._ask(
                event,
                payload,
                lambda answer, place=place: (answers.__setitem__(place, answer), left.release()),
            )
        for _ in payloads:
            assert left.acquire(timeout=timeout), f"no answer to some of {event}"
        return answers

    def say(self, frame: str | bytes) -> None:
        """Send a frame as it is."""
        self._wire.send(frame)

    def heard(self, event: str, **facts) -> list[dict]:
        """Return the events of this name received so far, with these values."""
        with self._changed:
            told = [data for name, data in self.events if name == event]
        return [data for data in told if all(data.get(name) == value for name, value in facts.items())]

    def wait_for(self, event: str, timeout: float = 5, count: int = 1, **facts) -> dict:
        """Wait until an event with these facts has been told so often."""
        self.wait_until(lambda: len(self.heard(event, **facts)) >= count, timeout, f"{event} {facts}")
        return self.heard(event, **facts)[count - 1]

    def wait_until(self, is_so, timeout: float, what: str) -> None:
        """Wait until something about this client holds."""
        with self._changed:
            assert self._changed.wait_for(is_so, timeout), (
                f"{self.person.name}: not {what} within {timeout} s"
            )

    def wait_for_all(self, room_id: int, last_seq: int, timeout: float = 15) -> None:
        """Wait until everything of a room up to a place is known, heard or fetched."""
        what = f"everything of room {room_id} up to {last_seq}"
        self.wait_until(lambda: self._complete_to(room_id) >= last_seq, timeout, what)

    def start(self) -> None:
        """Try to connect, again and again."""
        self._connect()

    def _is_turned_away(self) -> bool:
        return self.refused == "signed_out" or bool(self.refused and not self._comes_back)

    def _connect(self) -> None:
        """Try to get a line. What follows comes from the reader's thread."""
        if self._is_closed:
            return
        try:
            path = "/socket.io/?EIO=4&transport=websocket"
            self._wire = Wire(self.server.url, path, self.headers, self._take, self._ended, PATIENCE)
        except OSError as error:
            self._note_refusal(str(error))
            self._come_back()
            return
        with contextlib.suppress(OSError):
            self._wire.send("40")
        READER.later(PATIENCE, self._give_up, self._wire)

    def _give_up(self, wire: Wire) -> None:
        if wire is self._wire and not self.is_connected:
            wire.cut()

    def _connected(self) -> None:
        with self._changed:
            self.connections += 1
            self.is_connected = True
            self.refused = None
            for room_id in self.opened:
                self._reopen(room_id)
            for sent in self._outbox:
                self._send(sent)
            self._changed.notify_all()

    def _ended(self, wire: Wire) -> None:
        if wire is not self._wire:
            return
        with self._changed:
            self.is_connected = False
            self._asked.clear()
            self._changed.notify_all()
        self._come_back()

    def _come_back(self) -> None:
        if self._comes_back and self.refused != "signed_out":
            threading.Timer(0.1, self._connect).start()

    def _note_refusal(self, why: str) -> None:
        with self._changed:
            self.refused = "signed_out" if "signed_out" in why else why or "closed"
            self._changed.notify_all()

    def _take(self, wire: Wire, text: str) -> None:
        if wire is not self._wire:
            return
        self._frames += 1
        if text == "2":
            self._write("3")
        elif text.startswith("42"):
            self._hear(*json.loads(text[2:]))
        elif text.startswith("43"):
            number, _, rest = text[2:].partition("[")
            with self._changed:
                answered = self._asked.pop(int(number), None)
            if answered:
                answered(json.loads(f"[{rest}")[0])
        elif text.startswith("40"):
            self._connected()
        elif text.startswith("44"):
            self._note_refusal(text[2:])
            wire.cut()
        elif text.startswith(("41", "1")):
            wire.cut()

    def _hear(self, event: str, data: dict | None = None) -> None:
        data = data or {}
        with self._changed:
            self.events.append((event, data))
            if event == "message:posted":
                self._learn(data["room_id"], data["seq"], data["client_id"])
                self.posted.setdefault(data["room_id"], []).append((data["seq"], data["client_id"]))
            elif event == "room:reopen":
                self._reopen(data["room_id"])
            elif event == "room:removed":
                self.opened.pop(data["room_id"], None)
            elif event == "service:started":
                self._send_what_was_held()
            elif event == "room:behind":
                self._want(data["room_id"], data["seq"], patience=0.2)
            self._changed.notify_all()

    def _learn(self, room_id: int, seq: int, client_id: str) -> None:
        known = self.known.setdefault(room_id, {})
        if known.setdefault(seq, client_id) != client_id:
            self.faults.append(f"two messages at place {seq} of room {room_id}")
        self._want(room_id, seq)

    def _want(self, room_id: int, seq: int, patience: float = 1.0) -> None:
        """Have everything up to a place; what has not come by itself after a while is fetched."""
        self.heads[room_id] = max(seq, self.heads.get(room_id, 0))
        if self._complete_to(room_id) < self.heads[room_id] and room_id not in self._catching_up:
            self._catching_up.add(room_id)
            threading.Thread(target=self._catch_up, args=(room_id, patience), daemon=True).start()

    def _complete_to(self, room_id: int) -> int:
        place, known = self._complete.get(room_id, 0), self.known.get(room_id, {})
        while place + 1 in known:
            place += 1
        self._complete[room_id] = place
        return place

    def _catch_up(self, room_id: int, patience: float) -> None:
        time.sleep(patience * random.uniform(0.5, 1))
        while not self._is_closed and room_id in self.opened:
            with self._changed:
                after = self._complete_to(room_id)
                if after >= self.heads[room_id]:
                    break
            self._fetch(room_id, after)
        self._catching_up.discard(room_id)

    def _fetch(self, room_id: int, after: int) -> None:
        try:
            page = self.get(f"/webmail/rooms/{room_id}/messages?after={after}")
        except OSError:
            time.sleep(1)
            return
        with self._changed:
            for seq, client_id in MESSAGE.findall(page):
                self._learn(room_id, int(seq), client_id)
            self._changed.notify_all()

    def get(self, path: str) -> str:
        """Return a page as this person sees it. Error: urllib.error.HTTPError, which is an OSError."""
        request = urllib.request.Request(self.server.url + path, headers=self.headers)
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return answer.read().decode()

    def _enter(self, room_id: int, last_seq: int) -> None:
        with self._changed:
            self.opened[room_id] = last_seq
            self._complete.setdefault(room_id, last_seq)
            self._want(room_id, last_seq)

    def _reopen(self, room_id: int) -> None:
        def opened(answer):
            if answer["ok"]:
                self._want(room_id, answer["last_seq"], patience=0.2)
            elif answer["error"] in AGAIN and room_id in self.opened:
                READER.later(AGAIN[answer["error"]], self._reopen, room_id)

        self._ask("room:open", {"room_id": room_id}, opened)

    def _ask(self, event: str, payload, answered) -> None:
        with self._changed:
            self._next_id += 1
            number = self._next_id
            self._asked[number] = answered
        self._write(f"42{number}{json.dumps([event] if payload is None else [event, payload])}")

    def _write(self, frame: str) -> None:
        with contextlib.suppress(OSError):
            self._wire.send(frame)

    def _send(self, sent: Sent) -> None:
        if not self.is_connected:
            return
        self._suspect_later(sent)
        payload = {"room_id": sent.room_id, "body": sent.body, "client_id": sent.client_id}
        self._ask("message:post", payload, lambda answer: self._answered(sent, answer))

    def _send_again(self, sent: Sent) -> None:
        with self._changed:
            if sent in self._outbox:
                self._send(sent)

    def _send_what_was_held(self) -> None:
        for sent in [one for one in self._outbox if "service_stopped" in one.refusals]:
            self._send(sent)

    def _suspect_later(self, sent: Sent) -> None:
        READER.later(PATIENCE, self._suspect, self._wire, self._frames, sent)

    def _suspect(self, wire: Wire, frames: int, sent: Sent) -> None:
        """Treat a connection as dead if an answer is overdue and nothing else arrives."""
        if wire is not self._wire or sent not in self._outbox:
            return
        if self._frames == frames:
            wire.cut()
        else:
            self._suspect_later(sent)

    def _answered(self, sent: Sent, answer: dict) -> None:
        with self._changed:
            if sent.is_settled.is_set():
                if answer != sent.answer:
                    self.faults.append(f"two answers: {sent.answer} and {answer}")
                return
            if not answer["ok"] and answer["error"] in AGAIN:
                sent.refusals.append(answer["error"])
                READER.later(answer.get("retry_after", AGAIN[answer["error"]]), self._send_again, sent)
                return
            sent.answer, sent.answered_at = answer, time.monotonic()
            self._outbox.remove(sent)
            sent.is_settled.set()


def together(clients):
    """Have several clients connect, and leave at the end."""
    stack = ExitStack()
    for client in clients:
        stack.enter_context(client)
    return stack
