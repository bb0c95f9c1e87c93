"""Delay until a change of rights reaches an open window: from the administrator's click to the person affected.

Part of bench/run; alone: python -m bench.propagation
"""

import random
import time

from sqlalchemy import select

from app.extensions import db
from app.models import Account, EntryKind, Group, MemberEntry, Room
from app.operations import groups
from bench.client import Client

ROUNDS = 20
PERSON = 5
# Seconds between two changes: any moment between two looks of the watcher is as likely as another.
PAUSE = (0.2, 0.8)


def measure_delays(target):
    """Return p50 and p95 in ms until a person is notified of a room lost, and of a room regained; each ROUNDS times."""
    company = target.grounds.company
    with target.grounds.app.app_context():
        boss, entry, room_id = _participants()
        client = Client(target.address, company.cookies[PERSON]).arrive()
        delays = {"taken away": [], "given": []}
        try:
            for _ in range(ROUNDS):
                _open(client, room_id)
                delays["taken away"].append(_delay(client, "room:removed", lambda: _remove(boss, entry)))
                delays["given"].append(_delay(client, "rooms:changed", lambda: _add(boss, entry)))
            _open(client, room_id)
        finally:
            client.close()
    return {change_name: _spread(times) for change_name, times in delays.items()}


def report(delays):
    """Yield the table as lines of text."""
    for change_name, figures in delays.items():
        yield f"{change_name:50} {figures['p50']:8.1f} {figures['p95']:8.1f}"


def _participants():
    """Return the administrator, a membership as (group, account), and the id of the room it opens."""
    boss = db.session.scalars(select(Account).filter_by(address="boss@company.example")).one()
    account_id = select(Account.id).filter_by(address=f"person{PERSON}@company.example").scalar_subquery()
    entries = select(MemberEntry).where(
        MemberEntry.kind == EntryKind.ACCOUNT, MemberEntry.account_id == account_id
    )
    entry = db.session.scalars(entries.order_by(MemberEntry.id).limit(1)).one()
    room_id = db.session.scalar(select(Room.id).where(Room.group_id == entry.group_id))
    return boss, (entry.group_id, entry.account_id), room_id


def _remove(boss, entry):
    group_id, account_id = entry
    entry_id = select(MemberEntry.id).filter_by(group_id=group_id, account_id=account_id)
    groups.remove_member(boss, db.session.get(Group, group_id), db.session.scalar(entry_id))


def _add(boss, entry):
    group_id, account_id = entry
    groups.add_members(boss, db.session.get(Group, group_id), [(EntryKind.ACCOUNT, account_id)])


def _open(client, room_id):
    """Open the room, which proves that the previous change was reverted. Error: RuntimeError."""
    client.emit("room:open", {"room_id": room_id})
    answer = client.answer()
    if not answer["ok"]:
        raise RuntimeError(f"the room is not there: {answer['error']}")


def _delay(client, event, change):
    """Return the milliseconds from the beginning of a change until the client receives the event."""
    time.sleep(random.uniform(*PAUSE))
    start = time.monotonic()
    change()
    client.wait_for(event)
    return 1000 * (time.monotonic() - start)


def _spread(delays):
    """Return the median and the 19th of 20."""
    ordered = sorted(delays)
    return {"p50": ordered[len(ordered) // 2], "p95": ordered[int(len(ordered) * 0.95) - 1]}


def main():
    """Measure on a company of its own, and the search for its rare word."""
    from bench import pages
    from bench.measure import rare_word
    from bench.targets import Application, Grounds

    with Grounds() as grounds:
        target = Application(grounds)
        target.start()
        try:
            print("\n".join(report(measure_delays(target))), flush=True)
            print(pages.page(target, *rare_word(grounds.company)))
        finally:
            target.stop()


if __name__ == "__main__":
    main()
