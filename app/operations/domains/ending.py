"""Suspension of domains after their last day."""

from sqlalchemy import select

from app.extensions import db
from app.identity import SYSTEM
from app.models import AccessScope, Domain, DomainState, now
from app.operations import audit, versions
from app.transaction import operation, touch_access

ENDED_BATCH = 200


@operation
def suspend_ended_domains() -> int:
    """Suspend active domains whose last day is over: their people cannot sign in. Return the number."""
    ended = select(Domain.id).where(
        Domain.expires_at <= now(), Domain.state == DomainState.ACTIVE, ~Domain.is_internal
    )
    ids = list(db.session.scalars(ended.order_by(Domain.expires_at, Domain.id).limit(ENDED_BATCH)))
    for domain_id in ids:
        domain = versions.lock_row(db.session.get(Domain, domain_id))
        before, after = audit.changes(domain, {"state": DomainState.SUSPENDED})
        versions.apply_values(domain, after)
        audit.record(SYSTEM, "domain.end", domain, before=before, after=after)
    if ids:
        touch_access(AccessScope.EVERYBODY)
    return len(ids)
