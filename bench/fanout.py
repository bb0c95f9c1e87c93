"""One room with many readers: how late messages are, and how much of the processor a delivery takes."""

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
    """Processor seconds between two moments: of the server, of what it stores in, and of this client."""

    server: float = 0
    stores: float = 0
    client: float = 0
    wall: float = 0


class Meter:
    """Measures what a block of work costs."""

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
    """So many people come, `at_once` at the same moment, and open the room. Who is refused asks again. A crowd."""
    waiting = [Client(target.address, target.cookies[place % len(target.cookies)]) for place in range(number)]
    crowd = Crowd()
    until = time.monotonic() + ARRIVAL_SECONDS
    while waiting:
        if time.monotonic() > until:
            raise RuntimeError(f"{target.name} does not let {len(waiting)} of {number} people in")
        now, waiting = waiting[:at_once], waiting[at_once:]
        inside = _all_do(COMING_IN, now)
        if opens_room:
            open_room(inside, target.room_id)
        for client in inside:
            crowd.add(client)
        crowd.read_what_is_there()
        waiting += [client for client in now if client.sock is None]
    return crowd


COMING_IN = (Client.ask_to_come, Client.introduce, Client.be_welcomed)


def _all_do(steps, clients):
    """Return each takes a step before anybody takes the next; who is refused leaves. Gives those who stay."""
    for step in steps:
        stayed = []
        for client in clients:
            try:
                step(client)
                stayed.append(client)
            except (Refused, OSError):
                client.close()
        clients = stayed
    return clients


def open_room(clients, room_id):
    """All ask at once to have a room on the screen; who is refused asks again."""
    until = time.monotonic() + ARRIVAL_SECONDS
    while clients:
        if time.monotonic() > until:
            raise RuntimeError(f"the room does not open for {len(clients)} people")
        for client in clients:
            client.emit("room:open", {"room_id": room_id})
        clients = [client for client in clients if not client.answer()["ok"]]


class Poster:
    """Posts numbered messages into a room from the clients of a crowd in turn, and notes when."""

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
    """Return the HTML that a message like those of the measurements becomes."""
    client.emit(
        "message:post", {"room_id": room_id, "body": f"0 {BODY}", "client_id": message_id(new_poster(), 0)}
    )
    return client.hear("message:posted")["html"]


def latency(target, crowd, rate=20, seconds=6):
    """Post at a steady rate; how long until each reader has each message, in ms, and how many never came."""
    poster = Poster(crowd, target.room_id)
    mark, delays = poster.mark.encode(), []

    def seen(posted_by, number):
        if posted_by == mark:
            delays.append(time.monotonic() - poster.sent_at[number])

    with Meter(target) as cost:
        start = time.monotonic()
        for number in range(rate * seconds):
            crowd.read_for(start + number / rate - time.monotonic(), seen)
            poster.post()
        crowd.read_for(0.3, seen)
    expected = rate * seconds * len(crowd.clients)
    _wait_until(crowd, lambda: len(delays) >= expected, seen)
    delays.sort()
    return {
        "p50": _percentile(delays, 50),
        "p95": _percentile(delays, 95),
        "p99": _percentile(delays, 99),
        "lost": expected - len(delays),
        **_per_thousand(cost, len(delays)),
    }


def ceiling(target, crowd, outstanding=160, seconds=5):
    """Keep so many messages on their way to all readers: deliveries per second and their cost."""
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
    """Return each reader keeps so many posts unacknowledged: accepted posts per second."""
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


def _wait_until(crowd, done, seen=None):
    until = time.monotonic() + LATE_SECONDS
    while not done() and time.monotonic() < until:
        crowd.read(0.05, seen)


def _per_thousand(cost, delivered):
    thousands = max(delivered, 1) / 1000
    spent = {"server_ms": cost.server, "stores_ms": cost.stores, "client_ms": cost.client}
    return {name: 1000 * seconds / thousands for name, seconds in spent.items()}


def _percentile(values, percent):
    return 1000 * values[min(len(values) - 1, len(values) * percent // 100)] if values else float("nan")
