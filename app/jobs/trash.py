"""Recurring purge of rooms that have been in the trash for long enough."""

import time
from datetime import timedelta

from app.jobs import Requeue, job
from app.operations import rooms

# Seconds after which other jobs run.
TIME_SLICE = 5.0


@job("empty_trash", every=timedelta(hours=1))
def empty_trash() -> Requeue | None:
    """Purge due rooms in bounded steps. The job is queued again when its time slice is over."""
    end = time.monotonic() + TIME_SLICE
    for room_id in rooms.rooms_to_purge():
        while rooms.purge_room(room_id):
            if time.monotonic() > end:
                return Requeue()
    return None
