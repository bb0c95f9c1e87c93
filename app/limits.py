"""Rate limits: token buckets, one per person and process."""

import math
import time
from collections import OrderedDict

from flask import current_app
from flask_babel import gettext as _

from app.errors import TooMany

# Buckets kept; beyond that the one unused for longest is dropped.
PEOPLE = 20_000

# Pictures a person may send at once, and per second after that: each is decoded, which takes processor and memory.
PICTURE_BURST, PICTURE_RATE = 5, 0.1


class Bucket:
    """A token bucket: `burst` tokens at once, then `rate` per second."""

    __slots__ = ("burst", "rate", "left", "at")

    def __init__(self, burst: float, rate: float):
        self.burst = burst
        self.rate = rate
        self.left = float(burst)
        self.at = time.monotonic()

    def take(self) -> None:
        """Take a token. Error: TooMany, with the seconds until the next one, rounded up."""
        now = time.monotonic()
        self.left = min(self.burst, self.left + (now - self.at) * self.rate)
        self.at = now
        if self.left < 1:
            raise TooMany(retry_after=math.ceil((1 - self.left) / self.rate * 100) / 100)
        self.left -= 1


_messages: OrderedDict[int, Bucket] = OrderedDict()
_pictures: OrderedDict[int, Bucket] = OrderedDict()


def count_message(account_id: int) -> None:
    """Count one message of a person against the configured rate. Error: TooMany."""
    take_message(account_id, current_app.config["MESSAGE_BURST"], current_app.config["MESSAGE_RATE"])


def take_message(account_id: int, burst: int, rate: int) -> None:
    """Count one message of a person against this rate. Error: TooMany."""
    _take(_messages, account_id, burst, rate)


def count_picture(account_id: int) -> None:
    """Count one picture that a person sends, accepted or not. Error: TooMany, about the field picture."""
    try:
        _take(_pictures, account_id, PICTURE_BURST, PICTURE_RATE)
    except TooMany as error:
        sentence = _("Too many pictures in a short time. Please wait a few seconds.")
        raise TooMany(sentence, field="picture", retry_after=error.retry_after) from None


def _take(buckets: OrderedDict[int, Bucket], account_id: int, burst: float, rate: float) -> None:
    bucket = buckets.get(account_id)
    if bucket is None:
        bucket = buckets[account_id] = Bucket(burst, rate)
        if len(buckets) > PEOPLE:
            buckets.popitem(last=False)
    buckets.move_to_end(account_id)
    bucket.take()
