"""A room's name, topic, archive, trash and copies, and one's own favourites."""

from functools import partial

from flask import Response, request, url_for

from app.blueprints.chat.forms import SettingsForm
from app.blueprints.chat.frame import frame
from app.blueprints.chat.views import blueprint, room_context
from app.blueprints.forms import put_refusal
from app.blueprints.gate import me
from app.errors import Refusal
from app.htmx import page, see_other, wants_fragment
from app.operations import rooms as verbs
from app.rules.rights import Right, access
from app.text.parsing import parse_whole_number


@blueprint.get("/rooms/<int:room_id>/settings")
def room_settings(room_id: int) -> Response:
    """The dialog for name and topic. Fragment: dialog."""
    seen = access.find_room(me(), room_id)
    access.require(me(), Right.FOLDER_RENAME, room_id)
    form = SettingsForm(
        formdata=None, name=seen.room.name, topic=seen.room.topic, row_version=seen.room.row_version
    )
    return _dialog(seen, form)


@blueprint.post("/rooms/<int:room_id>/settings")
def save_settings(room_id: int) -> Response:
    """Save name and topic: both, or neither."""
    seen = access.find_room(me(), room_id)
    form = SettingsForm()
    if not form.validate():
        return _dialog(seen, form, 422)
    try:
        verbs.update_room(
            me(),
            seen.room,
            name=form.name.data,
            topic=form.topic.data,
            seen_version=parse_whole_number(form.row_version.data),
        )
    except Refusal as refusal:
        put_refusal(form, refusal)
        return _dialog(seen, form, 403 if refusal.status == 403 else 422)
    return _go(url_for("chat.room", room_id=room_id))


@blueprint.post("/rooms/<int:room_id>/favourite")
def set_favourite(room_id: int) -> Response:
    """Keep the room at the top of one's list, or no longer."""
    verbs.set_favourite(me(), access.find_room(me(), room_id).room, request.form.get("is_favourite") == "1")
    return _go(url_for("chat.room", room_id=room_id))


@blueprint.post("/rooms/<int:room_id>/archive")
def archive_room(room_id: int) -> Response:
    """Make the room read only."""
    verbs.archive_room(me(), access.find_room(me(), room_id).room)
    return _go(url_for("chat.room", room_id=room_id))


@blueprint.post("/rooms/<int:room_id>/reopen")
def reopen_room(room_id: int) -> Response:
    """Take the room out of the archive."""
    verbs.reopen_room(me(), access.find_room(me(), room_id).room)
    return _go(url_for("chat.room", room_id=room_id))


@blueprint.get("/rooms/<int:room_id>/delete")
def ask_delete(room_id: int) -> Response:
    """What deleting would mean, in numbers. Fragment: dialog."""
    seen = access.find_room(me(), room_id)
    return page(
        "chat/delete.html",
        blocks=("dialog",),
        around=partial(room_context, seen),
        room=seen.room,
        **frame(),
    )


@blueprint.post("/rooms/<int:room_id>/delete")
def delete_room(room_id: int) -> Response:
    """Put the room into the trash."""
    verbs.delete_room(me(), access.find_room(me(), room_id).room)
    return _go(url_for("chat.home"))


@blueprint.post("/rooms/<int:room_id>/copy")
def clone_room(room_id: int) -> Response:
    """Make a room like this one, without what was said in it."""
    copy = verbs.clone_room(me(), access.find_room(me(), room_id).room)
    return _go(url_for("chat.room", room_id=copy.id))


def _dialog(seen: access.RoomAccess, form: SettingsForm, status: int = 200) -> Response:
    return page(
        "chat/settings.html",
        blocks=("dialog",),
        status=status,
        around=partial(room_context, seen),
        room=seen.room,
        settings=form,
        **frame(),
    )


def _go(url: str) -> Response:
    """See the room as it is now: a whole page, since its name stands in the list and in the header."""
    return Response(status=204, headers={"HX-Redirect": url}) if wants_fragment() else see_other(url)
