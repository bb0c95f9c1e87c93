"""Acts on a whole room: archive, reopen, trash, restore, clone."""

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints.access_control import me
from app.blueprints.dialogs import dialog, done
from app.blueprints.rooms.views import blueprint, list_url
from app.htmx import see_other
from app.models import Room
from app.operations import rooms
from app.queries.rooms.listing import find_managed_room, room_people_count

# Deleting a room with at least so many messages asks for its name.
MANY_MESSAGES = 100


@blueprint.post("/rooms/<int:room_id>/archive")
def archive_room(room_id: int) -> Response:
    """Make a room read only."""
    room = rooms.archive_room(me(), find_managed_room(me(), room_id))
    return see_other(_own_url(room), toast=_("%(name)s is archived: it can be read.", name=room.name))


@blueprint.post("/rooms/<int:room_id>/reopen")
def reopen_room(room_id: int) -> Response:
    """Take a room out of the archive."""
    room = rooms.reopen_room(me(), find_managed_room(me(), room_id))
    return see_other(_own_url(room), toast=_("%(name)s is open again.", name=room.name))


@blueprint.post("/rooms/<int:room_id>/restore")
def restore_room(room_id: int) -> Response:
    """Take a room out of the trash."""
    room = rooms.restore_room(me(), find_managed_room(me(), room_id))
    return see_other(_own_url(room), toast=_("%(name)s is restored.", name=room.name))


@blueprint.post("/rooms/<int:room_id>/clone")
def clone_room(room_id: int) -> Response:
    """Make a room like another, without what was said in it."""
    copy = rooms.clone_room(me(), find_managed_room(me(), room_id))
    return see_other(_own_url(copy), toast=_("The room %(name)s is created.", name=copy.name))


@blueprint.route("/rooms/<int:room_id>/delete", methods=["GET", "POST"])
def delete_room(room_id: int) -> Response:
    """Put a room into the trash; first say what is lost, in numbers."""
    room = find_managed_room(me(), room_id)
    if request.method == "GET":
        return _question(room)
    if needs_name(room) and request.form.get("name", "").strip() != room.name:
        return _question(room, 422, _("Type the name of the room exactly."))
    url, name = list_url(room), room.name
    rooms.delete_room(me(), room)
    text = _("%(name)s is in the trash. It can be restored for 30 days.", name=name)
    return done(url, text)


def needs_name(room: Room) -> bool:
    """Return whether deleting a room asks for its name."""
    return room.last_seq >= MANY_MESSAGES


def _question(room: Room, status: int = 200, problem=None) -> Response:
    people, messages = room_people_count(room), room.last_seq
    consequence = " ".join(
        (
            ngettext("%(num)s person loses this room.", "%(num)s people lose this room.", people),
            ngettext("It holds %(num)s message.", "It holds %(num)s messages.", messages),
        )
    )
    return dialog(
        "rooms/delete.html",
        status,
        back=_own_url(room),
        room=room,
        consequence=consequence,
        needs_name=needs_name(room),
        problem=problem,
    )


def _own_url(room: Room) -> str:
    return url_for("rooms.show", room_id=room.id)
