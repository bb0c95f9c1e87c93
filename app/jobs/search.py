"""Recurring indexing of new and changed messages for search."""

import time
from datetime import timedelta

from app.jobs import job
from app.operations import search

# Seconds after which other jobs run; the remaining messages are indexed in the next round.
TIME_SLICE = 5.0


@job("index_messages", every=timedelta(seconds=5))
def index_messages() -> int:
    """Index new and changed messages of every room. Return their number."""
    total, end = 0, time.monotonic() + TIME_SLICE
    for room_id in search.waiting_rooms():
        has_more = True
        while has_more and time.monotonic() < end:
            batch = search.index_room(room_id)
            total, has_more = total + batch.count, batch.has_more
    return total
