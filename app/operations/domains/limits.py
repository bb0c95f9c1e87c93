"""Limits on the accounts and guests of a domain."""

from flask_babel import gettext as _

from app.errors import Invalid
from app.models import Account, Domain
from app.operations import audit, versions
from app.rules import scope
from app.transaction import operation

DOMAIN_LIMIT_MAX = 10_000_000


@operation
def set_domain_limits(
    actor: Account, domain: Domain, limits: dict[str, int | None], seen_version: int | None = None
) -> Domain:
    """Limit the accounts of a domain and the guests of its people; None removes a limit.

    limits: any of account_limit, guest_limit. Existing accounts stay, no new ones are created beyond a limit.
    seen_version: the version that the form showed. Errors: Conflict; Invalid at the field.
    """
    domain = versions.lock_row(scope.find_domain(actor, domain.id), seen_version)
    before, after = audit.changes(domain, {name: _checked_limit(name, limits[name]) for name in limits})
    if after:
        scope.require_server_wide(actor)
        versions.apply_values(domain, after)
        audit.record(actor, "domain.limits", domain, before=before, after=after)
    return domain


def _checked_limit(field: str, number: int | None) -> int | None:
    if field not in ("account_limit", "guest_limit"):
        raise LookupError(field)
    if number is not None and not 0 <= number <= DOMAIN_LIMIT_MAX:
        sentence = _("Give a number from 0 to %(largest)s, or nothing.", largest=DOMAIN_LIMIT_MAX)
        raise Invalid(sentence, code="bad_limit", field=field)
    return number
