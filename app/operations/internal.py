"""The internal domain: it shelters guests, and what remains of deleted accounts."""

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.extensions import db
from app.models import INTERNAL_DOMAIN, Domain


def ensure_internal_domain() -> Domain:
    """The internal domain, made if this server has none yet. What guests may have is decided by being a guest,
    so its switches are on."""
    statement = select(Domain).where(Domain.name == INTERNAL_DOMAIN)
    found = db.session.scalars(statement).one_or_none()
    if found is not None:
        return found
    switches = {"has_groupware": True, "has_webdav": True, "has_teamchat": True}
    try:
        with db.session.begin_nested():
            domain = Domain(name=INTERNAL_DOMAIN, is_internal=True, **switches)
            db.session.add(domain)
    except IntegrityError:
        domain = db.session.scalars(statement).one()
    return domain
