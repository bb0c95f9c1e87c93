"""Recurring: the trail is sealed. The key stands in a file outside of the database."""

from datetime import timedelta

from flask import current_app

from app.integrations import keys
from app.jobs import job
from app.operations import seals

CHAIN = "audit"


@job("seal_trail", every=timedelta(seconds=10))
def seal_trail() -> int:
    """Seal what has been written, batch after batch. Gives the number of entries."""
    var = current_app.config["VAR_DIR"]
    key, total = keys.key_named(var, CHAIN), 0
    while True:
        sealed = seals.seal_entries(key)
        total += sealed.count
        if sealed.count:
            keys.remember_head(var, CHAIN, sealed.last_id, sealed.seal)
        if sealed.count < seals.BATCH:
            return total
