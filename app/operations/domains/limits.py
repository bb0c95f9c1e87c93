"""How many people a domain holds."""

from flask_babel import gettext as _

from app.errors import Invalid
from app.models import Domain
from app.operations import audit, versions
from app.rules import scope
from app.transaction import operation

DOMAIN_LIMIT_MAX = 10_000_000


@operation
def set_domain_limits(actor, domain: Domain, limits: dict, seen_version: int | None = None) -> Domain:
    """Say how many accounts a domain may hold and how many guests its people may have; None: without limit.

    limits: any of account_limit, guest_limit. Who is there already stays, whatever the number; nobody comes in beyond
    it. seen_version: of the form the values come from. Error: Conflict.
    """
    domain = versions.lock_row(scope.find_domain(actor, domain.id), seen_version)
    before, after = audit.changes(domain, {name: _checked(name, limits[name]) for name in limits})
    if after:
        scope.require_server_wide(actor)
        versions.apply_values(domain, after)
        audit.record(actor, "domain.limits", domain, before=before, after=after)
    return domain


def _checked(field: str, number: int | None) -> int | None:
    if field not in ("account_limit", "guest_limit"):
        raise LookupError(field)
    if number is not None and not 0 <= number <= DOMAIN_LIMIT_MAX:
        sentence = _("Give a number from 0 to %(largest)s, or nothing.", largest=DOMAIN_LIMIT_MAX)
        raise Invalid(sentence, code="bad_limit", field=field)
    return number
