"""A large company, written directly into a database of its own."""

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import timedelta

import flask_migrate
from sqlalchemy import insert, select, text

from app.extensions import db
from app.models import (
    FOLDER_SCOPE,
    Account,
    AccountState,
    Address,
    Domain,
    EntryKind,
    Folder,
    FolderKind,
    Grant,
    Group,
    MemberEntry,
    MessageKind,
    Principal,
    Role,
    Room,
    RoomKind,
    SearchMark,
    Session,
    now,
)
from app.rules.accounts import passwords
from app.rules.rights import WRITE
from app.text import words

PEOPLE = 10_000
ACCOUNTS = 100_000
ROOMS = 1_000
GROUPS_EACH = 20
HISTORY = 200_000
SIGNED_IN = 1_200
SIGNERS = 40
PASSWORD = "a password for measurements"
RARE_WORD = "zyzzogeton"
ONE_IN_ENGLISH = 4
BATCH = 5_000


@dataclass
class Company:
    """Ids, cookies and addresses of the company for the measurements."""

    live_room: int
    old_room: int
    typical: int
    observer: int
    administrator: str
    cookies: list[str]
    signers: list[str] = field(default_factory=list)


def build(app) -> Company:
    """Fill an empty, migrated database, in about twenty seconds."""
    with app.app_context():
        flask_migrate.upgrade(str(_migrations(app)))
        domain = _insert_one(
            Domain, name="company.example", has_groupware=True, has_webdav=True, has_teamchat=True
        )
        people = _people(domain)
        groups = _groups(domain)
        rooms = _rooms(groups)
        _memberships(domain, groups, people)
        observer = _observer(domain, groups)
        _history(rooms[1], people)
        tokens = _sessions(people[:SIGNED_IN])
        boss = _sessions([_person(domain, "boss", Role.SERVER)])
        signers = _signers(people[SIGNED_IN : SIGNED_IN + SIGNERS])
        _other_accounts()
        db.session.commit()
        _analyse()
        cookies = [_cookie(app, token) for token in tokens]
        return Company(rooms[0], rooms[1], people[77], observer, _cookie(app, boss[0]), cookies, signers)


def _migrations(app):
    return app.root_path + "/../migrations"


def _insert_one(model, **values) -> int:
    return db.session.execute(insert(model.__table__), values).inserted_primary_key[0]


def _insert_many(model, rows) -> None:
    rows = list(rows)
    for start in range(0, len(rows), BATCH):
        db.session.execute(insert(model.__table__), rows[start : start + BATCH])


def _ids(model, **found_by) -> list[int]:
    return list(db.session.scalars(select(model.id).filter_by(**found_by).order_by(model.id)))


def _people(domain: int) -> list[int]:
    _insert_many(Account, (_account(domain, f"person{number}", number) for number in range(PEOPLE)))
    ids = _ids(Account, domain_id=domain)
    _insert_many(
        Address,
        (
            {"address": f"person{number}@company.example", "account_id": account}
            for number, account in enumerate(ids)
        ),
    )
    return ids


def _account(domain: int, name: str, number: int, role: Role = Role.USER) -> dict:
    language = "en" if number % ONE_IN_ENGLISH == 0 else "fr"
    return {
        "domain_id": domain,
        "name": name,
        "address": f"{name}@company.example",
        "role": role,
        "language": language,
    }


def _person(domain: int, name: str, role: Role = Role.USER) -> int:
    account = _insert_one(Account, **_account(domain, name, 1, role))
    _insert_one(Address, address=f"{name}@company.example", account_id=account)
    return account


def _groups(domain: int) -> list[int]:
    _insert_many(
        Group,
        (
            {
                "domain_id": domain,
                "name": f"group{number:04}",
                "address": f"group{number}@company.example",
                "has_public_folder": True,
                "has_teamchat": True,
            }
            for number in range(ROOMS)
        ),
    )
    return _ids(Group, domain_id=domain)


def _rooms(groups: list[int]) -> list[int]:
    """Make each group's public folder, its TeamChat folder with the default rights, and its room."""
    _insert_many(
        Folder, ({"group_id": group, "kind": FolderKind.PUBLIC, "name": "Public"} for group in groups)
    )
    public = _ids(Folder, kind=FolderKind.PUBLIC)
    chat = zip(groups, public, strict=True)
    _insert_many(
        Folder,
        (
            {"group_id": group, "parent_id": parent, "kind": FolderKind.TEAMCHAT, "name": "TeamChat"}
            for group, parent in chat
        ),
    )
    folders = _ids(Folder, kind=FolderKind.TEAMCHAT)
    _insert_many(
        Grant, (_grant(folder, Principal.GROUP, group) for folder, group in zip(folders, groups, strict=True))
    )
    _insert_many(Grant, (_grant(folder, Principal.GUESTS, 0) for folder in folders))
    _insert_many(
        Room,
        (
            {
                "kind": RoomKind.PUBLIC,
                "group_id": group,
                "folder_id": folder,
                "name": f"Room {number:04}",
                "unique_key": secrets.token_hex(16),
            }
            for number, (group, folder) in enumerate(zip(groups, folders, strict=True))
        ),
    )
    return _ids(Room)


def _grant(folder: int, principal: Principal, principal_id: int) -> dict:
    scope = {"scope_kind": FOLDER_SCOPE, "scope_id": folder, "folder_id": folder}
    return {**scope, "principal": principal, "principal_id": principal_id, "rights": int(WRITE)}


def _memberships(domain: int, groups: list[int], people: list[int]) -> None:
    """Put everybody into the first ten groups through the domain, and into some others by name."""
    for group in groups[:10]:
        _insert_one(MemberEntry, group_id=group, kind=EntryKind.DOMAIN, principal_id=domain, domain_id=domain)
    _insert_many(
        MemberEntry,
        (
            _entry(groups[10 + (number * 37 + turn * 47) % (ROOMS - 10)], account)
            for number, account in enumerate(people)
            for turn in range(GROUPS_EACH)
        ),
    )


def _entry(group: int, account: int) -> dict:
    return {"group_id": group, "kind": EntryKind.ACCOUNT, "principal_id": account, "account_id": account}


def _observer(domain: int, groups: list[int]) -> int:
    """Make a member of every group."""
    observer = _person(domain, "observer")
    _insert_many(MemberEntry, (_entry(group, observer) for group in groups[10:]))
    return observer


# Body of every message of the long history, before its own number.
BODY = "Compte rendu de la réunion du matin, à relire avant ce soir."


def _history(room: int, people: list[int]) -> None:
    """Store the long history of a room, one message with a rare word, all of it indexed."""
    db.session.execute(
        text(
            "INSERT INTO messages"
            " (room_id, seq, note, change_no, kind, author_id, client_id, body, html, created_at)"
            " SELECT :room, seq, 0, 0, :kind, :first + seq MOD 500, UUID(),"
            " CONCAT(:words, ' ', seq), CONCAT('<p>', :words, ' ', seq, '</p>'),"
            " UTC_TIMESTAMP() - INTERVAL (:history - seq) MINUTE"
            f" FROM seq_1_to_{HISTORY}"
        ),
        {
            "room": room,
            "first": people[0],
            "words": BODY,
            "history": HISTORY,
            "kind": MessageKind.MESSAGE.value,
        },
    )
    db.session.execute(
        text("UPDATE messages SET body = CONCAT(body, ' ', :word) WHERE room_id = :room AND seq = 4321"),
        {"room": room, "word": RARE_WORD},
    )
    db.session.execute(
        text("UPDATE rooms SET last_seq = :last WHERE id = :room"), {"last": HISTORY, "room": room}
    )
    _index_history(room)


def _index_history(room: int) -> None:
    """Index the history in a few statements."""
    fill = (
        "INSERT INTO message_words (word, room_id, message_id, seq)"
        " SELECT {}, room_id, id, seq FROM messages WHERE room_id = :room"
    )
    for word in sorted(words.distinct_words(BODY)):
        db.session.execute(text(fill.format(":word")), {"room": room, "word": word})
    db.session.execute(text(fill.format("CAST(seq AS CHAR)")), {"room": room})
    rare = {"room": room, "word": words.fold(RARE_WORD)}
    db.session.execute(text(fill.format(":word") + " AND seq = 4321"), rare)
    _insert_one(SearchMark, room_id=room, last_seq=HISTORY, last_change=0)


def _sessions(people: list[int]) -> list[str]:
    """Make a session for each person, and return the tokens."""
    tokens = [secrets.token_urlsafe(32) for _ in people]
    _insert_many(
        Session,
        (
            {
                "account_id": account,
                "token_digest": hashlib.sha256(token.encode()).digest(),
                "last_seen_at": now(),
                "expires_at": now() + timedelta(days=1),
                "ip": "127.0.0.1",
                "user_agent": "bench",
            }
            for account, token in zip(people, tokens, strict=True)
        ),
    )
    return tokens


def _signers(people: list[int]) -> list[str]:
    """Give people PASSWORD, and return their addresses."""
    chosen = Account.id.in_(people)
    kept = passwords.hash_password(PASSWORD)
    db.session.execute(Account.__table__.update().where(chosen).values(password_hash=kept))
    return list(db.session.scalars(select(Account.address).where(chosen)))


def _other_accounts() -> None:
    """Make a second domain with many accounts, for the lists of WebAdmin."""
    domain = _insert_one(Domain, name="large.example")
    columns = ["domain_id", "name", "address", "search_text", "role", "state", "created_at", "row_version"]
    db.session.execute(
        text(
            f"INSERT INTO accounts ({', '.join(columns)})"
            " SELECT :domain, CONCAT('Employee ', seq), CONCAT('employee', seq, '@large.example'),"
            " CONCAT('employee', seq, '@large.example', '\\n', 'employee ', seq),"
            f" :role, :state, UTC_TIMESTAMP(), 1 FROM seq_1_to_{ACCOUNTS}"
        ),
        {"domain": domain, "role": Role.USER.value, "state": AccountState.ENABLED.value},
    )
    db.session.execute(
        text(
            "INSERT INTO addresses (address, account_id)"
            " SELECT address, id FROM accounts WHERE domain_id = :domain"
        ),
        {"domain": domain},
    )


def _analyse() -> None:
    for table in ("accounts", "messages", "member_entries", "rooms", "grants"):
        db.session.execute(text(f"ANALYZE TABLE {table}"))
    db.session.commit()


def _cookie(app, token: str) -> str:
    signed = app.session_interface.get_signing_serializer(app).dumps({"_user_id": token, "_fresh": True})
    return f"{app.config['SESSION_COOKIE_NAME']}={signed}"
