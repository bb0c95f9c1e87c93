"""A group's members, and the picker that adds them."""

from functools import partial

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.blueprints import lists, picker
from app.blueprints.access_control import me
from app.blueprints.dialogs import dialog, done
from app.blueprints.forms import refusals_to
from app.blueprints.groups.views import blueprint
from app.blueprints.lists import Column, Empty, Filter, ListPage
from app.errors import NotFound
from app.htmx import page
from app.models import EntryKind, Group
from app.operations import groups
from app.queries.domains import domains_of
from app.queries.groups.members import (
    Candidate,
    chosen_candidates,
    effective_member_count,
    entry_row,
    member_candidates,
    member_list,
)
from app.rules.accounts.addresses import readable
from app.rules.rights import scope

# What an entry can be, as people call it.
KINDS = {EntryKind.ACCOUNT: _l("Account"), EntryKind.DOMAIN: _l("Whole domain"), EntryKind.GROUP: _l("Group")}

COLUMNS = (
    Column("name", _l("Name")),
    Column("kind", _l("Kind")),
    Column("people", _l("People")),
    Column("since", _l("Since")),
    Column("actions", ""),
)


@blueprint.get("/groups/<int:group_id>/members")
def members(group_id: int) -> Response:
    """Show the member list. Fragments: list."""
    group = scope.find_group(me(), group_id)
    query = lists.list_query(filters={"kind": EntryKind})
    listing, people = member_list(group, query), effective_member_count(group)
    summary = ngettext("%(num)s entry", "%(num)s entries", listing.total)
    if not query.is_filtered:
        members = ngettext("%(num)s effective member", "%(num)s effective members", people)
        summary = f"{summary} · {members}"
    shown = ListPage(
        query,
        listing,
        _("Members"),
        COLUMNS,
        summary,
        placeholder=_("Search by name or address"),
        filters=(Filter("kind", _("All kinds"), KINDS),),
        no_match=Empty(_("No entry matches."), _("Try fewer or other words, or remove the filters.")),
        empty=Empty(
            _("This group has no members yet."),
            _("Members see the group and its rooms as soon as they are added. Others do not see it."),
            "users-plus",
            (_("Add members"), url_for("groups.choose_members", group_id=group.id)),
            is_dialog=True,
        ),
        refresh="",
    )
    return page(
        "groups/members.html",
        blocks=("list",),
        group=group,
        shown=shown,
        kinds=KINDS,
        is_server_wide=scope.is_server_wide(me()),
    )


@blueprint.get("/groups/<int:group_id>/members/add")
def choose_members(group_id: int) -> Response:
    """Show the picker. What is chosen goes along while one searches. Fragments: dialog, candidates."""
    return _picker(scope.find_group(me(), group_id))


@blueprint.post("/groups/<int:group_id>/members/add")
def add_members(group_id: int) -> Response:
    """Add what was chosen."""
    group = scope.find_group(me(), group_id)
    principals = picker.chosen_principals()
    with refusals_to(partial(_picker, group)):
        count = groups.add_members(me(), group, principals)
    text = ngettext("%(num)s member added.", "%(num)s members added.", count)
    return done(url_for("groups.members", group_id=group.id), text)


@blueprint.route("/groups/<int:group_id>/members/<int:entry_id>/remove", methods=["GET", "POST"])
def remove_member(group_id: int, entry_id: int) -> Response:
    """Take an entry out; first say how many people lose the rooms."""
    group = scope.find_group(me(), group_id)
    if request.method == "GET":
        return _removal(group, entry_id)
    name = groups.remove_member(me(), group, entry_id)
    text = _("%(name)s is no longer a member.", name=readable(name))
    return done(url_for("groups.members", group_id=group.id), text)


def _picker(group: Group, status: int = 200, problem=None) -> Response:
    kind, search = picker.kind_asked(), picker.search_asked()
    domain = scope.find_domain(me(), request.values.get("domain", group.domain_id, type=int))
    candidates, has_more = member_candidates(me(), group, kind, search, domain)
    chosen = [_choice(candidate) for candidate in chosen_candidates(me(), picker.chosen_principals())]
    shown = picker.Picker(
        frame="groups",
        id="picker",
        title=_("Add members to %(address)s", address=readable(group.address)),
        section=_("Add members"),
        here=url_for("groups.choose_members", group_id=group.id),
        back=url_for("groups.members", group_id=group.id),
        chosen=chosen,
        found=picker.not_chosen([_choice(candidate) for candidate in candidates], chosen),
        has_more=has_more,
        domains=domains_of(me()) if scope.is_server_wide(me()) else [group.domain],
        domain=domain,
        search=search,
        kind=kind,
    )
    return shown.show(status, problem, group=group)


def _choice(candidate: Candidate) -> picker.PickerChoice:
    is_member = _("is a member") if candidate.is_in else ""
    return picker.choice(
        candidate, note=is_member or (_("contains this group") if candidate.is_circle else "")
    )


def _removal(group: Group, entry_id: int) -> Response:
    entry = entry_row(group, entry_id)
    if entry is None:
        raise NotFound()
    back = url_for("groups.members", group_id=group.id)
    return dialog("groups/remove_member.html", back=back, group=group, row=entry)
