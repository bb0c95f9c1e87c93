"""The list of rooms as a person sees it."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import ColumnElement, func, select

from app.errors import NotFound
from app.extensions import db
from app.models import (
    Account,
    Domain,
    Folder,
    FolderKind,
    Group,
    ReadMark,
    Room,
    RoomKind,
    RoomMember,
    RoomState,
    now,
)
from app.queries.groups.members import effective_member_count
from app.queries.listing import Listing, ListQuery, count_rows
from app.queries.paging import Page, keyset
from app.queries.rooms.people import direct_titles
from app.rules import groups, services
from app.rules import rooms as room_rules
from app.rules.rights import Right, access, lists


@dataclass(frozen=True)
class RoomEntry:
    """A room in the list. unread is None for a room that was never opened: shown bold, without a number."""

    room: Room
    rights: Right
    unread: int | None
    is_favourite: bool
    title: str

    @property
    def is_bold(self) -> bool:
        """Return whether the room has something the person has not seen."""
        return self.unread is None or self.unread > 0


@dataclass
class RoomSection:
    """Rooms under one heading: a group's, the private ones, the direct ones."""

    kind: str
    title: str
    group_id: int | None = None
    entries: list[RoomEntry] = field(default_factory=list)


@dataclass(frozen=True)
class RoomList:
    """The sections of one tab, and how many rooms the person has hidden."""

    sections: list[RoomSection]
    hidden_count: int

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing to show, hidden rooms included."""
        return not self.sections and not self.hidden_count


# Which rooms the list shows: those in use, those with something said lately, those that were archived, and
# those that the person has hidden.
TABS = ("all", "recent", "archive", "hidden")
RECENTLY = timedelta(days=14)


def room_list(account: Account, tab: str = "all") -> RoomList:
    """Return the rooms a person sees, in sections, with what is unread. The number of statements is fixed."""
    visible = access.visible_rooms(account)
    rooms = [room_access for room_access in visible if _belongs(room_access, tab)]
    return RoomList(_sections(account, rooms), sum(_is_hidden(room_access) for room_access in visible))


def _sections(account: Account, rooms: list[access.RoomAccess]) -> list[RoomSection]:
    marks = _marks(account)
    titles = direct_titles(
        account, [room_access.room.id for room_access in rooms if room_access.room.kind is RoomKind.DIRECT]
    )
    sections: dict[tuple, RoomSection] = {}
    for room_access in rooms:
        entry = _entry(room_access, marks, titles.get(room_access.room.id) or room_access.room.name)
        key, section = _section_of(room_access.room, entry.is_favourite)
        sections.setdefault(key, section).entries.append(entry)
    return [sections[key] for key in sorted(sections)]


def title_of(account: Account, room: Room) -> str:
    """Return a room's title for a person: its name, or the other people of a direct one."""
    return (
        direct_titles(account, [room.id]).get(room.id, room.name)
        if room.kind is RoomKind.DIRECT
        else room.name
    )


def _belongs(room_access: access.RoomAccess, tab: str) -> bool:
    if tab == "hidden":
        return _is_hidden(room_access)
    if room_access.member and room_access.member.is_hidden:
        return False
    if tab == "archive":
        return room_access.room.state is RoomState.ARCHIVED
    if (
        tab == "recent"
        and (room_access.room.last_posted_at or room_access.room.created_at) < now() - RECENTLY
    ):
        return False
    return room_access.room.state is RoomState.ACTIVE


def _is_hidden(room_access: access.RoomAccess) -> bool:
    """Return whether a person has hidden a room and could open it again, which takes the right to read."""
    return bool(room_access.member and room_access.member.is_hidden and room_access.rights & Right.ITEMS_READ)


def _marks(account: Account) -> dict[int, int]:
    statement = select(ReadMark.room_id, ReadMark.last_read_seq).where(ReadMark.account_id == account.id)
    return {row.room_id: row.last_read_seq for row in db.session.execute(statement)}


def _entry(room_access: access.RoomAccess, marks: dict[int, int], title: str) -> RoomEntry:
    mark = marks.get(room_access.room.id)
    unread = None if mark is None else max(0, room_access.room.last_seq - mark)
    return RoomEntry(
        room_access.room,
        room_access.rights,
        unread,
        bool(room_access.member and room_access.member.is_favourite),
        title,
    )


def _section_of(room: Room, is_favourite: bool) -> tuple[tuple, RoomSection]:
    if is_favourite:
        return (-1, "", 0), RoomSection("favourites", "")
    if room.group is not None:
        key = (0, room.group.name.lower(), room.group.id)
        return key, RoomSection("group", room.group.name, room.group.id)
    kind = "private" if room.kind is RoomKind.PRIVATE else "direct"
    return (1 if kind == "private" else 2, "", 0), RoomSection(kind, "")


def is_archived(room_id: int) -> bool:
    """Return whether a room can only be read, by everybody. One statement."""
    return db.session.scalar(select(Room.state).where(Room.id == room_id)) is RoomState.ARCHIVED


@dataclass(frozen=True)
class RoomRow:
    """A room in the list, with how many people are in it and who owns it."""

    room: Room
    people: int
    owners: list[str]


def managed_rooms(place: Group | Domain, query: ListQuery) -> Listing:
    """Return a page of a group's rooms, or of the private rooms that a domain's accounts own.

    Six statements at most.
    """
    state = dict(query.filters).get("state", "")
    statement = select(Room).where(_of(place), _in_state(state))
    if query.search:
        statement = statement.where(Room.name.contains(query.search, autoescape=True))
    page = keyset(statement, (Room.name, Room.id), cursor=query.cursor, descending=query.is_descending)
    rooms = [row[0] for row in page.rows]
    private = [room.id for room in rooms if room.kind is not RoomKind.PUBLIC]
    people, owners = _people(private), _owners(private)
    everybody = effective_member_count(place) if isinstance(place, Group) and len(private) < len(rooms) else 0
    rows = [RoomRow(room, people.get(room.id, everybody), owners[room.id]) for room in rooms]
    return Listing(Page(rows, page.previous, page.next), count_rows(statement.with_only_columns(Room.id)))


def find_managed_room(actor: Account, room_id: int) -> Room:
    """Return a room that an administrator looks after, in the trash too. Error: NotFound."""
    room = db.session.get(Room, room_id)
    if room is None or room.kind is RoomKind.DIRECT or not room_rules.administers(actor, room):
        raise NotFound()
    return room


def private_room_domain_id(room: Room) -> int | None:
    """Return the domain in whose list a private room stands."""
    return room_rules.domain_id_of(room)


def find_room_member(room: Room, account_id: int) -> Account:
    """Return a person with an entry of their own in a room. Error: NotFound."""
    inside = (RoomMember.room_id == room.id, RoomMember.account_id == account_id, RoomMember.is_member)
    statement = select(Account).join(RoomMember, RoomMember.account_id == Account.id).where(*inside)
    account = db.session.scalars(statement).unique().one_or_none()
    if account is None:
        raise NotFound()
    return account


def owner_names(room: Room) -> list[str]:
    """Return names of those who own a private room."""
    return _owners([room.id])[room.id]


def room_people_count(room: Room) -> int:
    """Return the number of people a room is open to."""
    own = _people([room.id]).get(room.id, 0)
    if room.kind is not RoomKind.PUBLIC:
        return own
    return effective_member_count(db.session.get_one(Group, room.group_id)) + own


def _of(place: Group | Domain) -> ColumnElement[bool]:
    if isinstance(place, Group):
        return Room.group_id == place.id
    owned = (
        select(RoomMember.room_id)
        .join(Account, Account.id == RoomMember.account_id)
        .where(Account.domain_id == place.id, RoomMember.is_owner, RoomMember.is_member)
    )
    return (Room.kind == RoomKind.PRIVATE) & Room.group_id.is_(None) & Room.id.in_(owned)


def _in_state(state: str) -> ColumnElement[bool]:
    return Room.state == RoomState(state) if state else Room.state != RoomState.DELETED


def _people(room_ids: list[int]) -> dict[int, int]:
    counts = dict.fromkeys(room_ids, 0)
    statement = select(RoomMember.room_id, func.count()).where(
        RoomMember.room_id.in_(room_ids), RoomMember.is_member
    )
    for room_id, count in db.session.execute(statement.group_by(RoomMember.room_id)) if room_ids else ():
        counts[room_id] = count
    return counts


def _owners(room_ids: list[int]) -> dict[int, list[str]]:
    owners = defaultdict(list)
    statement = (
        select(RoomMember.room_id, Account.name)
        .join(Account, Account.id == RoomMember.account_id)
        .where(RoomMember.room_id.in_(room_ids), RoomMember.is_owner, RoomMember.is_member)
        .order_by(RoomMember.id)
    )
    for room_id, name in db.session.execute(statement) if room_ids else ():
        owners[room_id].append(name)
    return owners


@dataclass(frozen=True)
class RoomPlace:
    """A group whose TeamChat folder a person sees, and whether they may create public rooms in it."""

    group: Group
    may_make_public: bool


def groups_of(account: Account, limit: int = 50) -> list[RoomPlace]:
    """Return the groups with TeamChat that an account is in, by name. The number of statements is fixed."""
    if not services.state().chat_runs:
        return []
    statement = (
        select(Folder, Group)
        .join(Group, Group.id == Folder.group_id)
        .where(Folder.kind == FolderKind.TEAMCHAT, Group.has_teamchat)
        .where(Group.id.in_(groups.groups_of(account)))
        .order_by(Group.name, Group.id)
        .limit(limit)
    )
    rows = db.session.execute(statement).unique().all()
    rights = lists.rights_in_folders(account, [folder for folder, _group in rows])
    return [
        RoomPlace(group, bool(rights[folder.id] & Right.FOLDER_WRITE))
        for folder, group in rows
        if rights[folder.id] & Right.FOLDER_READ
    ]
