"""Rows for tests, written directly and fast. Every factory commits, so that other connections of the test see them."""

import itertools
import uuid
from contextlib import contextmanager

from argon2 import PasswordHasher

from app.extensions import db
from app.models import (
    FOLDER_SCOPE,
    ROOM_SCOPE,
    Account,
    Address,
    Domain,
    EntryKind,
    Exclusion,
    Folder,
    FolderKind,
    Grant,
    Group,
    MemberEntry,
    Message,
    Principal,
    Role,
    Room,
    RoomKind,
    RoomMember,
    now,
)
from app.rules.rights import WRITE

# What everybody in the tests types.
PASSWORD = "correct horse battery"

_gathering = []
_numbers = itertools.count(1)
_cheap_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def keep(*rows):
    """Store rows; the first comes back."""
    db.session.add_all(rows)
    db.session.flush()
    if not _gathering:
        db.session.commit()
    return rows[0]


@contextmanager
def in_one_commit():
    """Everything made inside is committed at the end, at once: many rows cost less."""
    _gathering.append(True)
    try:
        yield
    finally:
        _gathering.pop()
    db.session.commit()


def make_domain(name: str | None = None, *, has_everything: bool = True, **values) -> Domain:
    """Make a domain, with GroupWare, WebDAV and TeamChat unless told otherwise."""
    switches = {f"has_{feature}": has_everything for feature in ("groupware", "webdav", "teamchat")}
    return keep(Domain(**{"name": name or f"domain{next(_numbers)}.example", **switches, **values}))


def make_account(domain: Domain, name: str | None = None, *, role: Role = Role.USER, **values) -> Account:
    """Make an account with the password PASSWORD; its address is the lower-case name at the domain."""
    return make_accounts([(domain, name or f"Person {next(_numbers)}", {"role": role, **values})])[0]


def make_accounts(people: list[tuple[Domain, str, dict]]) -> list[Account]:
    """Several accounts at once, as (domain, name, other values)."""
    accounts = [_account(domain, name, **values) for domain, name, values in people]
    keep(*accounts)
    keep(*(Address(address=account.address, account_id=account.id) for account in accounts))
    return accounts


def _account(domain: Domain, name: str, *, address: str | None = None, **values) -> Account:
    address = address or f"{name.lower().replace(' ', '.')}@{domain.name}"
    own = {"name": name, "address": address, "password_hash": _cheap_hash, "language": "en"}
    own["verified_at"] = now() if values.get("is_guest") else None
    return Account(domain_id=domain.id, **{**own, **values})


def make_group(domain: Domain, name: str | None = None, **values) -> Group:
    """Make a group without folder, rooms and members."""
    return make_groups([(domain, name or f"group{next(_numbers)}", values)])[0]


def make_groups(wanted: list[tuple[Domain, str, dict]]) -> list[Group]:
    """Several groups at once, as (domain, name, other values)."""
    groups = [_group(domain, name, **values) for domain, name, values in wanted]
    keep(*groups)
    keep(*(Address(address=group.address, group_id=group.id) for group in groups))
    return groups


def _group(domain: Domain, name: str, *, address: str | None = None, **values) -> Group:
    address = address or f"{name.lower().replace(' ', '.')}@{domain.name}"
    return Group(domain_id=domain.id, name=name, address=address, **values)


def add_member(group: Group, member: Account | Domain | Group) -> MemberEntry:
    """Add an entry to a group's member list: an account, a whole domain or another group."""
    return add_members(group, member)


def add_members(group: Group, *members: Account | Domain | Group) -> MemberEntry:
    """Several entries at once; the first comes back."""
    return keep(*(_entry(group, member) for member in members))


def _entry(group: Group, member: Account | Domain | Group) -> MemberEntry:
    kinds = {
        Account: ("account", "account_id"),
        Domain: ("domain", "domain_id"),
        Group: ("group", "inner_group_id"),
    }
    kind, column = kinds[type(member)]
    return MemberEntry(group_id=group.id, kind=EntryKind(kind), principal_id=member.id, **{column: member.id})


def exclude(group: Group, account: Account) -> Exclusion:
    """Somebody an entry would bring into a group, and who is kept out."""
    return keep(Exclusion(group_id=group.id, account_id=account.id))


def make_folders(group: Group) -> Folder:
    """Make a group's public folder and its TeamChat folder, with the default rights; return the latter."""
    public = keep(Folder(group_id=group.id, kind=FolderKind.PUBLIC, name=group.name))
    folder = keep(Folder(group_id=group.id, parent_id=public.id, kind=FolderKind.TEAMCHAT, name="TeamChat"))
    make_grant(folder, Principal.GROUP, group.id)
    make_grant(folder, Principal.GUESTS)
    return folder


def make_grant(
    scope: Folder | Room, principal: Principal, principal_id: int = 0, rights: int = WRITE
) -> Grant:
    """Make a grant on a folder or a room."""
    is_folder = isinstance(scope, Folder)
    return keep(
        Grant(
            scope_kind=FOLDER_SCOPE if is_folder else ROOM_SCOPE,
            scope_id=scope.id,
            folder_id=scope.id if is_folder else None,
            room_id=None if is_folder else scope.id,
            principal=principal,
            principal_id=principal_id,
            rights=int(rights),
        )
    )


def make_room(group: Group, name: str = "TeamChat", **values) -> Room:
    """Make a public room of a group, and enable TeamChat for it."""
    folder = db.session.query(Folder).filter_by(group_id=group.id, kind=FolderKind.TEAMCHAT).first()
    folder = folder or make_folders(group)
    group.has_public_folder = group.has_teamchat = True
    own = {
        "kind": RoomKind.PUBLIC,
        "group_id": group.id,
        "folder_id": folder.id,
        "unique_key": uuid.uuid4().hex,
    }
    return keep(Room(name=name, **{**own, **values}), group)


def make_private_room(owner: Account, *others: Account, name: str = "Private") -> Room:
    """Make a private room with its owner, other members and its first grants."""
    room = keep(Room(kind=RoomKind.PRIVATE, name=name, unique_key=uuid.uuid4().hex, has_own_list=True))
    for person in (owner, *others):
        join_room(room, person, is_owner=person is owner)
    make_grant(room, Principal.MEMBERS)
    make_grant(room, Principal.GUESTS)
    return room


def join_room(room: Room, account: Account, **values) -> RoomMember:
    """Add an entry to a room's own member list."""
    return keep(RoomMember(room_id=room.id, account_id=account.id, **values))


def make_message(room: Room, author: Account, body: str = "Hello", **values) -> Message:
    """Make the next message of a room, without publishing it."""
    room.last_seq += 1
    room.last_posted_at = now()
    message = Message(
        room_id=room.id,
        seq=room.last_seq,
        author_id=author.id,
        client_id=str(uuid.uuid4()),
        body=body,
        html=f"<p>{body}</p>",
        **values,
    )
    return keep(message, room)
