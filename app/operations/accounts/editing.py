"""An account is described, given a role, a password and features."""

from flask_babel import gettext as _

from app.errors import Invalid, NotFound
from app.models import CLOSED, AccessScope, Account, AccountState, Domain, Role
from app.operations import audit, mails, sessions, versions
from app.operations.accounts.powers import remove_administered_domains, require_another_server_administrator
from app.operations.passwords import queue_link, require_mail, values_ending_links
from app.rules import licensing, names, password_links, passwords, policies, readiness, scope
from app.rules.policies import Feature
from app.transaction import operation, touch_access


def checked_account_state(value) -> AccountState:
    """A state that an account can be put in; deleting is an act of its own. Error: Invalid."""
    state = AccountState(value)
    if state is AccountState.DELETED:
        raise Invalid(code="bad_state", field="state")
    return state


ACCOUNT_CHECKS = {
    "name": names.checked_name,
    "language": names.checked_language,
    "role": Role,
    "state": checked_account_state,
}
"""What may be changed of an account beside features and password, and what makes it fit to be stored."""

NOT_OWN = ("role", "state")
"""What nobody changes of their own account: they would lock themselves out."""


@operation
def update_account(actor, account: Account, values: dict, seen_version: int | None = None) -> Account:
    """Change an account. values may hold "features" and a new "password" too: all of it is saved, or nothing.

    seen_version: of the form the values come from. Error: Conflict when somebody else was faster.
    """
    values = dict(values)
    features, password = values.pop("features", None), values.pop("password", None)
    account = lock_account(actor, account, seen_version)
    before, after = audit.changes(
        account, {name: ACCOUNT_CHECKS[name](value) for name, value in values.items()}
    )
    _require_allowed(actor, account, after)
    if after:
        versions.apply_values(account, after)
        if after.get("role", Role.DOMAIN) is not Role.DOMAIN:
            remove_administered_domains(account)
        touch_access(AccessScope.ACCOUNT, account.id)
        audit.record(actor, "account.update", account, before=before, after=after)
    if features:
        set_account_features(actor, account, features)
    if password:
        set_password(actor, account, password)
    return account


@operation
def set_account_features(actor, account: Account, features: dict[Feature, bool]) -> Account:
    """Switch features of an account on or off, as far as its domain grants them."""
    account = lock_account(actor, account)
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
    versions.apply_values(account, after)
    touch_access(AccessScope.ACCOUNT, account.id)
    audit.record(actor, "account.features", account, before=before, after=after)
    return account


@operation
def set_password(actor, account: Account, password: str) -> Account:
    """Give somebody else's account a new password; every device it is signed in on must sign in again, and a mail says
    so. One's own is changed by who knows it."""
    account = lock_account(actor, account)
    if account.id == actor.id:
        raise Invalid(
            _("Change your own password on the page of your sessions."), code="own_account", field="password"
        )
    account.password_hash = passwords.hashed_new(password, name=account.name, address=account.address)
    versions.apply_values(account, values_ending_links(account))
    sessions.revoke_all_sessions(actor, account)
    mails.queue(account, "password_changed", ip=None, is_by_administrator=True)
    audit.record(actor, "account.password", account)
    return account


@operation
def send_password_link(actor, account: Account) -> None:
    """Mail a person a link to choose a password, which counts for a day. Errors: NotFound, Forbidden, Invalid."""
    account = lock_account(actor, account)
    require_mail()
    if not account.is_active:
        raise Invalid(_("This account cannot sign in: enable it first."), code="closed")
    queue_link(account, password_links.SENT, is_from_administrator=True)
    audit.record(actor, "account.password_link", account)


def lock_account(actor, account: Account, seen_version: int | None = None) -> Account:
    """An account that the actor may change, locked until the commit. Errors: NotFound, Forbidden, Conflict."""
    account = versions.lock_row(scope.find_account(actor, account.id), seen_version)
    if account.state is AccountState.DELETED:
        raise NotFound()
    scope.require_may_touch(actor, account)
    return account


def _require_allowed(actor, account: Account, after: dict) -> None:
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


def _require_granted(domain: Domain, after: dict) -> None:
    """An account's switch is editable only where its domain has the feature."""
    for feature in Feature:
        if f"has_{feature}" in after:
            policies.require_domain_has(domain, feature)
