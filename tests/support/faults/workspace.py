"""People, groups and rooms in a private database, written directly; and what the database holds in the end."""

import hashlib
import itertools
import secrets
from dataclasses import dataclass, replace
from datetime import timedelta

import pymysql
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from app.extensions import db
from app.models import Base, MemberEntry, Principal, Role, Session, now
from tests.support import factories

SECRET = "a secret of the tests, which sign nothing that matters"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Person:
    """Somebody, signed in on a device of their own."""

    id: int
    name: str
    session_id: int
    cookie: str


@dataclass(frozen=True)
class SharedRoom:
    """A group with its room and its members, and somebody of the same domain who is in no group."""

    group_id: int
    room_id: int
    people: list[Person]
    stranger: Person


@dataclass(frozen=True)
class Place:
    """A room whose author and witness stay in it whatever happens to somebody else, who comes from another domain.

    way: how that person is in the group. entry_id: the entry that brings them in, none for a guest. inner_id: a group
    inside of it.
    """

    domain_id: int
    their_domain_id: int
    group_id: int
    inner_id: int
    entry_id: int | None
    folder_id: int
    room_id: int
    author: Person
    witness: Person
    somebody: Person


@dataclass(frozen=True)
class Kept:
    """A message as the database has it."""

    seq: int
    message_id: int
    author_id: int
    client_id: str
    body: str


class Workspace:
    """A database that tests fill and read past the application."""

    def __init__(self, url: str, socket):
        self.socket = str(socket)
        self.name = url.partition("?")[0].rpartition("/")[2]
        self.app = Flask("workspace")
        self.app.config.update(SECRET_KEY=SECRET, SQLALCHEMY_DATABASE_URI=url)
        self.app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
            "pool_pre_ping": True,
            "isolation_level": "READ COMMITTED",
        }
        db.init_app(self.app)
        with self.app.app_context():
            Base.metadata.create_all(db.engine)

    def shared(self, people: int = 2, **values) -> SharedRoom:
        """Make a new group whose members have a room."""
        with self.app.app_context():
            number = next(_numbers)
            domain = factories.make_domain(f"shared{number}.example")
            group = factories.make_group(domain, f"group{number}")
            accounts = [factories.make_account(domain, f"person{place}", **values) for place in range(people)]
            for account in accounts:
                factories.add_member(group, account)
            stranger = factories.make_account(domain, "stranger")
            room = factories.make_room(group)
            return SharedRoom(
                group.id, room.id, [self._person(one) for one in accounts], self._person(stranger)
            )

    def place(self, way: str = "account", *, is_private: bool = False, has_own_list: bool = False) -> Place:
        """Make a group of two people and a guest with a room; a private one belongs to the author.

        has_own_list: the room gives somebody more than its folder does.
        """
        with self.app.app_context(), factories.in_one_commit():
            number = next(_numbers)
            domain = factories.make_domain(f"place{number}.example")
            theirs = factories.make_domain(f"elsewhere{number}.example")
            group, inner = (factories.make_group(domain, name) for name in ("group", "inner"))
            author, witness = (factories.make_account(domain, name) for name in ("author", "witness"))
            somebody = factories.make_account(theirs, "somebody", is_guest=way == "guest")
            for account in (author, witness):
                factories.add_member(group, account)
            own = None if way == "guest" else factories.add_member(inner, somebody)
            members = {"account": somebody, "domain": theirs, "group": inner, "inside": inner}
            entry = factories.add_member(group, members[way]) if own else None
            room = factories.make_room(group)
            folder_id = room.folder_id
            if is_private:
                room = factories.make_private_room(author, witness, somebody)
            elif way == "guest":
                factories.join_room(room, somebody)
            if has_own_list:
                self._give_own_list(room, group, somebody)
            return Place(
                domain_id=domain.id,
                their_domain_id=theirs.id,
                group_id=group.id,
                inner_id=inner.id,
                entry_id=own.id if way == "inside" else entry and entry.id,
                folder_id=folder_id,
                room_id=room.id,
                author=self._person(author),
                witness=self._person(witness),
                somebody=self._person(somebody),
            )

    def _give_own_list(self, room, group, somebody) -> None:
        factories.make_grant(room.folder, Principal.ACCOUNT, somebody.id, 0)
        factories.make_grant(room, Principal.GROUP, group.id)
        room.has_own_list = True

    def second_device(self, person: Person) -> Person:
        """Return the same person, signed in once more."""
        from app.models import Account

        with self.app.app_context():
            return self._person(db.session.get(Account, person.id))

    def french(self, person: Person, name: str) -> Person:
        """Return the same person under another name, with French as the language."""
        from app.models import Account

        with self.app.app_context():
            account = db.session.get(Account, person.id)
            account.name, account.language = name, "fr"
            db.session.commit()
        return replace(person, name=name)

    def administrator(self) -> int:
        """Return the id of a server administrator."""
        with self.app.app_context():
            domain = factories.make_domain(f"admins{next(_numbers)}.example")
            return factories.make_account(domain, "admin", role=Role.SERVER).id

    def entry_of(self, shared: SharedRoom, person: Person) -> int:
        """Return the id of a person's entry in the group's member list."""
        with self.app.app_context():
            entries = db.session.query(MemberEntry).filter_by(group_id=shared.group_id, account_id=person.id)
            return entries.one().id

    def messages(self, room_id: int) -> list[Kept]:
        """Return the messages of a room, in order."""
        rows = self.ask(
            "SELECT seq, id, author_id, client_id, body FROM messages WHERE room_id = %s AND note = 0 ORDER BY seq, id",
            room_id,
        )
        return [Kept(*row) for row in rows]

    def ask(self, statement: str, *values) -> tuple:
        """Return the rows of a statement, over a separate connection."""
        connection = pymysql.connect(
            unix_socket=self.socket, user="root", database=self.name, charset="utf8mb4", autocommit=True
        )
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    def close(self) -> None:
        """Let go of the database."""
        with self.app.app_context():
            db.engine.dispose()

    def _person(self, account) -> Person:
        token = secrets.token_urlsafe(32)
        device = Session(
            account_id=account.id,
            token_digest=hashlib.sha256(token.encode()).digest(),
            last_seen_at=now(),
            expires_at=now() + timedelta(days=30),
        )
        factories.keep(device)
        signer = SecureCookieSessionInterface().get_signing_serializer(self.app)
        cookie = signer.dumps({"_user_id": token, "_fresh": True, "_permanent": True})
        return Person(account.id, account.name, device.id, f"__Host-teamchat={cookie}")
