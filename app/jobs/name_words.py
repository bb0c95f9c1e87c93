"""Recurring: who is not among the words of names yet is taken in."""

from datetime import timedelta

from app.jobs import Again, job
from app.operations import name_words


@job("take_in_names", every=timedelta(hours=1))
def take_in_names() -> Again | None:
    """A batch at a time, until nobody is left."""
    return Again() if name_words.take_in_names() else None
