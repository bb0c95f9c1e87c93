"""Créer salle, and direct conversations."""

from flask import Response, request, url_for
from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from app.blueprints.chat.forms import RoomForm
from app.blueprints.chat.frame import frame
from app.blueprints.chat.views import blueprint
from app.blueprints.forms import put_refusal
from app.blueprints.gate import me
from app.errors import Forbidden, Refusal
from app.htmx import page, see_other, wants_fragment
from app.models import RoomKind
from app.operations import rooms as verbs
from app.queries import places
from app.queries import room_people as people


@blueprint.get("/rooms/new")
def new_room() -> Response:
    """The dialog *Créer salle*; ?place= chooses where. Fragment: dialog."""
    _require_account()
    form = _form(formdata=None)
    form.place.data = request.args.get("place") or "private"
    return _dialog(form)


@blueprint.post("/rooms/new")
def create_room() -> Response:
    """Make a room: public in a group, private in a group, or private of one's own."""
    form = _form()
    if not form.validate():
        return _dialog(form, 422)
    kind, _colon, group = form.place.data.partition(":")
    try:
        room = verbs.create_room(
            me(),
            RoomKind(kind),
            form.name.data,
            group_id=int(group) if group else None,
            topic=form.topic.data,
        )
    except Refusal as refusal:
        put_refusal(form, refusal)
        return _dialog(form, 422)
    return _go_to(room)


@blueprint.get("/direct")
def new_direct() -> Response:
    """Choose with whom to talk. Fragments: dialog, candidates."""
    return _direct()


@blueprint.post("/direct")
def open_direct() -> Response:
    """Open the conversation of the chosen people."""
    try:
        room = verbs.open_direct(me(), request.form.getlist("people", type=int))
    except Refusal as refusal:
        return _direct(refusal)
    return _go_to(room)


def _require_account() -> None:
    """Guests make no rooms."""
    if me().is_guest:
        raise Forbidden()


def _go_to(room) -> Response:
    """The room, as a whole page: the list has a new entry, the dialog closes."""
    url = url_for("chat.room", room_id=room.id)
    return Response(status=204, headers={"HX-Redirect": url}) if wants_fragment() else see_other(url)


def _form(**values) -> RoomForm:
    form = RoomForm(**values)
    choices = [SelectChoice("private", _("Private: only people you add see that it exists"))]
    for place in places.groups_of(me()):
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


def _dialog(form: RoomForm, status: int = 200) -> Response:
    return page(
        "chat/new_room.html",
        blocks=("dialog",),
        status=status,
        form=form,
        **frame(),
    )


def _direct(refusal: Refusal | None = None) -> Response:
    _require_account()
    search = request.values.get("q", "")
    chosen = request.values.getlist("people", type=int)
    return page(
        "chat/direct.html",
        blocks=("dialog", "candidates"),
        status=422 if refusal else 200,
        refusal=refusal,
        search=search,
        picked=chosen,
        candidates=people.candidates(me(), None, search, keep=chosen),
        **frame(),
    )
