"""One turn of the event loop: everything that was said during it leaves at its end."""

import logging

from gevent import get_hub

BATCH = 512

logger = logging.getLogger(__name__)


class Turn:
    """The outboxes that have something to say, each once, flushed together."""

    def __init__(self):
        self._talkative = []

    def add(self, outbox):
        """Flush this outbox at the end of the turn."""
        if not self._talkative:
            self._flush_soon()
        self._talkative.append(outbox)

    def _flush_soon(self):
        get_hub().loop.run_callback(self._flush)

    def _flush(self):
        batch = self._talkative[:BATCH]
        del self._talkative[:BATCH]
        if self._talkative:
            self._flush_soon()
        for outbox in batch:
            try:
                outbox.flush()
            except Exception:
                logger.exception("A frame could not be written")
                outbox.abort()
