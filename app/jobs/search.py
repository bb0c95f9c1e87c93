"""Recurring: what was said is taken among the words that search looks into."""

import time
from datetime import timedelta

from app.jobs import job
from app.operations import search

TIME_SLICE = 5.0
"""Seconds after which other work has its turn; what is left comes up with the next round."""


@job("index_messages", every=timedelta(seconds=5))
def index_messages() -> int:
    """Read what is new in every room. Gives the number of messages."""
    total, end = 0, time.monotonic() + TIME_SLICE
    for room_id in search.waiting_rooms():
        has_more = True
        while has_more and time.monotonic() < end:
            done = search.index_room(room_id)
            total, has_more = total + done.count, done.has_more
    return total
