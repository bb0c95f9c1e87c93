"""The internal domain: guests, and what remains of deleted accounts."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models import INTERNAL_DOMAIN, Domain


def ensure_internal_domain() -> Domain:
    """Return the internal domain; it is inserted if this server has none yet."""
    statement = select(Domain).where(Domain.name == INTERNAL_DOMAIN)
    domain = db.session.scalars(statement).one_or_none()
    if domain is not None:
        return domain
    # Being a guest decides about a guest's features: the domain itself has all of them.
    switches = {"has_groupware": True, "has_webdav": True, "has_teamchat": True}
    try:
        with db.session.begin_nested():
            domain = Domain(name=INTERNAL_DOMAIN, is_internal=True, **switches)
            db.session.add(domain)
    except IntegrityError:
        domain = db.session.scalars(statement).one()
    return domain
