"""Cost of a whole domain as a member of many groups: with ten people in it, and with ten thousand.

Part of bench/run; alone: python -m bench.whole_domain
"""

import os
import time
import uuid
from statistics import median

from sqlalchemy import insert, select, text

from app.extensions import db
from app.models import (
    FOLDER_SCOPE,
    Account,
    Domain,
    EntryKind,
    Folder,
    FolderKind,
    Grant,
    Group,
    MemberEntry,
    Principal,
    Role,
    Room,
    RoomKind,
)
from app.operations import groups, messages
from app.rules.rights import WRITE, access
from bench.rights import count_statements

FEW, MANY = 10, 10_000
GROUPS, ROOMS_EACH = 200, 5
TIMES = 15
ON = {"has_groupware": True, "has_webdav": True, "has_teamchat": True}


def figures(app, people):
    """Return median ms and statements of each call, for a domain of so many people."""
    with app.app_context():
        domain, account_id, rooms = _build(people)
        actor = db.session.get(Account, _boss(domain))
        account = db.session.get(Account, account_id)
        return {
            "visible_rooms": _timed(lambda _turn: access.visible_rooms(account)),
            "posting": _timed(lambda turn: messages.post_message(account, rooms[turn], "hello")),
            "adding the domain": _timed(lambda _turn: _add(actor, domain)),
        }


def _timed(act):
    delays = []
    act(0)
    for turn in range(TIMES):
        db.session.rollback()
        access.forget()
        start = time.monotonic()
        act(turn)
        delays.append(1000 * (time.monotonic() - start))
    return {"p50": median(delays), "statements": count_statements(lambda: act(TIMES))}


def _add(actor, domain):
    group = _insert_one(Group, **_group(domain, uuid.uuid4().hex[:12]))
    db.session.commit()
    groups.add_members(actor, db.session.get(Group, group), [(EntryKind.DOMAIN, domain)])


def _build(people):
    """Return the domain's id, an account in it, and ids of its rooms."""
    name = f"whole{people}.example"
    domain = _insert_one(Domain, name=name, **ON)
    about = {"domain_id": domain, "role": Role.USER}
    _insert_many(
        Account,
        ({**about, "name": f"p{number}", "address": f"p{number}@{name}"} for number in range(people)),
    )
    _insert_many(Group, (_group(domain, f"g{number}") for number in range(GROUPS)))
    ids = _ids(Group, domain)
    entry = {"kind": EntryKind.DOMAIN, "principal_id": domain, "domain_id": domain}
    _insert_many(MemberEntry, ({**entry, "group_id": group} for group in ids))
    _insert_many(Folder, ({"group_id": group, "kind": FolderKind.TEAMCHAT, "name": "x"} for group in ids))
    folders = db.session.execute(select(Folder.id, Folder.group_id).where(Folder.group_id.in_(ids))).all()
    _insert_many(
        Grant, (_grant(folder, *principal) for folder, group in folders for principal in _principals(group))
    )
    rooms = (_room(folder, group, number) for folder, group in folders for number in range(ROOMS_EACH))
    _insert_many(Room, rooms)
    for table in ("accounts", "member_entries", "rooms", "grants"):
        db.session.execute(text(f"ANALYZE TABLE {table}"))
    db.session.commit()
    rooms = list(db.session.scalars(select(Room.id).where(Room.group_id.in_(ids)).order_by(Room.id)))
    return domain, _ids(Account, domain)[0], rooms


def _principals(group):
    return (Principal.GROUP, group), (Principal.GUESTS, 0)


def _grant(folder, principal, principal_id):
    scope = {"scope_kind": FOLDER_SCOPE, "scope_id": folder, "folder_id": folder}
    return {**scope, "principal": principal, "principal_id": principal_id, "rights": int(WRITE)}


def _room(folder, group, number):
    return {
        "kind": RoomKind.PUBLIC,
        "group_id": group,
        "folder_id": folder,
        "name": f"Room {number}",
        "unique_key": uuid.uuid4().hex,
    }


def _group(domain, name):
    address = f"{name}@{domain}.whole.example"
    shared = {"has_public_folder": True, "has_teamchat": True}
    return {"domain_id": domain, "name": name, "address": address, **shared}


def _boss(domain):
    boss = {"domain_id": domain, "name": "boss", "address": f"boss@{domain}.example", "role": Role.SERVER}
    key = _insert_one(Account, **boss)
    db.session.commit()
    return key


def _insert_one(model, **values):
    return db.session.execute(insert(model.__table__), values).inserted_primary_key[0]


def _insert_many(model, rows):
    db.session.execute(insert(model.__table__), list(rows))


def _ids(model, domain):
    return list(db.session.scalars(select(model.id).where(model.domain_id == domain).order_by(model.id)))


def report(app):
    """Yield the table as lines of text."""
    columns = [figures(app, people) for people in (FEW, MANY)]
    yield f"{'':20}{FEW:>12,} people{MANY:>12,} people"
    for act in columns[0]:
        cells = (
            f"{figures_by_call[act]['p50']:8.1f} ms {figures_by_call[act]['statements']:3} statements"
            for figures_by_call in columns
        )
        yield f"{act:20}" + "   ".join(cells)


def main():
    """Measure on a database of its own."""
    import flask_migrate

    from bench.targets import VAR, PrivateMariaDB

    with PrivateMariaDB() as server:
        server.make_database("whole")
        from app import create_app

        os.environ["SECRET_KEY"] = "a secret of the measurements, which sign nothing that matters"
        app = create_app(SQLALCHEMY_DATABASE_URI=server.url("whole"), REDIS_URL="", VAR_DIR=VAR)
        with app.app_context():
            flask_migrate.upgrade(str(app.root_path + "/../migrations"))
        print("\n".join(report(app)))


if __name__ == "__main__":
    main()
