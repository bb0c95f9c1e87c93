"""One room with many readers: latency of messages, and processor time of a delivery."""

import time
from dataclasses import dataclass

from bench import processes
from bench.client import Client, Crowd, Refused, message_id, new_poster

LATE_SECONDS = 5
ARRIVAL_SECONDS = 90
BATCH = 25
BODY = "Un message comme on en écrit, ni très court ni très long. " * 2


@dataclass
class Cost:
    """Processor seconds between two moments: of the server, of its stores, and of this client."""

    server: float = 0
    stores: float = 0
    client: float = 0
    wall: float = 0


class Meter:
    """A measurement of the cost of a block."""

    def __init__(self, target):
        self._target = target
        self.cost = Cost()

    def __enter__(self):
        self._before = self._now()
        return self.cost

    def __exit__(self, *problem):
        spent = [after - before for before, after in zip(self._before, self._now(), strict=True)]
        self.cost.server, self.cost.stores, self.cost.client, self.cost.wall = spent

    def _now(self):
        server = processes.processor_seconds(self._target.pids())
        stores = processes.processor_seconds(self._target.store_pids())
        return server, stores, time.process_time(), time.monotonic()


def arrive(target, number, *, opens_room=True, at_once=BATCH):
    """Connect people, `at_once` at the same moment, and open the room; a refused one tries again.

    Return the crowd.
    """
    waiting = [Client(target.address, target.cookies[index % len(target.cookies)]) for index in range(number)]
    crowd = Crowd()
    until = time.monotonic() + ARRIVAL_SECONDS
    while waiting:
        if time.monotonic() > until:
            raise RuntimeError(f"{target.name} does not let {len(waiting)} of {number} people in")
        batch, waiting = waiting[:at_once], waiting[at_once:]
        connected = _all_do(CONNECTION_STEPS, batch)
        if opens_room:
            open_room(connected, target.room_id)
        for client in connected:
            crowd.add(client)
        crowd.read_received()
        waiting += [client for client in batch if client.sock is None]
    return crowd


CONNECTION_STEPS = (Client.request_websocket, Client.request_connection, Client.await_connection)


def _all_do(steps, clients):
    """Run each step for all clients before the next one; a refused client is closed. Return the others."""
    for step in steps:
        remaining = []
        for client in clients:
            try:
                step(client)
                remaining.append(client)
            except (Refused, OSError):
                client.close()
        clients = remaining
    return clients


def open_room(clients, room_id):
    """Open the room for all clients at once; a refused one tries again."""
    until = time.monotonic() + ARRIVAL_SECONDS
    while clients:
        if time.monotonic() > until:
            raise RuntimeError(f"the room does not open for {len(clients)} people")
        for client in clients:
            client.emit("room:open", {"room_id": room_id})
        clients = [client for client in clients if not client.answer()["ok"]]


class Poster:
    """A sender of numbered messages from the clients of a crowd in turn, which notes their times."""

    def __init__(self, crowd, room_id):
        self._voices = crowd.clients
        self._room_id = room_id
        self.mark = new_poster()
        self.sent_at = []

    def post(self):
        number = len(self.sent_at)
        self.sent_at.append(time.monotonic())
        message = {
            "room_id": self._room_id,
            "body": f"{number} {BODY}",
            "client_id": message_id(self.mark, number),
        }
        self._voices[number % len(self._voices)].emit("message:post", message)


def first_html(client, room_id):
    """Post a message like those of the measurements, and return its HTML."""
    client.emit(
        "message:post", {"room_id": room_id, "body": f"0 {BODY}", "client_id": message_id(new_poster(), 0)}
    )
    return client.wait_for("message:posted")["html"]


def latency(target, crowd, rate=20, seconds=6):
    """Post at a steady rate.

    Return the delay until each reader has each message, in ms, and the number lost.
    """
    poster = Poster(crowd, target.room_id)
    mark, delays = poster.mark.encode(), []

    def on_message(posted_by, number):
        if posted_by == mark:
            delays.append(time.monotonic() - poster.sent_at[number])

    with Meter(target) as cost:
        start = time.monotonic()
        for number in range(rate * seconds):
            crowd.read_for(start + number / rate - time.monotonic(), on_message)
            poster.post()
        crowd.read_for(0.3, on_message)
    expected = rate * seconds * len(crowd.clients)
    _wait_until(crowd, lambda: len(delays) >= expected, on_message)
    delays.sort()
    return {
        "p50": _percentile(delays, 50),
        "p95": _percentile(delays, 95),
        "p99": _percentile(delays, 99),
        "lost": expected - len(delays),
        **_per_thousand(cost, len(delays)),
    }


def ceiling(target, crowd, outstanding=160, seconds=5):
    """Keep so many messages on their way to all readers. Return deliveries per second and their cost."""
    poster = Poster(crowd, target.room_id)
    readers = len(crowd.clients)
    before = crowd.total("posted")
    with Meter(target) as cost:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            arrived = (crowd.total("posted") - before) // readers
            for _ in range(outstanding - (len(poster.sent_at) - arrived)):
                poster.post()
            crowd.read(0.05)
        _wait_until(crowd, lambda: crowd.total("posted") - before >= len(poster.sent_at) * readers)
    delivered = crowd.total("posted") - before
    return {
        "per_second": delivered / cost.wall,
        "lost": len(poster.sent_at) * readers - delivered,
        **_per_thousand(cost, delivered),
    }


def posts(target, crowd, outstanding=16, seconds=4):
    """Keep so many posts of each reader unacknowledged. Return accepted posts per second."""
    poster = Poster(crowd, target.room_id)
    before = crowd.total("accepted")
    with Meter(target) as cost:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            answered = crowd.total("accepted") + crowd.total("refused") - before
            for _ in range(outstanding * len(crowd.clients) - (len(poster.sent_at) - answered)):
                poster.post()
            crowd.read(0.05)
        _wait_until(
            crowd, lambda: crowd.total("accepted") + crowd.total("refused") - before >= len(poster.sent_at)
        )
    accepted = crowd.total("accepted") - before
    return {
        "per_second": accepted / cost.wall,
        "refused": crowd.total("refused"),
        "server_ms_each": 1000 * cost.server / max(accepted, 1),
        "stores_ms_each": 1000 * cost.stores / max(accepted, 1),
    }


def _wait_until(crowd, done, on_message=None):
    until = time.monotonic() + LATE_SECONDS
    while not done() and time.monotonic() < until:
        crowd.read(0.05, on_message)


def _per_thousand(cost, delivered):
    thousands = max(delivered, 1) / 1000
    spent = {"server_ms": cost.server, "stores_ms": cost.stores, "client_ms": cost.client}
    return {name: 1000 * seconds / thousands for name, seconds in spent.items()}


def _percentile(values, percent):
    return 1000 * values[min(len(values) - 1, len(values) * percent // 100)] if values else float("nan")
