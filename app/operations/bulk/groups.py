"""Actions on many groups of a domain."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import Row

from app.models import Account, Group
from app.operations.bulk import Action, Collection, effects, register
from app.operations.bulk.accounts import domain_of
from app.operations.groups import delete_group, update_group
from app.queries.groups import listing as listed
from app.queries.listing import ListQuery
from app.rules.rights import scope


def _matching(actor: Account, list_filters: dict) -> list:
    filters = tuple((name, list_filters[name]) for name in listed.FILTERS if list_filters.get(name))
    return listed.conditions(
        domain_of(actor, list_filters), ListQuery(search=list_filters.get("q", ""), filters=filters)
    )


def _judge_enabling(actor: Account, row: Row, values: dict[str, Any]) -> str | None:
    return _("Already has TeamChat.") if row.has_teamchat else None


def _judge_disabling(actor: Account, row: Row, values: dict[str, Any]) -> str | None:
    return None if row.has_teamchat else _("Already without TeamChat.")


def _hiding(actor: Account, count: int, values: dict[str, Any]) -> str:
    return ngettext(
        "The rooms of %(num)s group are hidden and kept: they come back when TeamChat is enabled again.",
        "The rooms of %(num)s groups are hidden and kept: they come back when TeamChat is enabled again.",
        count,
    )


def _deletion(actor: Account, count: int, values: dict[str, Any]) -> str:
    return ngettext(
        "%(num)s group is deleted for good: its people lose its rooms at once; the rooms are gone after 30 days.",
        "%(num)s groups are deleted for good: their people lose their rooms at once; the rooms are gone after "
        "30 days.",
        count,
    )


ACTIONS = (
    Action(
        "enable_teamchat",
        _l("Enable TeamChat"),
        effect=effects.given_teamchat,
        icon="messages",
        judge=_judge_enabling,
        do=lambda actor, group, values: update_group(
            actor, group, {"has_public_folder": True, "has_teamchat": True}
        ),
    ),
    Action(
        "disable_teamchat",
        _l("Disable TeamChat"),
        effect=effects.losing_teamchat,
        icon="messages-off",
        judge=_judge_disabling,
        consequence=_hiding,
        do=lambda actor, group, values: update_group(actor, group, {"has_teamchat": False}),
    ),
    Action(
        "delete",
        _l("Delete"),
        effect=effects.deleted,
        icon="trash",
        is_destructive=True,
        consequence=_deletion,
        do=lambda actor, group, values: delete_group(actor, group),
    ),
)

register(
    Collection(
        name="groups",
        title=_l("Groups"),
        counted=lambda count: ngettext("%(num)s group", "%(num)s groups", count),
        columns=(Group.id, Group.address.label("label"), Group.has_public_folder, Group.has_teamchat),
        matching=_matching,
        find=scope.find_group,
        actions=ACTIONS,
        subject=lambda actor, filters: domain_of(actor, filters).name,
        domain_of=lambda actor, filters: domain_of(actor, filters).id,
        fixed=("domain",),
    )
)
