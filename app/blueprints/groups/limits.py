"""Limits: what a group takes at most."""

from functools import partial

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.blueprints.access_control import me
from app.blueprints.forms import LimitField, submission
from app.blueprints.groups.views import blueprint
from app.blueprints.versioned import VersionedForm
from app.htmx import page, see_other
from app.models import Group
from app.operations import groups
from app.queries.audit import last_change
from app.rules.rights import scope


class GroupLimitsForm(VersionedForm):
    """A group's limits."""

    sends_per_minute = LimitField(
        _l("Maximum number of messages per minute"),
        description=_l(
            "In all its rooms together, for all authors. Those who write too soon keep their "
            "text and see when they can send it. Empty: no limit."
        ),
    )


@blueprint.get("/groups/<int:group_id>/limits")
def group_limits(group_id: int) -> Response:
    """Show a group's limits."""
    group = scope.find_group(me(), group_id)
    form = GroupLimitsForm(formdata=None)
    form.fill(*_current(group))
    return _shown(group, form)


@blueprint.post("/groups/<int:group_id>/limits")
def set_group_limits(group_id: int) -> Response:
    """Save a group's limits."""
    group = scope.find_group(me(), group_id)
    form = GroupLimitsForm()
    with submission(form, partial(_shown, group, form), current=partial(_current, group)):
        groups.set_group_limits(
            me(), group, sends_per_minute=form.sends_per_minute.data, seen_version=form.seen_version
        )
    return see_other(url_for("groups.group_limits", group_id=group.id), toast=_("Saved."))


def _current(group: Group) -> tuple[int, dict]:
    return group.row_version, {"sends_per_minute": group.sends_per_minute}


def _shown(group: Group, form: GroupLimitsForm, status: int = 200, **context) -> Response:
    return page(
        "groups/limits.html",
        status=status,
        group=group,
        form=form,
        is_unsaved=status != 200,
        last_change=last_change("group", group.id) if context.get("theirs") else None,
        **context,
    )
