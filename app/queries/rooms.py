"""The list of rooms as a person sees it."""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select

from app.extensions import db
from app.models import ReadMark, Room, RoomKind, RoomState, now
from app.queries.room_people import direct_titles
from app.rules.rights import Right, access


@dataclass(frozen=True)
class Entry:
    """A room in the list. unread is None for a room that was never opened: shown bold, without a number."""

    room: Room
    rights: Right
    unread: int | None
    is_favourite: bool
    title: str

    @property
    def is_bold(self) -> bool:
        """Whether there is something the person has not seen."""
        return self.unread is None or self.unread > 0


@dataclass
class Section:
    """Rooms under one heading: a group's, the private ones, the direct ones."""

    kind: str
    title: str
    group_id: int | None = None
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class RoomList:
    """The sections of one tab, and how many rooms the person has hidden."""

    sections: list[Section]
    hidden_count: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show, hidden rooms included."""
        return not self.sections and not self.hidden_count


# Which rooms the list shows: those in use, those with something said lately, those that were archived, and
# those that the person has hidden.
TABS = ("all", "recent", "archive", "hidden")
RECENTLY = timedelta(days=14)


def room_list(account, tab: str = "all") -> RoomList:
    """Return the rooms a person sees, in sections, with what is unread. The number of statements is fixed."""
    visible = access.visible_rooms(account)
    rooms = [room_access for room_access in visible if _belongs(room_access, tab)]
    return RoomList(_sections(account, rooms), sum(_is_hidden(room_access) for room_access in visible))


def _sections(account, rooms: list[access.RoomAccess]) -> list[Section]:
    marks = _marks(account)
    titles = direct_titles(
        account, [room_access.room.id for room_access in rooms if room_access.room.kind is RoomKind.DIRECT]
    )
    sections: dict[tuple, Section] = {}
    for room_access in rooms:
        entry = _entry(room_access, marks, titles.get(room_access.room.id) or room_access.room.name)
        key, section = _section_of(room_access.room, entry.is_favourite)
        sections.setdefault(key, section).entries.append(entry)
    return [sections[key] for key in sorted(sections)]


def title_of(account, room: Room) -> str:
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


def _marks(account) -> dict[int, int]:
    statement = select(ReadMark.room_id, ReadMark.last_read_seq).where(ReadMark.account_id == account.id)
    return {row.room_id: row.last_read_seq for row in db.session.execute(statement)}


def _entry(room_access: access.RoomAccess, marks: dict[int, int], title: str) -> Entry:
    mark = marks.get(room_access.room.id)
    unread = None if mark is None else max(0, room_access.room.last_seq - mark)
    return Entry(
        room_access.room,
        room_access.rights,
        unread,
        bool(room_access.member and room_access.member.is_favourite),
        title,
    )


def _section_of(room: Room, is_favourite: bool) -> tuple[tuple, Section]:
    if is_favourite:
        return (-1, "", 0), Section("favourites", "")
    if room.group is not None:
        key = (0, room.group.name.lower(), room.group.id)
        return key, Section("group", room.group.name, room.group.id)
    kind = "private" if room.kind is RoomKind.PRIVATE else "direct"
    return (1 if kind == "private" else 2, "", 0), Section(kind, "")


def is_archived(room_id: int) -> bool:
    """Return whether a room can only be read, by everybody. One statement."""
    return db.session.scalar(select(Room.state).where(Room.id == room_id)) is RoomState.ARCHIVED
