"""The watcher: twice a second it reads from the database what has become of access, and of the open rooms.

Redis only makes it look sooner. Changes of access come from their log, without a gap: sockets they may concern are
taken out of their channels at once, then each is told to knock again. Heads of rooms tell clients what they lack.
"""

import random
import time

import gevent
import structlog
from flask import Flask
from gevent.event import Event
from gevent.lock import RLock
from sqlalchemy import select

from app import channels
from app.events import AccessChanged, listen
from app.extensions import db
from app.models import AccessChange, AccessScope, Room
from app.realtime import hub, presence
from app.realtime.concerned import clients_of
from app.realtime.refresh import empty_channels, refresh_client
from app.realtime.reports import Reporter
from app.realtime.subscriptions import tell
from app.rules import server

log = structlog.get_logger()

EVERY = 0.5
"""Seconds between two looks; the promise is one second."""
SPREAD = 2.0
"""Seconds over which clients are brought back after a service was started."""
NUDGE = "access:changed"
PLACES = {"message:posted": 0, "message:changed": 1}
"""Which of the two heads of a room an event moves."""


class Watcher:
    """One per process. It sleeps until the first socket comes."""

    def __init__(self, app: Flask):
        self.app = app
        self.seen: int | None = None
        self.chat_runs = True
        self.late: dict[int, tuple[list[int], list[int]]] = {}
        self._asked = Event()
        self._turn = RLock()
        self._refreshed_at = 0.0
        self._reporter = Reporter(app)

    def wake(self) -> None:
        """Begin to watch. When the database does not answer, the next socket wakes it."""
        with self._turn:
            if self.seen is not None:
                return
            with self.app.app_context():
                seen = server.epoch()
                self.chat_runs = server.state().chat_runs
            self.seen = seen
            gevent.spawn(self._run)

    def nudge(self) -> None:
        """Look now."""
        self._asked.set()

    def before_delivery(self, event: str, data, epoch: int | None) -> None:
        """What must be known before an event is delivered here."""
        if event == NUDGE:
            self.nudge()
        if epoch is not None and self.seen is not None and self.seen < epoch:
            self.look()
        if event in PLACES and data["room_id"] in hub.delivered:
            heads, place = hub.delivered[data["room_id"]], PLACES[event]
            heads[place] = max(heads[place], data["seq" if place == 0 else "change"])

    def look(self) -> None:
        """Apply every change of access since the last look; with a gap (a database restored, say), to everybody."""
        with self._turn, self.app.app_context():
            now_at = server.epoch()
            if self.seen is None or now_at == self.seen:
                return
            rows = self._changes(self.seen, now_at)
            has_gap = len(rows) != now_at - self.seen
            self._apply([(AccessScope.EVERYBODY, 0)] if has_gap else rows)
            self.seen = now_at

    def _changes(self, since: int, up_to: int) -> list[tuple[AccessScope, int]]:
        """Those committed meanwhile are left for the next look: more of them than were counted would be a gap."""
        statement = select(AccessChange.scope, AccessChange.target_id)
        statement = statement.where(AccessChange.epoch > since, AccessChange.epoch <= up_to)
        rows = db.session.execute(statement.order_by(AccessChange.epoch).limit(5000))
        return [(row.scope, row.target_id) for row in rows]

    def _apply(self, changes) -> None:
        concerned = {client for scope, target in set(changes) for client in clients_of(scope, target)}
        for client in concerned:
            empty_channels(client)
        did_run, self.chat_runs = self.chat_runs, server.state().chat_runs
        spread = SPREAD if self.chat_runs and not did_run else min(1.0, len(concerned) / 500)
        for client in concerned:
            gevent.spawn_later(random.uniform(0, spread), refresh_client, self.app, client.sid, did_run)

    def _run(self) -> None:
        while True:
            self._asked.wait(EVERY)
            self._asked.clear()
            try:
                self.look()
                self._compare_heads()
                self._refresh_presence()
                self._report()
            except Exception as error:
                log.warning("watching failed", error=str(error)[:300])
                gevent.sleep(EVERY)

    def _compare_heads(self) -> None:
        """Tell who has a room open that the database holds more than this process has delivered."""
        open_rooms = list(hub.by_room)
        heads = dict(self._heads(open_rooms)) if open_rooms else {}
        for room_id, before in self.late.items():
            if room_id in heads and _is_stuck(*before, hub.delivered.get(room_id)):
                self._tell_behind(room_id, heads[room_id])
        late = {
            room_id: head for room_id, head in heads.items() if _is_ahead(head, hub.delivered.get(room_id))
        }
        self.late = {room_id: (head, list(hub.delivered[room_id])) for room_id, head in late.items()}

    def _heads(self, room_ids: list[int]) -> list[tuple[int, list[int]]]:
        statement = select(Room.id, Room.last_seq, Room.last_change).where(Room.id.in_(room_ids))
        with self.app.app_context():
            return [(row.id, [row.last_seq, row.last_change]) for row in db.session.execute(statement)]

    def _tell_behind(self, room_id: int, head: list[int]) -> None:
        """Late for two looks, and nothing has come in between: it is not on its way, it was lost."""
        hub.delivered[room_id] = list(head)
        told = {"room_id": room_id, "seq": head[0], "change": head[1]}
        for client in hub.in_room(room_id):
            tell(client.sid, "room:behind", told)

    def _refresh_presence(self) -> None:
        """Beside the watch: a Redis that stands still must not hold it up."""
        if time.monotonic() - self._refreshed_at > presence.FRESH / 2:
            self._refreshed_at = time.monotonic()
            gevent.spawn(presence.refresh)

    def _report(self) -> None:
        """Beside the watch too: the figures of the Dashboard can wait."""
        if self._reporter.takes_turn():
            gevent.spawn(self._reporter.report)


def _is_ahead(head: list[int], delivered: list[int] | None) -> bool:
    return delivered is not None and (head[0] > delivered[0] or head[1] > delivered[1])


def _is_stuck(head: list[int], delivered_then: list[int], delivered: list[int] | None) -> bool:
    """Whether what was late at the last look still is, and nothing has been delivered since. A slow process catches up
    by itself; telling its readers to fetch would only make it slower."""
    return delivered is not None and any(
        due > now_at == then for due, then, now_at in zip(head, delivered_then, delivered, strict=True)
    )


def start(app: Flask, sockets) -> Watcher:
    """Make this process's watcher; it wakes with the first socket."""
    sockets.manager.watcher = Watcher(app)
    presence.bind(app.config["REDIS_URL"])
    return sockets.manager.watcher


@listen(AccessChanged)
def hurry(fact: AccessChanged) -> None:
    """Have every process look now rather than in half a second."""
    channels.emit(NUDGE, {"epoch": fact.epoch}, "nobody")
