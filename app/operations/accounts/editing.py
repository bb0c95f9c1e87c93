"""Changes of accounts: properties, features, password."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _

from app.errors import Invalid, NotFound
from app.models import CLOSED, AccessScope, Account, AccountState, Domain, Role
from app.operations import audit, mails, sessions, versions
from app.operations.accounts.powers import remove_administered_domains, require_another_server_administrator
from app.operations.passwords import queue_link, require_mail, values_ending_links
from app.rules import licensing, names, password_links, passwords, policies, readiness, scope
from app.rules.policies import Feature
from app.transaction import operation, touch_access


def checked_account_state(value: str) -> AccountState:
    """Return the state of this name. Error: Invalid for DELETED, which is set by delete_account only."""
    state = AccountState(value)
    if state is AccountState.DELETED:
        raise Invalid(code="bad_state", field="state")
    return state


# The columns that update_account changes, each with the function that checks and normalises a value.
ACCOUNT_CHECKS: dict[str, Callable[[Any], Any]] = {
    "name": names.checked_name,
    "language": names.checked_language,
    "role": Role,
    "state": checked_account_state,
}

# People cannot change these of their own account: they would lock themselves out.
NOT_OWN = ("role", "state")


@operation
def update_account(
    actor: Account, account: Account, values: dict[str, Any], seen_version: int | None = None
) -> Account:
    """Change an account: all of values, or nothing.

    values: any of ACCOUNT_CHECKS, "features" (as in set_account_features) and a new "password".
    seen_version: the version that the form showed. Error: Conflict if the account has changed since.
    """
    account = lock_account(actor, account, seen_version)
    columns = {
        name: ACCOUNT_CHECKS[name](value)
        for name, value in values.items()
        if name not in ("features", "password")
    }
    before, after = audit.changes(account, columns)
    _require_allowed(actor, account, after)
    if after:
        versions.apply_values(account, after)
        if after.get("role", Role.DOMAIN) is not Role.DOMAIN:
            remove_administered_domains(account)
        touch_access(AccessScope.ACCOUNT, account.id)
        audit.record(actor, "account.update", account, before=before, after=after)
    if values.get("features"):
        _switch_features(actor, account, values["features"])
    if values.get("password"):
        _replace_password(actor, account, values["password"])
    return account


@operation
def set_account_features(actor: Account, account: Account, features: dict[Feature, bool]) -> Account:
    """Switch features of an account on or off, as far as its domain has them."""
    account = lock_account(actor, account)
    _switch_features(actor, account, features)
    return account


@operation
def set_password(actor: Account, account: Account, password: str) -> Account:
    """Give another person's account a new password. All its sessions end, and a mail tells the person.

    Error: Invalid for the actor's own account, whose password change asks for the current one.
    """
    account = lock_account(actor, account)
    _replace_password(actor, account, password)
    return account


@operation
def send_password_link(actor: Account, account: Account) -> None:
    """Mail a person a link to choose a password; it is valid for a day. Errors: NotFound, Forbidden, Invalid."""
    account = lock_account(actor, account)
    require_mail()
    if not account.is_active:
        raise Invalid(_("This account cannot sign in: enable it first."), code="closed")
    queue_link(account, password_links.SENT, is_from_administrator=True)
    audit.record(actor, "account.password_link", account)


def lock_account(actor: Account, account: Account, seen_version: int | None = None) -> Account:
    """Return an account that the actor may change, locked until the commit. Errors: NotFound, Forbidden, Conflict."""
    account = versions.lock_row(scope.find_account(actor, account.id), seen_version)
    if account.state is AccountState.DELETED:
        raise NotFound()
    scope.require_may_touch(actor, account)
    return account


def _switch_features(actor: Account, account: Account, features: dict[Feature, bool]) -> None:
    switches = {**policies.own_features(account), **features}
    before, after = audit.changes(
        account, {f"has_{feature}": bool(is_on) for feature, is_on in switches.items()}
    )
    if not after:
        return
    _require_domain_has(account.domain, after)
    policies.require_consistent(switches)
    if after.get("has_teamchat"):
        readiness.require_may_enable()
        licensing.require_seat(adding=0)
    versions.apply_values(account, after)
    touch_access(AccessScope.ACCOUNT, account.id)
    audit.record(actor, "account.features", account, before=before, after=after)


def _replace_password(actor: Account, account: Account, password: str) -> None:
    if account.id == actor.id:
        raise Invalid(
            _("Change your own password on the page of your sessions."), code="own_account", field="password"
        )
    account.password_hash = passwords.hashed_new(password, name=account.name, address=account.address)
    versions.apply_values(account, values_ending_links(account))
    sessions.revoke_all_sessions(actor, account)
    mails.queue(account, "password_changed", ip=None, is_by_administrator=True)
    audit.record(actor, "account.password", account)


def _require_allowed(actor: Account, account: Account, after: dict[str, Any]) -> None:
    if "role" in after:
        scope.require_may_grant(actor, after["role"])
    if account.id == actor.id and any(name in NOT_OWN for name in after):
        raise Invalid(
            _("This is your own account: you would lock yourself out."),
            code="own_account",
            field=next(name for name in NOT_OWN if name in after),
        )
    if account.role is Role.SERVER and (after.get("role") or after.get("state") in CLOSED):
        require_another_server_administrator(account)


def _require_domain_has(domain: Domain, after: dict[str, Any]) -> None:
    for feature in Feature:
        if f"has_{feature}" in after:
            policies.require_domain_has(domain, feature)
