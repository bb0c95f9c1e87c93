"""Creation and changes of domains."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.errors import Forbidden, Invalid
from app.extensions import db
from app.models import AccessScope, Account, Domain, DomainState, now
from app.operations import audit, locks
from app.rules import domains
from app.rules.accounts import addresses, names
from app.rules.domains import Feature
from app.rules.rights import scope
from app.rules.server import readiness
from app.transaction import operation, touch_access

# Days that a guest account lasts at most, where a domain limits them: ten years.
GUEST_DAYS_MAX = 3650


def checked_domain_state(value: str) -> DomainState:
    """Return the state of this name. Error: Invalid for DELETED, which is set by delete_domain only."""
    state = DomainState(value)
    if state is DomainState.DELETED:
        raise Invalid(code="bad_state", field="state")
    return state


def _guest_days_check(field: str) -> Callable[[int | None], int | None]:
    def check(days: int | None) -> int | None:
        if days is not None and not 1 <= days <= GUEST_DAYS_MAX:
            sentence = _("Give a number from 1 to %(largest)s, or leave this empty.", largest=GUEST_DAYS_MAX)
            raise Invalid(sentence, code="bad_days", field=field)
        return days

    return check


# The columns that update_domain changes, each with the function that checks and normalises a value.
DOMAIN_CHECKS: dict[str, Callable[[Any], Any]] = {
    "description": names.checked_description,
    "language": names.checked_language,
    "members_may_invite_guests": bool,
    "guest_days": _guest_days_check("guest_days"),
    "guest_days_longest": _guest_days_check("guest_days_longest"),
    "expires_at": lambda moment: moment,
    "state": checked_domain_state,
}

# Only server and web administrators change these columns, and the features.
SERVER_WIDE = ("state", "expires_at", "guest_days_longest")


@operation
def create_domain(
    actor: Account,
    *,
    name: str,
    description: str | None = None,
    language: str | None = None,
    features: dict[Feature, bool] | None = None,
) -> Domain:
    """Create a domain. features: GroupWare, WebDAV and TeamChat, as it starts with them."""
    scope.require_server_wide(actor)
    name = addresses.checked_domain_name(name)
    _require_free_name(name)
    domain = Domain(
        name=name,
        description=names.checked_description(description),
        language=names.checked_language(language),
    )
    _insert_domain(domain)
    audit.record(actor, "domain.create", domain, after={"name": name, "description": domain.description})
    if features:
        set_domain_features(actor, domain, features)
    return domain


@operation
def update_domain(
    actor: Account, domain: Domain, values: dict[str, Any], seen_version: int | None = None
) -> Domain:
    """Change a domain: all of values, or nothing.

    values: any of DOMAIN_CHECKS, and "features" as in set_domain_features.
    seen_version: the version that the form showed. Error: Conflict if the domain has changed since.
    """
    domain = locks.lock_row(scope.find_domain(actor, domain.id), seen_version)
    columns = {name: DOMAIN_CHECKS[name](value) for name, value in values.items() if name != "features"}
    before, after = audit.changes(domain, columns)
    if any(name in SERVER_WIDE for name in after):
        scope.require_server_wide(actor)
    if after.get("state") is DomainState.SUSPENDED or after.get("expires_at"):
        scope.require_may_close(actor, domain)
    if after:
        _change_columns(actor, domain, before, after)
    if values.get("features"):
        _switch_features(actor, domain, values["features"])
    return domain


@operation
def set_domain_features(actor: Account, domain: Domain, features: dict[Feature, bool]) -> Domain:
    """Switch features of a domain on or off. TeamChat requires GroupWare and WebDAV."""
    domain = locks.lock_row(scope.find_domain(actor, domain.id))
    _switch_features(actor, domain, features)
    return domain


def _switch_features(actor: Account, domain: Domain, features: dict[Feature, bool]) -> None:
    switches = {**domains.own_features(domain), **features}
    before, after = audit.changes(
        domain, {f"has_{feature}": bool(is_on) for feature, is_on in switches.items()}
    )
    if not after:
        return
    _require_may_grant_features(actor)
    domains.require_consistent(switches)
    if after.get("has_teamchat"):
        readiness.require_may_enable()
    locks.apply_values(domain, after)
    touch_access(AccessScope.EVERYBODY)
    audit.record(actor, "domain.features", domain, before=before, after=after)


def _change_columns(actor: Account, domain: Domain, before: dict[str, Any], after: dict[str, Any]) -> None:
    locks.apply_values(domain, after)
    _require_days_in_order(domain)
    if "state" in after or "expires_at" in after:
        _require_not_own(actor, domain)
        _require_not_over(domain)
    if "state" in after:
        touch_access(AccessScope.EVERYBODY)
    audit.record(actor, "domain.update", domain, before=before, after=after)


def _require_days_in_order(domain: Domain) -> None:
    if domain.guest_days and domain.guest_days_longest and domain.guest_days > domain.guest_days_longest:
        sentence = _("This is more than the maximum of %(days)s days.", days=domain.guest_days_longest)
        raise Invalid(sentence, code="bad_days", field="guest_days")


def _require_not_own(actor: Account, domain: Domain) -> None:
    if domain.id != actor.domain_id:
        return
    field = "state" if domain.state is DomainState.SUSPENDED else "expires_on"
    if domain.state is DomainState.SUSPENDED or domain.expires_at is not None:
        raise Invalid(
            _("This is your own domain: you would lock yourself out."), code="own_domain", field=field
        )


def _require_not_over(domain: Domain) -> None:
    # The worker would suspend an active domain whose end has passed again at once.
    if domain.state is DomainState.ACTIVE and domain.expires_at is not None and domain.expires_at <= now():
        raise Invalid(
            _("This day is in the past: choose a later one, or none."),
            code="domain_ended",
            field="expires_on",
        )


def _require_may_grant_features(actor: Account) -> None:
    if not scope.is_server_wide(actor):
        raise Forbidden(
            _("A server or web administrator decides which features a domain has."), code="server_wide_only"
        )


def _require_free_name(name: str) -> None:
    if db.session.scalar(select(Domain.id).where(Domain.name == name)) is not None:
        raise _name_taken(name)


def _insert_domain(domain: Domain) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(domain)
            db.session.flush()
    except IntegrityError as error:
        raise _name_taken(domain.name) from error


def _name_taken(name: str) -> Invalid:
    return Invalid(_("The domain %(name)s already exists.", name=name), code="domain_taken", field="name")


DOMAIN_LIMIT_MAX = 10_000_000


@operation
def set_domain_limits(
    actor: Account, domain: Domain, limits: dict[str, int | None], seen_version: int | None = None
) -> Domain:
    """Limit the accounts of a domain and the guests of its people; None removes a limit.

    limits: any of account_limit, guest_limit. Existing accounts stay, no new ones are created beyond a limit.
    seen_version: the version that the form showed. Errors: Conflict; Invalid at the field.
    """
    domain = locks.lock_row(scope.find_domain(actor, domain.id), seen_version)
    before, after = audit.changes(domain, {name: _checked_limit(name, limits[name]) for name in limits})
    if after:
        scope.require_server_wide(actor)
        locks.apply_values(domain, after)
        audit.record(actor, "domain.limits", domain, before=before, after=after)
    return domain


def _checked_limit(field: str, number: int | None) -> int | None:
    if field not in ("account_limit", "guest_limit"):
        raise LookupError(field)
    if number is not None and not 0 <= number <= DOMAIN_LIMIT_MAX:
        sentence = _("Give a number from 0 to %(largest)s, or leave this empty.", largest=DOMAIN_LIMIT_MAX)
        raise Invalid(sentence, code="bad_limit", field=field)
    return number
