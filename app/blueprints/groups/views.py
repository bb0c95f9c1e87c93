"""A domain's groups, and a group's own page."""

from functools import partial

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.blueprints import audit_labels, lists
from app.blueprints.access_control import me
from app.blueprints.dialogs import created, dialog, domain_choices
from app.blueprints.features import ChangeQuestion
from app.blueprints.forms import submission
from app.blueprints.groups.forms import GroupForm, NewGroupForm, values_of, wanted
from app.blueprints.lists import Column, Empty, Filter, ListPage
from app.htmx import page, see_other
from app.models import Group
from app.operations import bulk, groups
from app.queries.audit import last_change, object_entries
from app.queries.groups.listing import FILTERS as GROUP_FILTERS
from app.queries.groups.listing import group_list, room_count
from app.queries.groups.members import effective_member_count
from app.rules import domains
from app.rules.accounts import addresses
from app.rules.rights import scope

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
    """Show a domain's groups. Fragments: list."""
    domain = scope.find_domain(me(), domain_id)
    query = lists.list_query(sorts=("name", "address"), filters=GROUP_FILTERS)
    listing = group_list(domain, query)
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
        export="imports.export_groups",
        import_url=url_for("imports.import_groups", domain=domain.id),
    )
    return page("groups/index.html", blocks=("list",), domain=domain, shown=shown)


@blueprint.route("/groups/new", methods=["GET", "POST"])
def create_group() -> Response:
    """Create a group."""
    form = _new_form()
    if request.method == "GET":
        return _creation(form)
    with submission(form, partial(_creation, form)):
        group = groups.create_group(
            me(),
            scope.find_domain(me(), form.domain.data),
            name=form.name.data,
            alias=form.alias.data or addresses.suggested_alias(form.name.data),
        )
    text = _("The group %(address)s is created.", address=addresses.readable(group.address))
    url = url_for("groups.show", group_id=group.id)
    return created(url, text, empty=lambda: _creation(_new_form(group.domain_id)))


@blueprint.get("/groups/<int:group_id>/")
def show(group_id: int) -> Response:
    """Show a group's information, and what it shares."""
    group = scope.find_group(me(), group_id)
    form = GroupForm(formdata=None)
    form.fill(*_current(group))
    return _information(group, form)


@blueprint.post("/groups/<int:group_id>/")
def update_group(group_id: int) -> Response:
    """Save a group, after a confirmation if TeamChat needs the public folder or rooms would be hidden."""
    group = scope.find_group(me(), group_id)
    form = GroupForm()
    with submission(form, partial(_information, group, form), current=partial(_current, group)):
        question = _question(group, form)
        if question is not None and request.form.get("answer") != question.answer:
            return _information(group, form, 422, question=question)
        if question is not None:
            form.has_public_folder.data |= question.answer == FOLDER_TOO
            form.teamchat.data = question.answer == FOLDER_TOO
        groups.update_group(me(), group, wanted(form), form.seen_version)
    return see_other(url_for("groups.show", group_id=group.id), toast=_("Saved."))


@blueprint.get("/groups/<int:group_id>/history")
def history(group_id: int) -> Response:
    """Show what was done to a group. Fragments: list."""
    group = scope.find_group(me(), group_id)
    entries = object_entries("group", group.id, request.args.get("cursor"))
    return page(
        "groups/history.html",
        blocks=("list",),
        group=group,
        history=entries,
        audit_labels=audit_labels,
        lists=lists,
    )


def _current(group: Group) -> tuple[int, dict]:
    return group.row_version, values_of(group)


def _question(group: Group, form: GroupForm) -> ChangeQuestion | None:
    """Return what has to be asked: the folder too, or what is hidden, in numbers."""
    has_folder, wants_teamchat = form.has_public_folder.data, form.teamchat.data
    if wants_teamchat and not has_folder and not group.has_teamchat:
        text = _("TeamChat needs the public folder. Create it too?")
        return ChangeQuestion(
            text, FOLDER_TOO, _("Create the folder and enable TeamChat"), is_destructive=False
        )
    if group.has_teamchat and not (wants_teamchat and has_folder):
        return ChangeQuestion(_consequence(group), HIDE, _("Disable TeamChat"), is_destructive=True)
    return None


def _consequence(group: Group) -> str:
    rooms = ngettext(
        "%(num)s room of this group is hidden and kept: it comes back when TeamChat is enabled again.",
        "%(num)s rooms of this group are hidden and kept: they come back when TeamChat is enabled again.",
        room_count(group),
    )
    count = effective_member_count(group)
    people = ngettext("%(num)s person loses access to it.", "%(num)s people lose access to it.", count)
    return f"{rooms} {people}" if count else rooms


def _new_form(domain_id: int | None = None) -> NewGroupForm:
    """Return the submitted form, else an empty one for the given domain, the one in the URL or the person's own."""
    if request.method == "POST" and domain_id is None:
        form = NewGroupForm()
    else:
        form = NewGroupForm(formdata=None)
        form.domain.data = domain_id or request.args.get("domain", type=int) or me().domain_id
    form.domain.choices = domain_choices()
    return form


def _creation(form: NewGroupForm, status: int = 200) -> Response:
    back = url_for("groups.index", domain_id=form.domain.data or me().domain_id)
    return dialog("groups/new.html", status, form=form, back=back)


def _information(group: Group, form: GroupForm, status: int = 200, **context) -> Response:
    return page(
        "groups/show.html",
        status=status,
        group=group,
        form=form,
        room_count=room_count(group),
        domain_has_teamchat=domains.own_switch(group.domain, domains.Feature.TEAMCHAT),
        is_unsaved=status != 200,
        last_change=last_change("group", group.id) if context.get("theirs") else None,
        **context,
    )
