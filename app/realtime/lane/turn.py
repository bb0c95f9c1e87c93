"""Turns of the event loop: everything written during one is sent at its end."""

import logging

from gevent import get_hub

BATCH = 512

logger = logging.getLogger(__name__)


class Turn:
    """Outboxes that have something to send, each once, flushed together."""

    def __init__(self):
        self._outboxes = []

    def add(self, outbox):
        """Flush an outbox at the end of the turn."""
        if not self._outboxes:
            self._flush_soon()
        self._outboxes.append(outbox)

    def _flush_soon(self):
        get_hub().loop.run_callback(self._flush)

    def _flush(self):
        batch = self._outboxes[:BATCH]
        del self._outboxes[:BATCH]
        if self._outboxes:
            self._flush_soon()
        for outbox in batch:
            try:
                outbox.flush()
            except Exception:
                logger.exception("A frame could not be written")
                outbox.abort()
