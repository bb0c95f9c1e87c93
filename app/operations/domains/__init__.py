"""Operations on domains."""

from app.operations.domains.deleting import delete_domain, suspend_ended_domains
from app.operations.domains.editing import (
    create_domain,
    set_domain_features,
    set_domain_limits,
    update_domain,
)

__all__ = [
    "create_domain",
    "delete_domain",
    "set_domain_features",
    "set_domain_limits",
    "suspend_ended_domains",
    "update_domain",
]
