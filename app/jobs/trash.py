"""Recurring: rooms whose time in the trash is over are taken away for good."""

import time
from datetime import timedelta

from app.jobs import Again, job
from app.operations import rooms

AT_A_TIME = 5.0
"""Seconds after which other work has its turn."""


@job("empty_trash", every=timedelta(hours=1))
def empty_trash() -> Again | None:
    """Take away what is due, one bounded piece after the other; what is left when the time is over comes up again."""
    end = time.monotonic() + AT_A_TIME
    for room_id in rooms.rooms_to_purge():
        while rooms.purge_room(room_id):
            if time.monotonic() > end:
                return Again()
    return None
