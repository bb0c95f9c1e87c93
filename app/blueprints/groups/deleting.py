"""A group is deleted: what is lost is said in numbers, and a group with conversations is named by who deletes it."""

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints.access_control import me
from app.blueprints.dialogs import dialog, done
from app.blueprints.groups.views import blueprint
from app.models import Group
from app.operations import groups
from app.queries.groups.listing import GroupWeight, group_weight
from app.queries.groups.members import effective_member_count
from app.rules.accounts.addresses import readable
from app.rules.rights import scope


@blueprint.route("/groups/<int:group_id>/delete", methods=["GET", "POST"])
def delete_group(group_id: int) -> Response:
    """Delete a group; first say what is lost, in numbers."""
    group = scope.find_group(me(), group_id)
    if request.method == "GET":
        return _question(group)
    weight = group_weight(group)
    if weight.messages and request.form.get("name", "").strip() != group.name:
        return _question(group, 422, _("Type the name of the group exactly."))
    url = url_for("groups.index", domain_id=group.domain_id)
    text = _("The group %(address)s is deleted.", address=readable(group.address))
    groups.delete_group(me(), group)
    return done(url, text)


def _question(group: Group, status: int = 200, problem=None) -> Response:
    weight = group_weight(group)
    return dialog(
        "groups/delete.html",
        status,
        back=url_for("groups.show", group_id=group.id),
        group=group,
        consequences=_consequences(group, weight),
        needs_name=weight.messages > 0,
        problem=problem,
    )


def _consequences(group: Group, weight: GroupWeight) -> list[str]:
    people, outer, rooms = effective_member_count(group), weight.outer_groups, weight.rooms
    lines = [
        ngettext("%(num)s person loses this group.", "%(num)s people lose this group.", people),
        ngettext(
            "%(num)s room goes to the trash, with its messages: %(messages)s.",
            "%(num)s rooms go to the trash, with their messages: %(messages)s.",
            rooms,
            messages=weight.messages,
        ),
        ngettext(
            "It is a member of %(num)s other group. Its people lose the rooms there unless they "
            "belong to it in another way.",
            "It is a member of %(num)s other groups. Its people lose the rooms there unless they "
            "belong to them in another way.",
            outer,
        ),
    ]
    return [text for text, count in zip(lines, (people, rooms, outer), strict=True) if count]
