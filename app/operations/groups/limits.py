"""Limit on the messages of a group."""

from flask_babel import gettext as _

from app.errors import Invalid
from app.models import Account, Group
from app.operations import audit, versions
from app.rules import scope
from app.transaction import operation

# A higher limit would not limit anything that this server can do.
SENDS_MAX = 10_000


@operation
def set_group_limits(
    actor: Account, group: Group, *, sends_per_minute: int | None, seen_version: int | None = None
) -> Group:
    """Limit the messages that all rooms of a group take together within any minute; None removes the limit.

    The limit applies from the next message on, in every process.
    seen_version: the version that the form showed. Errors: Conflict, Invalid.
    """
    group = versions.lock_row(scope.find_group(actor, group.id), seen_version)
    before, after = audit.changes(group, {"sends_per_minute": _checked_sends(sends_per_minute)})
    if after:
        versions.apply_values(group, after)
        audit.record(actor, "group.limits", group, before=before, after=after)
    return group


def _checked_sends(number: int | None) -> int | None:
    if number is not None and not 1 <= number <= SENDS_MAX:
        sentence = _("Give a number from 1 to %(largest)s, or nothing.", largest=SENDS_MAX)
        raise Invalid(sentence, code="bad_limit", field="sends_per_minute")
    return number
