"""Events of clients in rooms."""

from app.errors import NotFound
from app.limits import count_message
from app.operations import messages
from app.operations.messages import reading
from app.queries.rooms import listing
from app.realtime import hub, presence, typing
from app.realtime.handlers import number, on
from app.realtime.subscriptions import close_room, enter
from app.rules.rights import Right, access


@on("room:open")
def open_room(client: hub.Client, payload: dict) -> dict:
    """Open a room: check the right, join its channels, and check the right again."""
    # Joining first would let somebody without the right hear messages until they are refused; checking only before
    # joining would keep a right that is revoked in between.
    room_id = number(payload, "room_id")
    try:
        access.require(client.account, Right.ITEMS_READ, room_id)
        enter(client, room_id, bool(payload.get("is_visible", True)))
        opened = reading.open_room(client.account, room_id)
    except BaseException:
        close_room(client, room_id)
        raise
    if room_id not in client.rooms:
        raise NotFound()
    client.rooms[room_id].rights = opened.rights
    hub.delivered.setdefault(room_id, hub.Head(opened.last_seq, opened.change))
    presence.changed(room_id)
    present = presence.present(room_id) if client.rooms[room_id].sees_people else presence.NOBODY
    return {
        "last_seq": opened.last_seq,
        "last_read": opened.last_read,
        "change": opened.change,
        "can": [str(right.name).lower() for right in opened.rights],
        "is_archived": not opened.rights & Right.ITEMS_WRITE and listing.is_archived(room_id),
        **present,
    }


@on("room:close")
def leave_room(client: hub.Client, payload: dict) -> None:
    """Close a room."""
    room_id = number(payload, "room_id")
    typing.stop(client, room_id)
    close_room(client, room_id)


@on("room:focus")
def focus_room(client: hub.Client, payload: dict) -> None:
    """Note whether the room's window is in front or in the background."""
    room_id = number(payload, "room_id")
    if room_id in client.rooms:
        client.rooms[room_id].is_visible = bool(payload.get("is_visible"))
        presence.changed(room_id)


@on("room:read")
def read_room(client: hub.Client, payload: dict) -> dict:
    """Note how far a person has read."""
    return {"unread": reading.mark_read(client.account, number(payload, "room_id"), number(payload, "seq"))}


@on("message:post")
def post_message(client: hub.Client, payload: dict) -> dict:
    """Post a message; the acknowledgement comes after the commit."""
    count_message(client.account_id)
    room_id = number(payload, "room_id")
    typing.stop(client, room_id)
    posted = messages.post_message(
        client.account, room_id, payload.get("body"), client_id=payload.get("client_id")
    )
    return {"message_id": posted.message_id, "seq": posted.seq}


@on("message:edit")
def edit_message(client: hub.Client, payload: dict) -> dict:
    """Edit a message."""
    count_message(client.account_id)
    return {
        "change": messages.edit_message(client.account, number(payload, "message_id"), payload.get("body"))
    }


@on("message:delete")
def delete_message(client: hub.Client, payload: dict) -> dict:
    """Delete a message."""
    count_message(client.account_id)
    return {"change": messages.delete_message(client.account, number(payload, "message_id"))}
