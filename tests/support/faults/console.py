"""A process of its own that administers, as the console does: one command a line in, one answer a line out.

Run as `python -m tests.support.faults.console`. It is not patched by gevent and knows nothing of the web processes.
"""

import json
import sys
import time


def remove_member(actor, group_id: int, entry_id: int) -> None:
    from app.extensions import db
    from app.models import Group
    from app.operations import groups

    groups.remove_member(actor, db.session.get(Group, group_id), entry_id)


def add_member(actor, group_id: int, key: int, kind: str = "account") -> None:
    from app.extensions import db
    from app.models import EntryKind, Group
    from app.operations import groups

    groups.add_members(actor, db.session.get(Group, group_id), [(EntryKind(kind), key)])


def run_group(actor, act: str, group_id: int, *values) -> None:
    """exclude_person, include_person, delete_group, update_group."""
    from app.extensions import db
    from app.models import Group
    from app.operations import groups

    getattr(groups, act)(actor, db.session.get(Group, group_id), *values)


def update_account(actor, account_id: int, values: dict) -> None:
    from app.extensions import db
    from app.models import Account
    from app.operations import accounts

    accounts.update_account(actor, db.session.get(Account, account_id), values)


def delete_account(actor, account_id: int) -> None:
    from app.extensions import db
    from app.models import Account
    from app.operations import accounts

    accounts.delete_account(actor, db.session.get(Account, account_id))


def run_guest(actor, act: str, account_id: int, *values) -> None:
    """suspend_guest, update_guest."""
    from app.extensions import db
    from app.models import Account
    from app.operations import guests

    getattr(guests, act)(actor, db.session.get(Account, account_id), *values)


def delete_domain(actor, domain_id: int) -> None:
    """Do the first step, which the administrator waits for; the worker does the rest."""
    from app.extensions import db
    from app.models import Domain
    from app.operations import domains

    domain = db.session.get(Domain, domain_id)
    domains.delete_domain(actor, domain, typed_name=domain.name)


def update_domain(actor, domain_id: int, values: dict) -> None:
    from app.extensions import db
    from app.models import Domain
    from app.operations import domains

    domains.update_domain(actor, db.session.get(Domain, domain_id), values)


def run_room(actor, act: str, room_id: int, *values) -> None:
    """archive_room, reopen_room, delete_room, restore_room, add_people."""
    from app.extensions import db
    from app.models import Room
    from app.operations import rooms

    getattr(rooms, act)(actor, db.session.get(Room, room_id), *values)


def remove_person(actor, room_id: int, account_id: int) -> None:
    from app.extensions import db
    from app.models import Account, Room
    from app.operations import rooms

    rooms.remove_person(actor, db.session.get(Room, room_id), db.session.get(Account, account_id))


def change_grant(actor, act: str, kind: str, place_id: int, *values) -> None:
    """set_grant and remove_grant with a principal, its id and rights; inherit_again without."""
    from app.extensions import db
    from app.models import Folder, Principal, Room
    from app.operations import rights as right_operations

    place = db.session.get(Folder if kind == "folder" else Room, place_id)
    if values:
        principal, principal_id, *rights = values
        values = (right_operations.Subject(Principal(principal), principal_id), *rights)
    getattr(right_operations, act)(actor, place, *values)


def stop_service(actor, name: str = "teamchat") -> None:
    from app.models import ServiceName
    from app.operations import services

    services.stop_service(actor, ServiceName(name))


def start_service(actor, name: str = "teamchat") -> None:
    from app.models import ServiceName
    from app.operations import services

    services.start_service(actor, ServiceName(name))


def restart_service(actor, name: str = "teamchat") -> None:
    from app.models import ServiceName
    from app.operations import services

    services.restart_service(actor, ServiceName(name))


def revoke_session(actor, session_id: int) -> None:
    from app.operations import sessions

    sessions.revoke_session(actor, session_id)


COMMANDS = {
    command.__name__: command
    for command in (
        *(remove_member, add_member, run_group, update_account, update_domain, run_room, remove_person),
        *(delete_account, delete_domain, run_guest),
        *(change_grant, stop_service, start_service, restart_service, revoke_session),
    )
}


def serve() -> None:
    """Answer commands until the input ends."""
    from app import create_app

    app = create_app()
    print("ready", flush=True)
    for line in sys.stdin:
        started = time.monotonic()
        print(
            json.dumps({"error": _done(app, *json.loads(line)), "took": time.monotonic() - started}),
            flush=True,
        )


def _done(app, name: str, actor_id: int, *values) -> str | None:
    """Do it, in a context of its own. Returns what went wrong, if anything did."""
    from app.extensions import db
    from app.models import Account

    try:
        with app.app_context():
            # As a console that was just started: the database may have been restarted since the last command.
            db.engine.dispose()
            COMMANDS[name](db.session.get(Account, actor_id), *values)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


if __name__ == "__main__":
    serve()
