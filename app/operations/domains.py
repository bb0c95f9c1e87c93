"""Domains: made, described, suspended, and given features."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.errors import Forbidden, Invalid
from app.extensions import db
from app.models import AccessScope, Domain, DomainState
from app.operations import audit, versions
from app.rules import addresses, names, policies, readiness, scope
from app.rules.policies import Feature
from app.transaction import operation, touch_access

CHECKS = {
    "description": names.checked_description,
    "language": names.checked_language,
    "members_may_invite_guests": bool,
    "state": DomainState,
}
"""What may be changed of a domain beside its features, and what makes it fit to be stored."""

SERVER_WIDE = ("state",)
"""What only server and web administrators may change, as they do the features."""


@operation
def create_domain(
    actor, *, name: str, description: str | None = None, language: str | None = None, features=None
) -> Domain:
    """Make a domain. features: which of GroupWare, WebDAV and TeamChat it starts with."""
    scope.require_server_wide(actor)
    name = addresses.checked_domain_name(name)
    _require_unknown(name)
    described = {
        "description": names.checked_description(description),
        "language": names.checked_language(language),
    }
    domain = _stored(Domain(name=name, **described))
    audit.record(actor, "domain.create", domain, after={"name": name, "description": domain.description})
    if features:
        set_features(actor, domain, features)
    return domain


@operation
def update_domain(actor, domain: Domain, values: dict, seen_version: int | None = None) -> Domain:
    """Change a domain's properties. values may hold "features" too: all of it is saved, or nothing.

    seen_version: of the form the values come from. Error: Conflict when somebody else was faster.
    """
    values = dict(values)
    features = values.pop("features", None)
    domain = versions.locked(scope.find_domain(actor, domain.id), seen_version)
    before, after = audit.changes(domain, {name: CHECKS[name](value) for name, value in values.items()})
    if any(name in SERVER_WIDE for name in after):
        scope.require_server_wide(actor)
    if after:
        _apply(actor, domain, before, after)
    if features:
        set_features(actor, domain, features)
    return domain


@operation
def set_features(actor, domain: Domain, features: dict[Feature, bool]) -> Domain:
    """Switch features on or off. TeamChat never goes without GroupWare and WebDAV, whichever door asks."""
    domain = versions.locked(scope.find_domain(actor, domain.id))
    wanted = {**policies.own_features(domain), **features}
    before, after = audit.changes(
        domain, {f"has_{feature}": bool(is_on) for feature, is_on in wanted.items()}
    )
    if not after:
        return domain
    _require_may_grant(actor)
    policies.require_consistent(wanted)
    if after.get("has_teamchat"):
        readiness.require_may_enable()
    versions.apply(domain, after)
    touch_access(AccessScope.EVERYBODY)
    audit.record(actor, "domain.features", domain, before=before, after=after)
    return domain


def _apply(actor, domain: Domain, before: dict, after: dict) -> None:
    versions.apply(domain, after)
    if "state" in after:
        _require_not_own(actor, domain)
        touch_access(AccessScope.EVERYBODY)
    audit.record(actor, "domain.update", domain, before=before, after=after)


def _require_not_own(actor, domain: Domain) -> None:
    if domain.state is DomainState.SUSPENDED and domain.id == actor.domain_id:
        raise Invalid(
            _("This is your own domain: you would lock yourself out."), code="own_domain", field="state"
        )


def _require_may_grant(actor) -> None:
    if not scope.is_server_wide(actor):
        raise Forbidden(
            _("What a domain may have is given by a server or web administrator."), code="server_wide_only"
        )


def _require_unknown(name: str) -> None:
    if db.session.scalar(select(Domain.id).where(Domain.name == name)) is not None:
        raise _taken(name)


def _stored(domain: Domain) -> Domain:
    try:
        with db.session.begin_nested():
            db.session.add(domain)
            db.session.flush()
    except IntegrityError as error:
        raise _taken(domain.name) from error
    return domain


def _taken(name: str) -> Invalid:
    return Invalid(_("The domain %(name)s exists already.", name=name), code="domain_taken", field="name")
