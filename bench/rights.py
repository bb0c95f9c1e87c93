"""Cost of reading the rooms that a person sees."""

import time

from sqlalchemy import event

from app.extensions import db
from app.models import Account
from app.rules.rights import access


def visible_rooms(app, account_id, times=20):
    """Return median ms, processor ms of this process, statements and rooms of one call."""
    with app.app_context():
        account = db.session.get(Account, account_id)
        rooms = len(access.visible_rooms(account))
        statements = count_statements(lambda: access.visible_rooms(account))
        delays, processor = [], time.process_time()
        for _ in range(times):
            db.session.rollback()
            start = time.monotonic()
            access.visible_rooms(account)
            delays.append(1000 * (time.monotonic() - start))
        processor = 1000 * (time.process_time() - processor) / times
        db.session.rollback()
    return {
        "p50": sorted(delays)[times // 2],
        "processor_ms": processor,
        "statements": statements,
        "rooms": rooms,
    }


def count_statements(call):
    """Return the number of statements of a call."""
    counted = []

    def count(*_):
        counted.append(1)

    event.listen(db.engine, "before_cursor_execute", count)
    call()
    event.remove(db.engine, "before_cursor_execute", count)
    return len(counted)
