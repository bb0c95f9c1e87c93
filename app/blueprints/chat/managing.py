"""Name, topic, archive, trash and copies of a room, and one's favourites."""

from functools import partial

from flask import Response, request, url_for

from app.blueprints.access_control import me
from app.blueprints.chat.forms import SettingsForm
from app.blueprints.chat.views import blueprint, room_dialog
from app.blueprints.dialogs import done
from app.blueprints.forms import submission
from app.errors import Forbidden
from app.operations import rooms
from app.rules.rights import Right, access
from app.text.parsing import parse_whole_number


@blueprint.get("/rooms/<int:room_id>/settings")
def room_settings(room_id: int) -> Response:
    """Show the dialog for name and topic. Fragment: dialog."""
    room_access = access.find_room(me(), room_id)
    access.require(me(), Right.FOLDER_RENAME, room_id)
    form = SettingsForm(
        formdata=None,
        name=room_access.room.name,
        topic=room_access.room.topic,
        row_version=room_access.room.row_version,
    )
    return _settings(room_access, form)


@blueprint.post("/rooms/<int:room_id>/settings")
def save_settings(room_id: int) -> Response:
    """Save name and topic: both, or neither."""
    room_access = access.find_room(me(), room_id)
    form = SettingsForm()
    with submission(form, partial(_settings, room_access, form), status=422, passing=Forbidden):
        rooms.update_room(
            me(),
            room_access.room,
            name=form.name.data,
            topic=form.topic.data,
            seen_version=parse_whole_number(form.row_version.data),
        )
    return done(url_for("chat.room", room_id=room_id))


@blueprint.post("/rooms/<int:room_id>/favourite")
def set_favourite(room_id: int) -> Response:
    """Pin a room to the top of one's list, or unpin it."""
    rooms.set_favourite(me(), access.find_room(me(), room_id).room, request.form.get("is_favourite") == "1")
    return done(url_for("chat.room", room_id=room_id))


@blueprint.post("/rooms/<int:room_id>/archive")
def archive_room(room_id: int) -> Response:
    """Make the room read only."""
    rooms.archive_room(me(), access.find_room(me(), room_id).room)
    return done(url_for("chat.room", room_id=room_id))


@blueprint.post("/rooms/<int:room_id>/reopen")
def reopen_room(room_id: int) -> Response:
    """Take the room out of the archive."""
    rooms.reopen_room(me(), access.find_room(me(), room_id).room)
    return done(url_for("chat.room", room_id=room_id))


@blueprint.get("/rooms/<int:room_id>/delete")
def ask_delete(room_id: int) -> Response:
    """Ask before deleting a room, with the consequence in numbers."""
    return room_dialog(
        "chat/delete.html",
        access.find_room(me(), room_id),
        back=url_for("chat.room", room_id=room_id),
    )


@blueprint.post("/rooms/<int:room_id>/delete")
def delete_room(room_id: int) -> Response:
    """Put the room into the trash."""
    rooms.delete_room(me(), access.find_room(me(), room_id).room)
    return done(url_for("chat.home"))


@blueprint.post("/rooms/<int:room_id>/copy")
def clone_room(room_id: int) -> Response:
    """Make a room like this one, without what was said in it."""
    copy = rooms.clone_room(me(), access.find_room(me(), room_id).room)
    return done(url_for("chat.room", room_id=copy.id))


def _settings(room_access: access.RoomAccess, form: SettingsForm, status: int = 200) -> Response:
    back = url_for("chat.room", room_id=room_access.room.id)
    return room_dialog("chat/settings.html", room_access, status, settings=form, back=back)
