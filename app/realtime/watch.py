"""The watcher: twice a second it reads changes of access and the heads of open rooms from the database.

Redis only makes it look sooner. Changes of access come from their log, without a gap: sockets they may concern are
taken out of their channels at once, then each is told to open its rooms again. Heads of rooms tell clients what they
lack.
"""

import random
import time
from typing import NamedTuple

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
from app.realtime.hub import Head
from app.realtime.refresh import empty_channels, refresh_client
from app.realtime.reports import Reporter
from app.realtime.subscriptions import tell
from app.rules import services

log = structlog.get_logger()

# Seconds between two looks; the promise is one second.
EVERY = 0.5
# Seconds over which clients are brought back after a service was started.
SPREAD = 2.0
NUDGE = "access:changed"


class Late(NamedTuple):
    """A room whose head in the database was ahead of what had been delivered at the last look."""

    head: Head
    delivered: Head

    def is_stuck(self, delivered: Head) -> bool:
        """Return whether a number that was late still is, although nothing was delivered since."""
        # Each number for itself: messages that arrive say nothing about an edit that was lost. And a process that is
        # only slow catches up by itself; telling its readers to fetch would make it slower.
        return any(
            due > current == before
            for due, before, current in zip(self.head, self.delivered, delivered, strict=True)
        )


class Watcher:
    """The greenlet of a process that watches the database. It starts with the first socket."""

    def __init__(self, app: Flask):
        self.app = app
        self.epoch: int | None = None
        self.chat_runs = True
        self.late: dict[int, Late] = {}
        self._asked = Event()
        self._lock = RLock()
        self._refreshed_at = 0.0
        self._reporter = Reporter(app)

    def wake(self) -> None:
        """Start watching. When the database does not answer, the next socket tries again."""
        with self._lock:
            if self.epoch is not None:
                return
            with self.app.app_context():
                epoch = services.epoch()
                self.chat_runs = services.state().chat_runs
            self.epoch = epoch
            gevent.spawn(self._run)

    def nudge(self) -> None:
        """Look now."""
        self._asked.set()

    def before_delivery(self, event: str, data, epoch: int | None) -> None:
        """Apply the changes of access that an event presupposes, and note the head that it delivers."""
        if event == NUDGE:
            self.nudge()
        # Whoever lost a right before the message was allowed must be out of its channel before it is delivered.
        if epoch is not None and self.epoch is not None and self.epoch < epoch:
            self.look()
        head = _head_of(event, data)
        if head is not None and data["room_id"] in hub.delivered:
            hub.delivered[data["room_id"]] = hub.delivered[data["room_id"]].merged(head)

    def look(self) -> None:
        """Apply every change of access since the last look."""
        with self._lock, self.app.app_context():
            now_at = services.epoch()
            if self.epoch is None or now_at == self.epoch:
                return
            rows = self._changes(self.epoch, now_at)
            # A gap in the log (a restored database, say): nobody knows whom the missing changes concern.
            has_gap = len(rows) != now_at - self.epoch
            self._apply([(AccessScope.EVERYBODY, 0)] if has_gap else rows)
            self.epoch = now_at

    def _changes(self, since: int, up_to: int) -> list[tuple[AccessScope, int]]:
        # Changes committed meanwhile are left for the next look: more rows than were counted would look like a gap.
        statement = select(AccessChange.scope, AccessChange.target_id)
        statement = statement.where(AccessChange.epoch > since, AccessChange.epoch <= up_to)
        rows = db.session.execute(statement.order_by(AccessChange.epoch).limit(5000))
        return [(row.scope, row.target_id) for row in rows]

    def _apply(self, changes) -> None:
        concerned = {client for scope, target in set(changes) for client in clients_of(scope, target)}
        for client in concerned:
            empty_channels(client)
        did_run, self.chat_runs = self.chat_runs, services.state().chat_runs
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
        """Tell the readers of a room that the database holds more than this process has delivered."""
        heads = self._heads(list(hub.by_room))
        # A room is told at the second look in a row: what was committed just before the first is still on its way here.
        for room_id, late in self.late.items():
            if room_id in heads and room_id in hub.delivered and late.is_stuck(hub.delivered[room_id]):
                self._tell_behind(room_id, heads[room_id])
        # After telling, which moves what counts as delivered, so that a room is told once.
        self.late = {
            room_id: Late(head, hub.delivered[room_id])
            for room_id, head in heads.items()
            if room_id in hub.delivered and head.is_ahead_of(hub.delivered[room_id])
        }

    def _heads(self, room_ids: list[int]) -> dict[int, Head]:
        if not room_ids:
            return {}
        statement = select(Room.id, Room.last_seq, Room.last_change).where(Room.id.in_(room_ids))
        with self.app.app_context():
            return {row.id: Head(row.last_seq, row.last_change) for row in db.session.execute(statement)}

    def _tell_behind(self, room_id: int, head: Head) -> None:
        hub.delivered[room_id] = head
        behind = {"room_id": room_id, "seq": head.seq, "change": head.change}
        for client in hub.in_room(room_id):
            tell(client.sid, "room:behind", behind)

    def _refresh_presence(self) -> None:
        # In a greenlet of its own: a Redis that does not answer must not hold up the watch.
        if time.monotonic() - self._refreshed_at > presence.FRESH / 2:
            self._refreshed_at = time.monotonic()
            gevent.spawn(presence.refresh)

    def _report(self) -> None:
        # In a greenlet of its own too: the figures of the dashboard can wait.
        if self._reporter.begins_report():
            gevent.spawn(self._reporter.report)


def _head_of(event: str, data) -> Head | None:
    """Return the head that an event delivers; 0 where it says nothing about a number."""
    if event == "message:posted":
        return Head(seq=data["seq"], change=0)
    if event == "message:changed":
        return Head(seq=0, change=data["change"])
    return None


def start(app: Flask, sockets) -> Watcher:
    """Make this process's watcher, which the first socket wakes."""
    sockets.manager.watcher = Watcher(app)
    presence.bind(app.config["REDIS_URL"])
    return sockets.manager.watcher


@listen(AccessChanged)
def hurry(fact: AccessChanged) -> None:
    """Make every process look now rather than in half a second."""
    channels.emit(NUDGE, {"epoch": fact.epoch}, "nobody")
