"""The rooms of a group, the private rooms of a domain, and a room's own page."""

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.blueprints import creation, lists
from app.blueprints.forms import put_refusal
from app.blueprints.gate import me
from app.blueprints.lists import Column, Empty, ListPage
from app.blueprints.rooms.forms import NewRoomForm, RoomForm, values_of
from app.errors import Conflict, NotFound, Refusal
from app.htmx import page, see_other
from app.models import Domain, Group, Room, RoomKind
from app.operations import rooms as verbs
from app.queries import directory
from app.rules import scope

blueprint = Blueprint("rooms", __name__, url_prefix="/admin")

STATES = ("active", "archived", "deleted")
COLUMNS = (
    Column("name", _l("Name")),
    Column("kind", _l("Kind")),
    Column("state", _l("State")),
    Column("people", _l("People")),
    Column("owner", _l("Owner")),
)


@blueprint.get("/groups/<int:group_id>/rooms")
def index(group_id: int) -> Response:
    """A group's rooms. Fragments: list."""
    group = scope.find_group(me(), group_id)
    return page("rooms/index.html", blocks=("list",), group=group, shown=_list(group), lists=lists)


@blueprint.get("/domains/<int:domain_id>/rooms")
def private_rooms(domain_id: int) -> Response:
    """The private rooms that a domain's accounts own. Fragments: list."""
    domain = scope.find_domain(me(), domain_id)
    return page("rooms/private.html", blocks=("list",), domain=domain, shown=_list(domain), lists=lists)


def _list(place: Group | Domain) -> ListPage:
    query = lists.list_query(filters={"state": STATES})
    listing = directory.room_list(place, query)
    return ListPage(
        query,
        listing,
        _("Rooms"),
        COLUMNS,
        ngettext("%(num)s room", "%(num)s rooms", listing.total),
        no_match=Empty(_("No room matches.")),
        empty=Empty(_("There is no room here."), icon="messages"),
        refresh="",
        table_class="table-stack table-links",
    )


@blueprint.route("/groups/<int:group_id>/rooms/new", methods=["GET", "POST"])
def create_room(group_id: int) -> Response:
    """Make a public room in a group."""
    group = scope.find_group(me(), group_id)
    form = NewRoomForm()
    back = url_for("rooms.index", group_id=group.id)
    if request.method == "GET" or not form.validate():
        status = 200 if request.method == "GET" else 422
        return creation.creation_page("rooms/new.html", form, back=back, status=status)
    try:
        room = verbs.create_room(
            me(), RoomKind.PUBLIC, form.name.data, group_id=group.id, topic=form.topic.data
        )
    except Refusal as refusal:
        put_refusal(form, refusal)
        return creation.creation_page("rooms/new.html", form, back=back, status=refusal.status)
    text = _("The room %(name)s is created.", name=room.name)
    if creation.wants_another():
        empty = creation.creation_page("rooms/new.html", NewRoomForm(formdata=None), back=back)
        return creation.created_and_new(empty, text)
    return creation.created(back, text)


@blueprint.get("/rooms/<int:room_id>/")
def show(room_id: int) -> Response:
    """A room: its name and topic, its state, who is in it in numbers."""
    room = directory.find_room(me(), room_id)
    form = RoomForm(formdata=None)
    form.fill(room.row_version, values_of(room))
    return shown(room, form)


@blueprint.post("/rooms/<int:room_id>/")
def update_room(room_id: int) -> Response:
    """Save a room's name and topic."""
    room = directory.find_room(me(), room_id)
    form = RoomForm()
    if not form.validate():
        return shown(room, form, 422)
    try:
        verbs.update_room(
            me(), room, name=form.name.data, topic=form.topic.data, seen_version=form.seen_version
        )
    except Conflict:
        room = directory.find_room(me(), room_id)
        return shown(room, form, 422, theirs=form.meet(room.row_version, values_of(room)))
    except NotFound:
        raise
    except Refusal as refusal:
        put_refusal(form, refusal)
        return shown(room, form, refusal.status)
    return see_other(url_for("rooms.show", room_id=room.id), toast=_("Saved."))


def shown(room: Room, form: RoomForm, status: int = 200, **context) -> Response:
    """The page of a room."""
    return page(
        "rooms/show.html",
        status=status,
        room=room,
        form=form,
        people=directory.people_count(room),
        owners=directory.owners_of(room),
        is_unsaved=status != 200,
        back=list_url(room),
        **context,
    )


def list_url(room: Room) -> str:
    """The list a room stands in."""
    if room.group_id:
        return url_for("rooms.index", group_id=room.group_id)
    return url_for("rooms.private_rooms", domain_id=directory.domain_id_of(room) or me().domain_id)
