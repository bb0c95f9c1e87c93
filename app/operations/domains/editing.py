"""A domain is made, described, suspended, and given features."""

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.errors import Forbidden, Invalid
from app.extensions import db
from app.models import AccessScope, Domain, DomainState, now
from app.operations import audit, versions
from app.rules import addresses, names, policies, readiness, scope
from app.rules.policies import Feature
from app.transaction import operation, touch_access

GUEST_DAYS_MAX = 3650
"""Days that a guest's account lasts at most, where a domain says so at all: ten years."""


def checked_domain_state(value) -> DomainState:
    """A state that a domain can be put in; deleting is an act of its own. Error: Invalid."""
    state = DomainState(value)
    if state is DomainState.DELETED:
        raise Invalid(code="bad_state", field="state")
    return state


def _checked_days(field: str):
    def checked(days: int | None) -> int | None:
        if days is not None and not 1 <= days <= GUEST_DAYS_MAX:
            sentence = _("Give a number from 1 to %(largest)s, or nothing.", largest=GUEST_DAYS_MAX)
            raise Invalid(sentence, code="bad_days", field=field)
        return days

    return checked


DOMAIN_CHECKS = {
    "description": names.checked_description,
    "language": names.checked_language,
    "members_may_invite_guests": bool,
    "guest_days": _checked_days("guest_days"),
    "guest_days_longest": _checked_days("guest_days_longest"),
    "expires_at": lambda moment: moment,
    "state": checked_domain_state,
}
"""What may be changed of a domain beside its features and limits, and what makes it fit to be stored."""

SERVER_WIDE = ("state", "expires_at", "guest_days_longest")
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
        set_domain_features(actor, domain, features)
    return domain


@operation
def update_domain(actor, domain: Domain, values: dict, seen_version: int | None = None) -> Domain:
    """Change a domain's properties. values may hold "features" too: all of it is saved, or nothing.

    seen_version: of the form the values come from. Error: Conflict when somebody else was faster.
    """
    values = dict(values)
    features = values.pop("features", None)
    domain = versions.lock_row(scope.find_domain(actor, domain.id), seen_version)
    before, after = audit.changes(
        domain, {name: DOMAIN_CHECKS[name](value) for name, value in values.items()}
    )
    if any(name in SERVER_WIDE for name in after):
        scope.require_server_wide(actor)
    if after.get("state") is DomainState.SUSPENDED or after.get("expires_at"):
        scope.require_may_close(actor, domain)
    if after:
        _apply(actor, domain, before, after)
    if features:
        set_domain_features(actor, domain, features)
    return domain


@operation
def set_domain_features(actor, domain: Domain, features: dict[Feature, bool]) -> Domain:
    """Switch features on or off. TeamChat never goes without GroupWare and WebDAV, whichever door asks."""
    domain = versions.lock_row(scope.find_domain(actor, domain.id))
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
    versions.apply_values(domain, after)
    touch_access(AccessScope.EVERYBODY)
    audit.record(actor, "domain.features", domain, before=before, after=after)
    return domain


def _apply(actor, domain: Domain, before: dict, after: dict) -> None:
    versions.apply_values(domain, after)
    _require_days_in_order(domain)
    if "state" in after or "expires_at" in after:
        _require_not_own(actor, domain)
        _require_not_over(domain)
    if "state" in after:
        touch_access(AccessScope.EVERYBODY)
    audit.record(actor, "domain.update", domain, before=before, after=after)


def _require_days_in_order(domain: Domain) -> None:
    if domain.guest_days and domain.guest_days_longest and domain.guest_days > domain.guest_days_longest:
        sentence = _("This is more than the longest, which is %(days)s days.", days=domain.guest_days_longest)
        raise Invalid(sentence, code="bad_days", field="guest_days")


def _require_not_own(actor, domain: Domain) -> None:
    if domain.id != actor.domain_id:
        return
    field = "state" if domain.state is DomainState.SUSPENDED else "expires_on"
    if domain.state is DomainState.SUSPENDED or domain.expires_at is not None:
        raise Invalid(
            _("This is your own domain: you would lock yourself out."), code="own_domain", field=field
        )


def _require_not_over(domain: Domain) -> None:
    """An active domain whose end has passed would be suspended again at once."""
    if domain.state is DomainState.ACTIVE and domain.expires_at is not None and domain.expires_at <= now():
        raise Invalid(
            _("This day is over: choose a later one, or none."), code="domain_ended", field="expires_on"
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
