"""A process of its own that administers, as the console does: one command a line in, one answer a line out.

Run as `python -m tests.faults.console`. It is not patched by gevent and knows nothing of the web processes.
"""

import json
import sys
import time


def remove_member(actor, group_id: int, entry_id: int) -> None:
    from app.extensions import db
    from app.models import Group
    from app.operations import groups

    groups.remove_member(actor, db.session.get(Group, group_id), entry_id)


def add_member(actor, group_id: int, account_id: int) -> None:
    from app.extensions import db
    from app.models import EntryKind, Group
    from app.operations import groups

    groups.add_members(actor, db.session.get(Group, group_id), [(EntryKind.ACCOUNT, account_id)])


def stop_service(actor) -> None:
    from app.models import ServiceName
    from app.operations import services

    services.stop_service(actor, ServiceName.TEAMCHAT)


def start_service(actor) -> None:
    from app.models import ServiceName
    from app.operations import services

    services.start_service(actor, ServiceName.TEAMCHAT)


def revoke_session(actor, session_id: int) -> None:
    from app.operations import sessions

    sessions.revoke_session(actor, session_id)


COMMANDS = {
    command.__name__: command
    for command in (remove_member, add_member, stop_service, start_service, revoke_session)
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
            COMMANDS[name](db.session.get(Account, actor_id), *values)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


if __name__ == "__main__":
    serve()
