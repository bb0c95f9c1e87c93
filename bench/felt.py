"""How long it takes until a right is felt: from the administrator's click to the open window of who lost or got it.

Part of bench/run; alone: python -m bench.felt
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


def until_felt(target):
    """p50 and p95 in ms until somebody who is taken out of a group is told so, and until they are told of the room
    they got; each of ROUNDS times."""
    company = target.grounds.company
    with target.grounds.app.app_context():
        boss, entry, room_id = _cast()
        client = Client(target.address, company.cookies[PERSON]).arrive()
        delays = {"taken away": [], "given": []}
        try:
            for _ in range(ROUNDS):
                _open(client, room_id)
                delays["taken away"].append(_heard(client, "room:removed", lambda: _remove(boss, entry)))
                delays["given"].append(_heard(client, "rooms:changed", lambda: _add(boss, entry)))
            _open(client, room_id)
        finally:
            client.close()
    return {what: _spread(found) for what, found in delays.items()}


def report(felt):
    """The table, as lines of text."""
    for what, figures in felt.items():
        yield f"{what:50} {figures['p50']:8.1f} {figures['p95']:8.1f}"


def _cast():
    """Who administers, an entry of somebody as (group, account), and the id of the room it opens."""
    boss = db.session.scalars(select(Account).filter_by(address="boss@company.example")).one()
    somebody = select(Account.id).filter_by(address=f"person{PERSON}@company.example").scalar_subquery()
    own = select(MemberEntry).where(MemberEntry.kind == EntryKind.ACCOUNT, MemberEntry.account_id == somebody)
    entry = db.session.scalars(own.order_by(MemberEntry.id).limit(1)).one()
    room_id = db.session.scalar(select(Room.id).where(Room.group_id == entry.group_id))
    return boss, (entry.group_id, entry.account_id), room_id


def _remove(boss, entry):
    group_id, account_id = entry
    found = select(MemberEntry.id).filter_by(group_id=group_id, account_id=account_id)
    groups.remove_member(boss, db.session.get(Group, group_id), db.session.scalar(found))


def _add(boss, entry):
    group_id, account_id = entry
    groups.add_members(boss, db.session.get(Group, group_id), [(EntryKind.ACCOUNT, account_id)])


def _open(client, room_id):
    """Open the room, which proves that the one before it was given back. Error: RuntimeError."""
    client.emit("room:open", {"room_id": room_id})
    answer = client.answer()
    if not answer["ok"]:
        raise RuntimeError(f"the room is not there: {answer['error']}")


def _heard(client, event, change):
    """Milliseconds from the beginning of a change until the client hears of it."""
    time.sleep(random.uniform(*PAUSE))
    start = time.monotonic()
    change()
    client.hear(event)
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
        target = Application(grounds, "lane", "grouped")
        target.start()
        try:
            print("\n".join(report(until_felt(target))), flush=True)
            print(pages.page(target, *rare_word(grounds.company)))
        finally:
            target.stop()


if __name__ == "__main__":
    main()
