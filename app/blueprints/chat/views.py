"""Pages and pieces of the conversation. Whatever the socket sends can be fetched here again."""

from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from flask import Blueprint, Response, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from app.blueprints.access_control import me
from app.blueprints.chat.forms import MessageForm
from app.blueprints.chat.frame import chat_dialog, frame
from app.blueprints.errors import tell, wants_json
from app.blueprints.forms import refusals_to
from app.errors import Forbidden, NotFound, Refusal, ServiceStopped
from app.htmx import page, see_other, target_id, wants_dialog, wants_fragment
from app.limits import count_message
from app.models import RoomState
from app.operations.messages import post_message
from app.queries import messages as conversation
from app.queries import messages as message_queries
from app.queries.rooms import listing
from app.rules import rooms as room_rules
from app.rules.rights import Right, access

blueprint = Blueprint("chat", __name__, url_prefix="/webmail")

# Above this many unread messages a room opens where reading stopped, below it at its end.
MANY_UNREAD = 40
LARGEST = 2**63 - 1


@dataclass(frozen=True)
class ReaderRights:
    """Rights of the reader in the room on the screen, as far as the page depends on them."""

    may_read: bool
    may_write: bool
    may_modify: bool
    may_delete: bool
    is_archived: bool


@blueprint.errorhandler(ServiceStopped)
def show_stopped(stopped: ServiceStopped) -> BaseResponse:
    """Show the frame with a notice that comes back by itself; pieces of a page are refused as usual."""
    if wants_fragment() or wants_json() or request.method != "GET":
        return tell(stopped)
    return page("chat/stopped.html", status=stopped.status, **frame())


@blueprint.get("/")
def home() -> Response:
    """Show the list of rooms, and what to do next. Fragment: content."""
    return page("chat/home.html", blocks=("content",), **frame())


@blueprint.get("/rooms")
def room_list() -> Response:
    """Show the list of rooms again. Fragment: room_list."""
    return page("chat/home.html", blocks=("room_list",), **frame())


@blueprint.get("/rooms/<int:room_id>")
def room(room_id: int) -> Response:
    """Show a room with its newest messages, or around `?at=<seq>`.

    Fragments: content, panel (nothing beside it).
    """
    return _room_page(room_id, MessageForm(formdata=None, client_id=str(uuid4())))


@blueprint.post("/rooms/<int:room_id>/messages")
def send_message(room_id: int) -> Response:
    """Post a message without the socket, where no scripts run."""
    form = MessageForm()
    access.find_room(me(), room_id)
    with refusals_to(partial(_refused, room_id, form)):
        count_message(me().id)
        post_message(me(), room_id, form.body.data, client_id=form.client_id.data or None)
    return see_other(url_for("chat.room", room_id=room_id, _anchor="composer"))


@blueprint.get("/rooms/<int:room_id>/messages")
def messages(room_id: int) -> str:
    """Show a piece of the conversation: `before=`, `after=` or `around=` a place, or what changed since `changes=`.

    Its element says what it holds: data-last-seq, data-last-change (heads of the room when it was made, or
    where a list of changes that goes on has stopped), data-has-before, data-has-after.
    """
    room_access = _readable(room_id)
    piece = _piece(room_access)
    return render_template(
        "chat/messages.html",
        piece=piece,
        last_seq=room_access.room.last_seq,
        last_change=_change(room_access, piece),
    )


@blueprint.get("/rooms/<int:room_id>/messages/<int:message_id>")
def message(room_id: int, message_id: int) -> str:
    """One message as it is now."""
    room_access = _readable(room_id)
    return render_template("chat/message.html", message=_message(room_access, message_id))


@blueprint.get("/rooms/<int:room_id>/messages/<int:message_id>/source")
def source(room_id: int, message_id: int) -> Response:
    """Show what the author typed, for whoever may edit it."""
    room_access = _readable(room_id)
    message = _message(room_access, message_id)
    if message.author_id != me().id:
        access.require(me(), Right.ITEMS_MODIFY, room_id)
        _require_shown_whole(message)
    body = conversation.source(room_id, message_id)
    if body is None:
        raise NotFound()
    return Response(body, mimetype="text/plain")


def _refused(room_id: int, form: MessageForm, status: int, problem: Refusal) -> Response:
    form.body.errors = [*form.body.errors, problem.sentence]
    return _room_page(room_id, form, status)


def _room_page(room_id: int, form: MessageForm, status: int = 200) -> Response:
    room_access = access.find_room(me(), room_id)
    if not room_access.rights & Right.ITEMS_READ:
        return page("chat/closed.html", blocks=("content",), status=403, room=room_access.room, **frame())
    return page(
        "chat/room.html",
        blocks=("content", "panel"),
        status=status,
        **room_context(room_access, form),
        **frame(),
    )


def room_dialog(template: str, room_access: access.RoomAccess, status: int = 200, **context) -> Response:
    """Show a dialog about a room, or the page of the room with it in the panel."""
    is_part = wants_dialog() or target_id() in context.get("blocks", ())
    around = {"room": room_access.room, "seen": room_access} if is_part else room_context(room_access)
    return chat_dialog(template, status, layout="chat/panel.html", **{**around, **context})


def room_context(room_access: access.RoomAccess, form: MessageForm | None = None) -> dict:
    """Return what the page of a room shows of it."""
    last_read = message_queries.last_read(me(), room_access.room.id)
    return {
        "room": room_access.room,
        "room_title": listing.title_of(me(), room_access.room),
        "seen": room_access,
        "standing": _standing(room_access),
        "may": _running(room_access),
        "last_read": last_read,
        "at": _place("at"),
        "piece": _first_piece(room_access, last_read),
        "form": form or MessageForm(formdata=None, client_id=str(uuid4())),
    }


def _running(room_access: access.RoomAccess) -> dict[str, bool]:
    """Return what a person may do with the room itself; an archived one is brought back by who could archive it."""
    archived = room_access.room.state is RoomState.ARCHIVED
    rights = access.rights_if_active(me(), room_access.room) if archived else room_access.rights
    return {
        "rename": bool(room_access.rights & Right.FOLDER_RENAME),
        "administer": bool(room_access.rights & Right.ADMINISTRATION_ADMINISTER),
        "copy": bool(
            room_access.rights
            & (Right.ADMINISTRATION_ADMINISTER if room_access.room.folder_id is None else Right.FOLDER_WRITE)
        ),
        "archive": bool(rights & Right.FOLDER_DELETE),
    }


def _standing(room_access: access.RoomAccess) -> ReaderRights:
    return ReaderRights(
        may_read=bool(room_access.rights & Right.ITEMS_READ),
        may_write=bool(room_access.rights & Right.ITEMS_WRITE),
        may_modify=bool(room_access.rights & Right.ITEMS_MODIFY),
        may_delete=bool(room_access.rights & Right.ITEMS_DELETE),
        is_archived=room_access.room.state is RoomState.ARCHIVED,
    )


def _readable(room_id: int) -> access.RoomAccess:
    """Return a room whose conversation the person may read. Errors: NotFound, Forbidden, ServiceStopped."""
    room_access = access.find_room(me(), room_id)
    access.require(me(), Right.ITEMS_READ, room_id)
    return room_access


def _first_piece(room_access: access.RoomAccess, last_read: int | None) -> conversation.Slice:
    """Around the place that the address names, else where reading stopped if much has come since, else the end."""
    at, room = _place("at"), room_access.room
    if at is not None:
        return _shown(room_access, conversation.around, at)
    if last_read is not None and room.last_seq - last_read > MANY_UNREAD:
        return _shown(room_access, conversation.around, last_read)
    return _shown(room_access, conversation.latest)


def _piece(room_access: access.RoomAccess) -> conversation.Slice:
    positions = {
        "before": conversation.before,
        "after": conversation.after,
        "around": conversation.around,
        "changes": conversation.changes,
    }
    for name, read_slice in positions.items():
        place = _place(name)
        if place is not None:
            return _shown(room_access, read_slice, place)
    return _shown(room_access, conversation.latest)


def _shown(room_access: access.RoomAccess, read_slice, *place) -> conversation.Slice:
    """Return a piece of a room's conversation, as far back as the person may read, and with whom they may see."""
    piece = read_slice(room_access.room.id, *place, history_start=_history_start(room_access))
    return message_queries.piece_for(me(), room_access.room, piece)


def _history_start(room_access: access.RoomAccess) -> int:
    return room_rules.history_starts(me(), [room_access.room.id]).get(room_access.room.id, 0)


def _change(room_access: access.RoomAccess, piece: conversation.Slice) -> int:
    """Up to which change of the room this piece is complete: the head was read before the piece was."""
    if _place("changes") is not None and piece.has_after:
        return piece.messages[-1].change_no
    return room_access.room.last_change


def _place(name: str) -> int | None:
    """Return a place from the address; what is no place is left out."""
    place = request.args.get(name, type=int)
    return place if place is not None and 0 <= place <= LARGEST else None


def _message(room_access: access.RoomAccess, message_id: int) -> conversation.MessageView:
    message = conversation.message_view(
        room_access.room.id, message_id, history_start=_history_start(room_access)
    )
    if message is None:
        raise NotFound()
    return message_queries.message_for(me(), room_access.room, message)


def _require_shown_whole(message: conversation.MessageView) -> None:
    """Refuse the text as typed where it names people that a guest may not see."""
    if me().is_guest and message_queries.hides_somebody(message):
        raise Forbidden()
