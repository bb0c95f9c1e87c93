"""How fast somebody may go: token buckets, one per person and process."""

import math
import time
from collections import OrderedDict

from flask import current_app

from app.errors import TooMany

PEOPLE = 20_000


class Bucket:
    """`burst` at once, then `rate` a second."""

    __slots__ = ("burst", "rate", "left", "at")

    def __init__(self, burst: float, rate: float):
        self.burst = burst
        self.rate = rate
        self.left = float(burst)
        self.at = time.monotonic()

    def take(self) -> None:
        """Use one. Error: TooMany, with the seconds until the next one, rounded up."""
        now = time.monotonic()
        self.left = min(self.burst, self.left + (now - self.at) * self.rate)
        self.at = now
        if self.left < 1:
            raise TooMany(retry_after=math.ceil((1 - self.left) / self.rate * 100) / 100)
        self.left -= 1


_messages: OrderedDict[int, Bucket] = OrderedDict()


def count_message(account_id: int) -> None:
    """Count one message of a person, through whatever door, at the pace that the settings give. Error: TooMany."""
    take_message(account_id, current_app.config["MESSAGE_BURST"], current_app.config["MESSAGE_RATE"])


def take_message(account_id: int, burst: int, rate: int) -> None:
    """Count one message of a person, on whatever device. Error: TooMany."""
    bucket = _messages.get(account_id)
    if bucket is None:
        bucket = _messages[account_id] = Bucket(burst, rate)
        if len(_messages) > PEOPLE:
            _messages.popitem(last=False)
    _messages.move_to_end(account_id)
    bucket.take()
