"""Accounts: made, described, given a role, a password and features."""

from flask_babel import gettext as _
from sqlalchemy import select

from app.errors import Invalid
from app.extensions import db
from app.models import AccessScope, Account, AccountState, Domain, Role
from app.operations import addresses as space
from app.operations import audit, sessions, versions
from app.rules import addresses, licensing, names, passwords, policies, readiness, scope
from app.rules.policies import Feature
from app.transaction import operation, touch_access

CHECKS = {
    "name": names.checked_name,
    "language": names.checked_language,
    "role": Role,
    "state": AccountState,
}
"""What may be changed of an account beside features and password, and what makes it fit to be stored."""

POWER = ("role", "state")
"""What nobody changes of their own account: they would lock themselves out."""


@operation
def create_account(
    actor,
    domain: Domain,
    *,
    name: str,
    alias: str,
    password: str,
    role: Role = Role.USER,
    language: str | None = None,
    features: dict[Feature, bool] | None = None,
) -> Account:
    """Make an account of a domain. Unless told, it has every feature, TeamChat if a seat is left."""
    domain = scope.find_domain(actor, domain.id)
    scope.require_may_grant(actor, role)
    name, language = names.checked_name(name), names.checked_language(language)
    address = f"{addresses.checked_alias(alias)}@{domain.name}"
    space.require_free(address)
    account = Account(domain_id=domain.id, name=name, address=address, role=role, language=language)
    account.domain = domain
    account.password_hash = passwords.hashed_new(password, name=name, address=address)
    versions.apply(account, _first_switches(domain, features))
    space.stored(account, address)
    touch_access(AccessScope.ACCOUNT, account.id)
    audit.record(actor, "account.create", account, after={"name": name, "address": address, "role": role})
    return account


@operation
def update_account(actor, account: Account, values: dict, seen_version: int | None = None) -> Account:
    """Change an account. values may hold "features" and a new "password" too: all of it is saved, or nothing.

    seen_version: of the form the values come from. Error: Conflict when somebody else was faster.
    """
    values = dict(values)
    features, password = values.pop("features", None), values.pop("password", None)
    account = versions.locked(scope.find_account(actor, account.id), seen_version)
    scope.require_may_touch(actor, account)
    before, after = audit.changes(account, {name: CHECKS[name](value) for name, value in values.items()})
    _require_allowed(actor, account, after)
    if after:
        versions.apply(account, after)
        touch_access(AccessScope.ACCOUNT, account.id)
        audit.record(actor, "account.update", account, before=before, after=after)
    if features:
        set_features(actor, account, features)
    if password:
        set_password(actor, account, password)
    return account


@operation
def set_features(actor, account: Account, features: dict[Feature, bool]) -> Account:
    """Switch features of an account on or off, as far as its domain grants them."""
    account = versions.locked(scope.find_account(actor, account.id))
    scope.require_may_touch(actor, account)
    wanted = {**policies.own_features(account), **features}
    before, after = audit.changes(
        account, {f"has_{feature}": bool(is_on) for feature, is_on in wanted.items()}
    )
    if not after:
        return account
    _require_granted(account.domain, after)
    policies.require_consistent(wanted)
    if after.get("has_teamchat"):
        readiness.require_may_enable()
        licensing.require_seat(adding=0)
    versions.apply(account, after)
    touch_access(AccessScope.ACCOUNT, account.id)
    audit.record(actor, "account.features", account, before=before, after=after)
    return account


@operation
def set_password(actor, account: Account, password: str) -> Account:
    """Give an account a new password; every device it is signed in on must sign in again."""
    account = scope.find_account(actor, account.id)
    scope.require_may_touch(actor, account)
    account.password_hash = passwords.hashed_new(password, name=account.name, address=account.address)
    sessions.revoke_all(actor, account)
    audit.record(actor, "account.password", account)
    return account


def _first_switches(domain: Domain, features: dict[Feature, bool] | None) -> dict[str, bool]:
    """The switches a new account starts with. Asked for by name, TeamChat without a seat is refused."""
    takes_seat = policies.own(domain, Feature.TEAMCHAT)
    wanted = dict.fromkeys(Feature, True) | (features or {})
    policies.require_consistent(wanted)
    if takes_seat and wanted[Feature.TEAMCHAT]:
        try:
            licensing.require_seat()
        except Invalid:
            if features and Feature.TEAMCHAT in features:
                raise
            wanted[Feature.TEAMCHAT] = False
    return {f"has_{feature}": is_on for feature, is_on in wanted.items()}


def _require_allowed(actor, account: Account, after: dict) -> None:
    if "role" in after:
        scope.require_may_grant(actor, after["role"])
    if account.id == actor.id and any(name in POWER for name in after):
        raise Invalid(
            _("This is your own account: you would lock yourself out."),
            code="own_account",
            field=next(name for name in POWER if name in after),
        )
    if account.role is Role.SERVER and (after.get("role") or after.get("state") is AccountState.DISABLED):
        _require_another_server_administrator(account)


def _require_another_server_administrator(account: Account) -> None:
    """Their rows are locked, so that two administrators cannot take each other's role at the same moment."""
    others = (
        select(Account.id)
        .where(Account.role == Role.SERVER, Account.state != AccountState.DISABLED, Account.id != account.id)
        .with_for_update()
    )
    if not db.session.scalars(others).all():
        raise Invalid(
            _("This is the last server administrator."), code="last_server_administrator", field="role"
        )


def _require_granted(domain: Domain, after: dict) -> None:
    """An account's switch is editable only where its domain has the feature."""
    for feature in Feature:
        if f"has_{feature}" in after:
            policies.require_domain_has(domain, feature)
