"""Channels of the sockets of this process."""

from sqlalchemy import select

from app import channels
from app.extensions import db, socketio
from app.models import Account, Session, now
from app.realtime import hub, presence
from app.rules import services
from app.rules.guests import policy
from app.rules.rights import Right, access


def watch_rooms(client: hub.Client) -> tuple[set[int], services.ServerState] | None:
    """Subscribe a socket to unread messages in the rooms its person sees.

    Returns the ids of those rooms and the state of the server they were read at; None if the session has ended.
    """
    while True:
        state = services.state()
        if not _is_still_signed_in(client):
            return None
        rooms = access.heard_rooms(client.account, state)
        hint_channels = {_hint_channel(room_access) for room_access in rooms}
        for channel in client.watched - hint_channels:
            leave(client.sid, channel)
        for channel in hint_channels - client.watched:
            join(client.sid, channel)
        client.watched = hint_channels
        if services.epoch() == state.epoch:
            return {room_access.room.id for room_access in rooms}, state


def _is_still_signed_in(client: hub.Client) -> bool:
    """Return whether the session is valid and the account may sign in. Reads the account again."""
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


def _hint_channel(room_access: access.RoomAccess) -> str:
    room = room_access.room
    is_guest_entry = room_access.member is not None and room_access.member.is_member
    if room.folder_id is not None and not room.has_own_list and not is_guest_entry:
        return channels.folder(room.folder_id)
    return channels.watch(room.id)


def enter(client: hub.Client, room_id: int, is_visible: bool) -> None:
    """Subscribe a socket to a room. From now on the watcher removes it when a right is revoked."""
    sees_people = policy.sees_members_of(client.account, room_id)
    hub.enter(client, room_id, hub.OpenRoom(is_visible, Right.NONE, sees_people))
    for channel in _channels_of(client, room_id):
        join(client.sid, channel)


def close_room(client: hub.Client, room_id: int) -> None:
    """Unsubscribe a socket from a room for good. The others who have it open are told."""
    leave_channels(client, room_id)
    if room_id in client.rooms:
        hub.leave(client, room_id)
        presence.changed(room_id)


def leave_channels(client: hub.Client, room_id: int) -> None:
    """Unsubscribe a socket from a room until its access has been read again."""
    for channel in _channels_of(client, room_id):
        leave(client.sid, channel)


def _channels_of(client: hub.Client, room_id: int) -> list[str]:
    """Return the channels of an open room: guests have their own, and another one if they may see who is there."""
    is_guest, opened = client.account.is_guest, client.rooms.get(room_id)
    own = [channels.room(room_id, is_guest=is_guest)]
    return (
        [*own, channels.guests_seeing_people(room_id)] if is_guest and opened and opened.sees_people else own
    )


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
