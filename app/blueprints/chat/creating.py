"""Créer salle, and direct conversations."""

from functools import partial

from flask import Response, request, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from app.blueprints.access_control import me
from app.blueprints.chat.forms import ChatRoomForm
from app.blueprints.chat.frame import chat_dialog
from app.blueprints.chat.views import blueprint
from app.blueprints.dialogs import done
from app.blueprints.forms import refusals_to, submission
from app.errors import Forbidden
from app.models import RoomKind
from app.operations import rooms
from app.queries.rooms import listing, people


@blueprint.get("/rooms/new")
def new_room() -> Response:
    """Show the dialog *Créer salle*; ?place= chooses where. Fragment: dialog."""
    _require_account()
    form = _form(formdata=None)
    form.place.data = request.args.get("place") or "private"
    return _dialog(form)


@blueprint.post("/rooms/new")
def create_room() -> Response:
    """Make a room: public in a group, private in a group, or private of one's own."""
    form = _form()
    with submission(form, partial(_dialog, form), status=422):
        kind, _colon, group = form.place.data.partition(":")
        room = rooms.create_room(
            me(),
            RoomKind(kind),
            form.name.data,
            group_id=int(group) if group else None,
            topic=form.topic.data,
        )
    return done(url_for("chat.room", room_id=room.id))


@blueprint.get("/direct")
def new_direct() -> Response:
    """Choose with whom to talk. Fragments: dialog, candidates."""
    return _direct()


@blueprint.post("/direct")
def open_direct() -> Response:
    """Open the conversation of the chosen people."""
    with refusals_to(_direct, status=422):
        room = rooms.open_direct(me(), request.form.getlist("people", type=int))
    return done(url_for("chat.room", room_id=room.id))


def _require_account() -> None:
    """Guests make no rooms."""
    if me().is_guest:
        raise Forbidden()


def _form(**values) -> ChatRoomForm:
    form = ChatRoomForm(**values)
    choices = [SelectChoice("private", _("Private: only people you add see that it exists"))]
    for place in listing.groups_of(me()):
        name = place.group.name
        if place.may_make_public:
            choices.append(
                SelectChoice(f"public:{place.group.id}", _("Public, for everybody in %(group)s", group=name))
            )
        choices.append(
            SelectChoice(f"private:{place.group.id}", _("Private, listed under %(group)s", group=name))
        )
    form.place.choices = choices
    return form


def _dialog(form: ChatRoomForm, status: int = 200) -> Response:
    return chat_dialog(
        "chat/new_room.html", status, form=form, layout="chat/card.html", back=url_for("chat.home")
    )


def _direct(status: int = 200, problem=None) -> Response:
    _require_account()
    search = request.values.get("q", "")
    chosen = request.values.getlist("people", type=int)
    return chat_dialog(
        "chat/direct.html",
        status,
        blocks=("candidates",),
        layout="chat/card.html",
        back=url_for("chat.home"),
        send_url=url_for("chat.open_direct"),
        choose_url=url_for("chat.new_direct"),
        problem=problem,
        search=search,
        picked=chosen,
        candidates=people.candidates(me(), None, search, keep=chosen),
    )
