"""Which channels a socket of this process is in."""

from sqlalchemy import select

from app import channels
from app.extensions import db, socketio
from app.models import Account, Session, now
from app.realtime import hub, presence
from app.rules import guests, server
from app.rules.rights import Right, access


def watch_rooms(client: hub.Client) -> tuple[set[int], server.ServerState] | None:
    """Have a socket hear of unread messages in the rooms its person sees. Returns the ids of those rooms, and the state
    of the server that they rest on. None: nobody is signed in on it any more."""
    while True:
        state = server.state()
        if not _is_still_signed_in(client):
            return None
        rooms = access.heard_rooms(client.account, state)
        wanted = {_hint_channel(seen) for seen in rooms}
        for channel in client.watched - wanted:
            leave(client.sid, channel)
        for channel in wanted - client.watched:
            join(client.sid, channel)
        client.watched = wanted
        if server.epoch() == state.epoch:
            return {seen.room.id for seen in rooms}, state


def _is_still_signed_in(client: hub.Client) -> bool:
    """Whether the session stands and the account may sign in; takes the account as it is now."""
    row = db.session.execute(
        select(Account, Session.revoked_at, Session.expires_at)
        .join(Session, Session.account_id == Account.id)
        .where(Session.id == client.session_id),
        execution_options={"populate_existing": True},
    ).first()
    if row is None or row.revoked_at is not None or row.expires_at < now():
        return False
    account = row.Account
    account.session_id = client.session_id
    client.account = account
    return account.is_active


def _hint_channel(seen: access.RoomAccess) -> str:
    room = seen.room
    inherits = room.folder_id is not None and not room.has_own_list
    is_guest_entry = seen.member is not None and seen.member.is_member
    return channels.folder(room.folder_id) if inherits and not is_guest_entry else channels.watch(room.id)


def enter(client: hub.Client, room_id: int, is_visible: bool) -> None:
    """Have a socket hear what is said in a room. From now on the watcher takes it out when a right goes away."""
    sees_people = guests.sees_members_of(client.account, room_id)
    hub.enter(client, room_id, hub.OpenRoom(is_visible, Right.NONE, sees_people))
    for channel in _channels_of(client, room_id):
        join(client.sid, channel)


def close_room(client: hub.Client, room_id: int) -> None:
    """Have a socket hear nothing more of a room. Those who have it open see it go."""
    leave_channels(client, room_id)
    if room_id in client.rooms:
        hub.leave(client, room_id)
        presence.changed(room_id)


def leave_channels(client: hub.Client, room_id: int) -> None:
    """Have a socket hear nothing of a room until it has been asked about anew."""
    for channel in _channels_of(client, room_id):
        leave(client.sid, channel)


def _channels_of(client: hub.Client, room_id: int) -> list[str]:
    """Where a room that is open is told of: guests apart, and apart again those who may not see who is there."""
    is_guest, opened = client.account.is_guest, client.rooms.get(room_id)
    own = [channels.room(room_id, client.language, is_guest=is_guest)]
    return [*own, channels.seeing_people(room_id)] if is_guest and opened and opened.sees_people else own


def join(sid: str, channel: str) -> None:
    """Put a socket of this process into a channel."""
    if sid in hub.clients:
        socketio.server.manager.basic_enter_room(sid, "/", channel)


def leave(sid: str, channel: str) -> None:
    """Take a socket of this process out of a channel."""
    socketio.server.manager.basic_leave_room(sid, "/", channel)


def tell(sid: str, event: str, data: dict) -> None:
    """Send an event to one socket of this process."""
    manager = socketio.server.manager
    manager.deliver(event, data, "/", sid, None)


def say_goodbye(client: hub.Client) -> None:
    """Disconnect a socket whose person is signed out; what they were writing stays with the client."""
    tell(client.sid, "signed-out", {})
    socketio.server.disconnect(client.sid, ignore_queue=True)
