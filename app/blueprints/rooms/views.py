"""The rooms of a group, the private rooms of a domain, and a room's own page."""

from functools import partial

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.blueprints import lists
from app.blueprints.access_control import me
from app.blueprints.dialogs import created, dialog
from app.blueprints.forms import submission
from app.blueprints.lists import Column, Empty, ListPage
from app.blueprints.rooms.forms import NewRoomForm, RoomForm, values_of
from app.errors import NotFound
from app.htmx import page, see_other
from app.models import Domain, Group, Room, RoomKind
from app.operations import rooms
from app.queries.rooms.listing import (
    find_managed_room,
    managed_rooms,
    owner_names,
    private_room_domain_id,
    room_people_count,
)
from app.rules.rights import scope

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
    """Show a group's rooms. Fragments: list."""
    group = scope.find_group(me(), group_id)
    return page("rooms/index.html", blocks=("list",), group=group, shown=_list(group), lists=lists)


@blueprint.get("/domains/<int:domain_id>/rooms")
def private_rooms(domain_id: int) -> Response:
    """Show the private rooms that a domain's accounts own. Fragments: list."""
    domain = scope.find_domain(me(), domain_id)
    return page("rooms/private.html", blocks=("list",), domain=domain, shown=_list(domain), lists=lists)


def _list(place: Group | Domain) -> ListPage:
    query = lists.list_query(filters={"state": STATES})
    listing = managed_rooms(place, query)
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
    """Create a public room in a group."""
    group = scope.find_group(me(), group_id)
    form = NewRoomForm()
    show = partial(dialog, "rooms/new.html", back=url_for("rooms.index", group_id=group.id))
    if request.method == "GET":
        return show(form=form)
    with submission(form, partial(show, form=form)):
        room = rooms.create_room(
            me(), RoomKind.PUBLIC, form.name.data, group_id=group.id, topic=form.topic.data
        )
    text = _("The room %(name)s is created.", name=room.name)
    empty = partial(show, form=NewRoomForm(formdata=None))
    return created(url_for("rooms.index", group_id=group.id), text, empty=empty)


@blueprint.get("/rooms/<int:room_id>/")
def show(room_id: int) -> Response:
    """Show a room: its name and topic, its state, who is in it in numbers."""
    room = find_managed_room(me(), room_id)
    form = RoomForm(formdata=None)
    form.fill(*_current(room))
    return shown(room, form)


@blueprint.post("/rooms/<int:room_id>/")
def update_room(room_id: int) -> Response:
    """Save a room's name and topic."""
    room = find_managed_room(me(), room_id)
    form = RoomForm()
    with submission(form, partial(shown, room, form), current=partial(_current, room), passing=NotFound):
        rooms.update_room(
            me(), room, name=form.name.data, topic=form.topic.data, seen_version=form.seen_version
        )
    return see_other(url_for("rooms.show", room_id=room.id), toast=_("Saved."))


def shown(room: Room, form: RoomForm, status: int = 200, **context) -> Response:
    """Return the page of a room."""
    return page(
        "rooms/show.html",
        status=status,
        room=room,
        form=form,
        people=room_people_count(room),
        owners=owner_names(room),
        is_unsaved=status != 200,
        back=list_url(room),
        **context,
    )


def _current(room: Room) -> tuple[int, dict]:
    return room.row_version, values_of(room)


def list_url(room: Room) -> str:
    """Return the list a room stands in."""
    if room.group_id:
        return url_for("rooms.index", group_id=room.group_id)
    return url_for("rooms.private_rooms", domain_id=private_room_domain_id(room) or me().domain_id)
