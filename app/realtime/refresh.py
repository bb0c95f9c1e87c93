"""Refreshing of sockets whose access may have changed: they hear nothing until it has been read again."""

import random

import gevent
import structlog
from flask import Flask, g
from sqlalchemy.exc import SQLAlchemyError

from app.realtime import hub, subscriptions
from app.rules.rights import Right, access

log = structlog.get_logger()

# Seconds at most until a database that did not answer is asked again.
AGAIN = 1.0


def empty_channels(client: hub.Client) -> None:
    """Take a socket out of every channel of rooms."""
    for room_id in client.rooms:
        subscriptions.leave_channels(client, room_id)
    for channel in client.watched:
        subscriptions.leave(client.sid, channel)
    client.watched = set()


def refresh_client(app: Flask, sid: str, did_run: bool) -> None:
    """Read a socket's access again, and retry while the database does not answer: until then it hears nothing."""
    client = hub.clients.get(sid)
    if client is None:
        return
    try:
        with app.app_context():
            _refresh(client, did_run)
    except SQLAlchemyError as error:
        log.warning("a socket waits for its rooms", error=type(error).__name__)
        gevent.spawn_later(random.uniform(0.5, 1) * AGAIN, refresh_client, app, sid, did_run)


def _refresh(client: hub.Client, did_run: bool) -> None:
    """Tell a socket what changed about its session, the service and its rooms."""
    g.language = client.language
    watched = subscriptions.watch_rooms(client)
    if watched is None:
        subscriptions.say_goodbye(client)
        return
    visible, state = watched
    runs = state.chat_runs
    if runs != did_run:
        subscriptions.tell(client.sid, "service:started" if runs else "service:stopped", {})
    if runs:
        _tell_rooms(client, visible)


def _tell_rooms(client: hub.Client, visible: set[int]) -> None:
    subscriptions.tell(client.sid, "rooms:changed", {})
    for room_id in list(client.rooms):
        if room_id in visible and access.rights_in(client.account, room_id) & Right.ITEMS_READ:
            subscriptions.tell(client.sid, "room:reopen", {"room_id": room_id})
        else:
            subscriptions.close_room(client, room_id)
            subscriptions.tell(client.sid, "room:removed", {"room_id": room_id})
