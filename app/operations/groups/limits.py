"""What a group takes at most."""

from flask_babel import gettext as _

from app.errors import Invalid
from app.models import Group
from app.operations import audit, versions
from app.rules import scope
from app.transaction import operation

SENDS_MAX = 10_000
"""A limit beyond it would limit nothing that this server can do."""


@operation
def set_group_limits(
    actor, group: Group, *, sends_per_minute: int | None, seen_version: int | None = None
) -> Group:
    """Say how many messages all rooms of a group take together within any minute; None takes the limit away.

    It counts from the next message on, in every process. seen_version: of the value's form. Error: Conflict.
    """
    group = versions.lock_row(scope.find_group(actor, group.id), seen_version)
    before, after = audit.changes(group, {"sends_per_minute": _checked(sends_per_minute)})
    if after:
        versions.apply_values(group, after)
        audit.record(actor, "group.limits", group, before=before, after=after)
    return group


def _checked(number: int | None) -> int | None:
    if number is not None and not 1 <= number <= SENDS_MAX:
        sentence = _("Give a number from 1 to %(largest)s, or nothing.", largest=SENDS_MAX)
        raise Invalid(sentence, code="bad_limit", field="sends_per_minute")
    return number
