"""Operations on domains."""

from app.operations.domains.deleting import delete_domain
from app.operations.domains.editing import create_domain, set_domain_features, update_domain
from app.operations.domains.ending import suspend_ended_domains
from app.operations.domains.limits import set_domain_limits

__all__ = [
    "create_domain",
    "delete_domain",
    "set_domain_features",
    "set_domain_limits",
    "suspend_ended_domains",
    "update_domain",
]
