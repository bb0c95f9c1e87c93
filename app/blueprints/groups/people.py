"""People of a group: list, exclusions, entries replaced by their accounts, pasted addresses."""

from functools import partial

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints import lists
from app.blueprints.access_control import me
from app.blueprints.dialogs import dialog, done
from app.blueprints.forms import refusals_to
from app.blueprints.groups.views import blueprint
from app.errors import Invalid, NotFound
from app.htmx import page, see_other
from app.models import EntryKind, Group
from app.operations import groups
from app.queries.groups.listing import room_count
from app.queries.groups.members import effective_member_count, entry_row
from app.queries.groups.people import exclusions, find_member, people_of_group
from app.rules.accounts.addresses import readable
from app.rules.rights import scope


@blueprint.get("/groups/<int:group_id>/members/people")
def member_people(group_id: int) -> Response:
    """Everybody who is in a group, each once. Fragments: list."""
    group = scope.find_group(me(), group_id)
    search = request.args.get("q", "").strip()[: lists.LONGEST_SEARCH]
    page_of_people = people_of_group(group, search, request.args.get("cursor"))
    return page(
        "groups/people.html",
        blocks=("list",),
        group=group,
        rows=page_of_people.rows,
        search=search,
        people=effective_member_count(group),
        next_url=lists.next_address(page_of_people),
        previous_url=lists.previous_address(page_of_people),
    )


@blueprint.get("/groups/<int:group_id>/members/excluded")
def excluded_members(group_id: int) -> Response:
    """Show who is kept out of a group. Fragments: list."""
    group = scope.find_group(me(), group_id)
    page_of_people, total = exclusions(group, request.args.get("cursor"))
    return page(
        "groups/excluded.html",
        blocks=("list",),
        group=group,
        rows=page_of_people.rows,
        total=total,
        next_url=lists.next_address(page_of_people),
        previous_url=lists.previous_address(page_of_people),
    )


@blueprint.route("/groups/<int:group_id>/members/people/<int:account_id>/exclude", methods=["GET", "POST"])
def exclude_member(group_id: int, account_id: int) -> Response:
    """Exclude a person; ask first, with the consequence."""
    group = scope.find_group(me(), group_id)
    if request.method == "GET":
        return _keeping_out(group, account_id)
    address = groups.exclude_person(me(), group, account_id)
    text = _("%(name)s is kept out of the group.", name=readable(address))
    return done(url_for("groups.member_people", group_id=group.id), text)


@blueprint.post("/groups/<int:group_id>/members/people/<int:account_id>/include")
def include_member(group_id: int, account_id: int) -> Response:
    """Include an excluded person again."""
    group = scope.find_group(me(), group_id)
    address = groups.include_person(me(), group, account_id)
    text = _("%(name)s is no longer kept out.", name=readable(address))
    return see_other(url_for("groups.excluded_members", group_id=group.id), toast=text)


@blueprint.route("/groups/<int:group_id>/members/<int:entry_id>/detach", methods=["GET", "POST"])
def detach_member(group_id: int, entry_id: int) -> Response:
    """Turn an entry into its people; first say how many they are."""
    group = scope.find_group(me(), group_id)
    if request.method == "GET":
        return _detaching(group, entry_id)
    with refusals_to(partial(_detaching, group, entry_id), only=Invalid):
        count = groups.detach_member(me(), group, entry_id)
    text = ngettext(
        "The entry was replaced by %(num)s person.", "The entry was replaced by %(num)s people.", count
    )
    return done(url_for("groups.members", group_id=group.id), text)


@blueprint.route("/groups/<int:group_id>/members/paste", methods=["GET", "POST"])
def paste_members(group_id: int) -> Response:
    """Add members by a list of addresses; all of them, or none."""
    group = scope.find_group(me(), group_id)
    if request.method == "GET":
        return _pasting(group)
    with refusals_to(partial(_pasting, group)):
        count = groups.add_addresses(me(), group, request.form.get("addresses", ""))
    text = ngettext("%(num)s member added.", "%(num)s members added.", count)
    return done(url_for("groups.members", group_id=group.id), text)


def _keeping_out(group: Group, account_id: int) -> Response:
    person, rooms = find_member(group, account_id), room_count(group)
    lost = ngettext(
        "%(name)s loses %(num)s room of this group at once, in open windows too.",
        "%(name)s loses the %(num)s rooms of this group at once, in open windows too.",
        rooms,
        name=person.name,
    )
    kept = _(
        "No entry brings them in again, until you let them in under Kept out. What they have written stays."
    )
    return dialog(
        "directory/consequence.html",
        layout="groups/frame.html",
        back=url_for("groups.member_people", group_id=group.id),
        group=group,
        title=_("Keep %(name)s out?", name=person.name),
        consequence=lost,
        remedy=kept,
        confirm_label=_("Keep out"),
    )


def _detaching(group: Group, entry_id: int, status: int = 200, problem=None) -> Response:
    entry = entry_row(group, entry_id)
    if entry is None or entry.entry.kind is EntryKind.ACCOUNT:
        raise NotFound()
    back = url_for("groups.members", group_id=group.id)
    return dialog("groups/detach.html", status, back=back, group=group, row=entry, problem=problem)


def _pasting(group: Group, status: int = 200, problem=None) -> Response:
    return dialog(
        "groups/paste.html",
        status,
        back=url_for("groups.members", group_id=group.id),
        group=group,
        problem=problem,
        lines=problem.lines if isinstance(problem, groups.UnknownAddresses) else (),
        pasted=request.form.get("addresses", ""),
    )
