"""A group's members, and the picker that adds them."""

from functools import partial

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.blueprints import lists
from app.blueprints.dialogs import dialog, done
from app.blueprints.forms import refusals_to
from app.blueprints.gate import me
from app.blueprints.groups.views import blueprint
from app.errors import NotFound
from app.htmx import page, wants_fragment
from app.models import EntryKind, Group
from app.operations import groups
from app.queries import directory
from app.rules import scope
from app.rules.addresses import readable
from app.text.numbers import whole_number

KINDS = {EntryKind.ACCOUNT: _l("Account"), EntryKind.DOMAIN: _l("Whole domain"), EntryKind.GROUP: _l("Group")}
"""What an entry can be, as people call it."""


@blueprint.get("/groups/<int:group_id>/members")
def members(group_id: int) -> Response:
    """The member list. Fragments: list."""
    group = scope.find_group(me(), group_id)
    wish = lists.wish(filters={"kind": EntryKind})
    return page(
        "groups/members.html",
        blocks=("list",),
        group=group,
        shown=lists.Shown(wish, directory.member_list(group, wish)),
        kinds=KINDS,
        filters=[("kind", _("All kinds"), KINDS)],
        people=directory.effective_count(group),
        is_server_wide=scope.is_server_wide(me()),
    )


@blueprint.get("/groups/<int:group_id>/members/add")
def choose_members(group_id: int) -> Response:
    """The picker. What is chosen goes along while one searches. Fragments: dialog, candidates."""
    return _picker(scope.find_group(me(), group_id))


@blueprint.post("/groups/<int:group_id>/members/add")
def add_members(group_id: int) -> Response:
    """Add what was chosen."""
    group = scope.find_group(me(), group_id)
    entries = _chosen()
    with refusals_to(partial(_picker, group)):
        count = groups.add_members(me(), group, entries)
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
    asked = request.values
    kind = EntryKind(asked["kind"]) if asked.get("kind") in set(EntryKind) else EntryKind.ACCOUNT
    domain = scope.find_domain(me(), asked.get("domain", group.domain_id, type=int))
    search = asked.get("q", "")[: lists.LONGEST_SEARCH]
    picked = directory.chosen(me(), _chosen())
    found, has_more = directory.candidates(me(), group, kind, search, domain)
    return page(
        "groups/picker.html",
        blocks=("dialog", "candidates"),
        status=status,
        group=group,
        kind=kind,
        domain=domain,
        domains=directory.domains_of(me()) if scope.is_server_wide(me()) else [group.domain],
        search=search,
        picked=picked,
        found=[one for one in found if (one.kind, one.id) not in {(two.kind, two.id) for two in picked}],
        has_more=has_more,
        problem=problem,
        is_over=wants_fragment(),
    )


def _chosen() -> list[tuple[EntryKind, int]]:
    """What the checkboxes named: "account:5". What is not of that shape was made by nobody's picker."""
    found = []
    for text in lists.chosen("member"):
        kind, _colon, key = text.partition(":")
        number = whole_number(key)
        if kind not in set(EntryKind) or number is None:
            raise NotFound()
        found.append((EntryKind(kind), number))
    return list(dict.fromkeys(found))


def _removal(group: Group, entry_id: int) -> Response:
    entry = directory.member(group, entry_id)
    if entry is None:
        raise NotFound()
    back = url_for("groups.members", group_id=group.id)
    return dialog("groups/remove_member.html", back=back, group=group, row=entry)
