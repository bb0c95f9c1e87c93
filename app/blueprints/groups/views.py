"""A domain's groups, and a group's own page."""

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.blueprints import creation, lists, trail
from app.blueprints.features import Question
from app.blueprints.forms import put_refusal
from app.blueprints.gate import me
from app.blueprints.groups.forms import GroupForm, NewGroupForm, values_of, wanted
from app.blueprints.lists import Column, Empty, Filter, ListPage
from app.errors import Conflict, Refusal
from app.htmx import page, see_other
from app.models import Group
from app.operations import bulk
from app.operations import groups as verbs
from app.queries import directory
from app.queries import trail as questions
from app.queries.directory import groups as listed
from app.rules import addresses, policies, scope

blueprint = Blueprint("groups", __name__, url_prefix="/admin")

FILTERS = (
    Filter(
        *("teamchat", _l("With or without TeamChat")),
        {"on": _l("With TeamChat"), "off": _l("Without TeamChat")},
    ),
)
COLUMNS = (
    Column("name", _l("Name"), is_sorted=True),
    Column("address", _l("Address"), is_sorted=True),
    Column("teamchat", "TeamChat"),
    Column("entries", _l("Entries")),
    Column("rooms", _l("Rooms")),
)
FOLDER_TOO = "folder_too"
HIDE = "hide"


@blueprint.get("/domains/<int:domain_id>/groups")
def index(domain_id: int) -> Response:
    """A domain's groups. Fragments: list."""
    domain = scope.find_domain(me(), domain_id)
    query = lists.list_query(sorts=("name", "address"), filters=listed.FILTERS)
    listing = directory.group_list(domain, query)
    shown = ListPage(
        query,
        listing,
        _("Groups"),
        COLUMNS,
        ngettext("%(num)s group", "%(num)s groups", listing.total),
        placeholder=_("Search by name or address"),
        filters=FILTERS,
        no_match=Empty(_("No group matches."), _("Try fewer or other words.")),
        empty=Empty(
            _("This domain has no group yet."),
            _("A group gathers people around a public folder and chat rooms."),
            "users-group",
            (_("New group"), url_for("groups.create_group", domain=domain.id)),
        ),
        bulk="groups",
        actions=bulk.collection_named("groups").offered(me()),
        scope={"domain": domain.id},
        identify=lambda row: (row.group.id, row.group.name),
        export="exchange.export_groups",
        import_url=url_for("exchange.import_groups", domain=domain.id),
    )
    return page("groups/index.html", blocks=("list",), domain=domain, shown=shown)


@blueprint.route("/groups/new", methods=["GET", "POST"])
def create_group() -> Response:
    """Make a group."""
    form = _new_form()
    if request.method == "GET" or not form.validate():
        return _creation(form, 200 if request.method == "GET" else 422)
    alias = form.alias.data or addresses.suggested_alias(form.name.data)
    try:
        group = verbs.create_group(
            me(), scope.find_domain(me(), form.domain.data), name=form.name.data, alias=alias
        )
    except Refusal as refusal:
        put_refusal(form, refusal)
        return _creation(form, refusal.status)
    text = _("The group %(address)s is created.", address=addresses.readable(group.address))
    if creation.wants_another():
        return creation.created_and_new(_creation(_new_form(group.domain_id)), text)
    return creation.created(url_for("groups.show", group_id=group.id), text)


@blueprint.get("/groups/<int:group_id>/")
def show(group_id: int) -> Response:
    """A group's information, and what it shares."""
    group = scope.find_group(me(), group_id)
    form = GroupForm(formdata=None)
    form.fill(group.row_version, values_of(group))
    return _information(group, form)


@blueprint.post("/groups/<int:group_id>/")
def update_group(group_id: int) -> Response:
    """Save a group. TeamChat without the public folder, and hiding rooms, are asked about first."""
    group = scope.find_group(me(), group_id)
    form = GroupForm()
    if not form.validate():
        return _information(group, form, 422)
    asked = _question(group, form)
    if asked is not None and request.form.get("answer") != asked.answer:
        return _information(group, form, 422, question=asked)
    if asked is not None:
        form.has_public_folder.data |= asked.answer == FOLDER_TOO
        form.teamchat.data = asked.answer == FOLDER_TOO
    return _saved(group, form)


@blueprint.get("/groups/<int:group_id>/history")
def history(group_id: int) -> Response:
    """What was done to a group. Fragments: list."""
    group = scope.find_group(me(), group_id)
    found = questions.history("group", group.id, request.args.get("cursor"))
    return page("groups/history.html", blocks=("list",), group=group, history=found, trail=trail, lists=lists)


def _saved(group: Group, form: GroupForm) -> Response:
    try:
        verbs.update_group(me(), group, wanted(form), form.seen_version)
    except Conflict:
        group = scope.find_group(me(), group.id)
        return _information(group, form, 422, theirs=form.meet(group.row_version, values_of(group)))
    except Refusal as refusal:
        put_refusal(form, refusal)
        return _information(group, form, refusal.status)
    return see_other(url_for("groups.show", group_id=group.id), toast=_("Saved."))


def _question(group: Group, form: GroupForm) -> Question | None:
    """What has to be asked: the folder too, or what is hidden, in numbers."""
    has_folder, wants_teamchat = form.has_public_folder.data, form.teamchat.data
    if wants_teamchat and not has_folder and not group.has_teamchat:
        text = _("TeamChat needs the public folder. Create it too?")
        return Question(text, FOLDER_TOO, _("Create the folder and enable TeamChat"), is_destructive=False)
    if group.has_teamchat and not (wants_teamchat and has_folder):
        return Question(_consequence(group), HIDE, _("Disable TeamChat"), is_destructive=True)
    return None


def _consequence(group: Group) -> str:
    rooms = ngettext(
        "%(num)s room of this group is hidden and kept: it comes back when TeamChat is enabled again.",
        "%(num)s rooms of this group are hidden and kept: they come back when TeamChat is enabled again.",
        directory.room_count(group),
    )
    count = directory.effective_count(group)
    people = ngettext("%(num)s person loses sight of it.", "%(num)s people lose sight of it.", count)
    return f"{rooms} {people}" if count else rooms


def _new_form(domain_id: int | None = None) -> NewGroupForm:
    """What was sent; else an empty form, for the domain one comes from, else for one's own."""
    if request.method == "POST" and domain_id is None:
        form = NewGroupForm()
    else:
        form = NewGroupForm(formdata=None)
        form.domain.data = domain_id or request.args.get("domain", type=int) or me().domain_id
    form.domain.choices = creation.domain_choices()
    return form


def _creation(form: NewGroupForm, status: int = 200) -> Response:
    back = url_for("groups.index", domain_id=form.domain.data or me().domain_id)
    return creation.creation_page("groups/new.html", form, back=back, status=status)


def _information(group: Group, form: GroupForm, status: int = 200, **context) -> Response:
    return page(
        "groups/show.html",
        status=status,
        group=group,
        form=form,
        room_count=directory.room_count(group),
        domain_has_teamchat=policies.own(group.domain, policies.Feature.TEAMCHAT),
        is_unsaved=status != 200,
        last_change=questions.last_change("group", group.id) if context.get("theirs") else None,
        **context,
    )
