"""Recurring: rooms whose time in the trash is over are taken away for good."""

import time
from datetime import timedelta

from app.jobs import Requeue, job
from app.operations import rooms

TIME_SLICE = 5.0
"""Seconds after which other work has its turn."""


@job("empty_trash", every=timedelta(hours=1))
def empty_trash() -> Requeue | None:
    """Take away what is due, one bounded piece after the other; what is left when the time is over comes up again."""
    end = time.monotonic() + TIME_SLICE
    for room_id in rooms.rooms_to_purge():
        while rooms.purge_room(room_id):
            if time.monotonic() > end:
                return Requeue()
    return None
