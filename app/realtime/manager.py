"""Managers of Socket.IO: an event is delivered in this process at once, and hinted to the others through Redis.

Publishing never holds up a delivery, and a process that misses a hint reads from the database what it lacks
(watch.py). python-socketio's own manager publishes in the sender's turn and waits up to a minute between two attempts
to listen again; both are replaced here.
"""

import time

import gevent
import structlog
from socketio import Manager
from socketio.redis_manager import RedisManager

from app.background import SerialQueue

log = structlog.get_logger()

# Seconds to wait for a Redis that does not answer.
PATIENCE = 0.8
# Seconds between two attempts to reach Redis again; the promise is one second.
RETRY = 0.5
# Hints that wait for Redis at most; older ones are dropped, since the database holds what they said.
WAITING = 20_000
# Seconds without publishing after no other process was listening.
ALONE = 0.25
# Seconds after which a waiting hint is not worth sending.
STALE = 3.0


class Watched:
    """Mixin of both managers: the watcher applies what an event presupposes before it is delivered."""

    watcher = None

    def deliver(self, event, data, namespace, room, epoch) -> None:
        """Deliver an event to the sockets of this process."""
        if self.watcher is not None:
            self.watcher.before_delivery(event, data, epoch)
        super().emit(event, data, namespace=namespace, room=room, ignore_queue=True)  # type: ignore[misc]


class LocalManager(Watched, Manager):
    """Manager of a single process, without Redis."""

    def emit(self, event, data, namespace, room=None, skip_sid=None, callback=None, to=None, **kwargs):
        if callback or skip_sid:
            return super().emit(event, data, namespace, to or room, skip_sid, callback)
        self.deliver(event, data, namespace, to or room, kwargs.get("epoch"))


class HintManager(Watched, RedisManager):
    """Manager of one of several processes, joined by Redis. Its overrides are pinned in pinned.py."""

    def __init__(self, url: str):
        options = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "retry": None}
        super().__init__(url, channel="teamchat", redis_options=options)
        self.is_connected_to_redis = False
        self._publishing = SerialQueue("redis", WAITING)
        self._broken_until = self._alone_until = 0.0

    def emit(self, event, data, namespace=None, room=None, skip_sid=None, callback=None, to=None, **kwargs):
        room = to or room
        if callback or skip_sid or kwargs.get("ignore_queue"):
            return super().emit(event, data, namespace, room, skip_sid, callback, **kwargs)
        epoch = kwargs.get("epoch")
        self.deliver(event, data, namespace or "/", room, epoch)
        self._publish(
            {"method": "emit", "event": event, "data": [data], "namespace": "/", "room": room, "epoch": epoch}
        )

    def _publish(self, data):
        now = time.monotonic()
        if now >= self._alone_until:
            data.setdefault("host_id", self.host_id)
            self._publishing.put(self._publish_now, data, now)

    def _publish_now(self, data, asked_at: float) -> None:
        now = time.monotonic()
        if now < self._broken_until or now - asked_at > STALE:
            return
        try:
            listeners = self._writer().publish(self.channel, self.json.dumps(data))
            if listeners <= (1 if self.is_connected_to_redis else 0):
                self._alone_until = time.monotonic() + ALONE
        except Exception as error:
            self._broken_until = time.monotonic() + RETRY
            log.warning("redis does not take hints", error=str(error))

    def _writer(self):
        if getattr(self, "_redis_writer", None) is None:
            self._redis_writer = self._get_redis_module().Redis.from_url(self.redis_url, **self.redis_options)
        return self._redis_writer

    def _handle_emit(self, message):
        data = message["data"]
        payload = data[0] if isinstance(data, list) and len(data) == 1 else data
        if message.get("callback") or message.get("binary") or message.get("skip_sid"):
            return super()._handle_emit(message)
        self.deliver(message["event"], payload, message["namespace"], message["room"], message.get("epoch"))

    def _redis_listen_with_retries(self):
        while True:
            try:
                self._redis_connect()
                self.pubsub.subscribe(self.channel)
                self._heard_again()
                yield from self._messages()
            except Exception as error:
                self.is_connected_to_redis = False
                log.warning("redis does not answer", error=str(error))
                gevent.sleep(RETRY)

    def _messages(self):
        """Yield messages as they arrive; a Redis that is silent for long is pinged."""
        has_asked = False
        while True:
            message = self.pubsub.get_message(ignore_subscribe_messages=True, timeout=PATIENCE * 4)
            if message is not None and message["type"] == "message":
                has_asked = False
                yield message
            elif message is None:
                if has_asked:
                    raise ConnectionError("no answer to a ping")
                self.pubsub.ping()
                has_asked = True
            else:
                has_asked = False

    def _heard_again(self) -> None:
        self.is_connected_to_redis = True
        if self.watcher is not None:
            self.watcher.nudge()
