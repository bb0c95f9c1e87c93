"""Safeguards of administrators' roles."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from app.errors import Conflict, Invalid, NotFound
from app.extensions import db
from app.models import (
    CLOSED,
    AccessScope,
    Account,
    AccountState,
    AdministeredDomain,
    ContactCard,
    Domain,
    Role,
)
from app.operations import audit, locks, mail, sessions
from app.operations.accounts.addresses import require_free_address, store_with_address
from app.operations.accounts.passwords import queue_link, require_mail, values_ending_links
from app.rules import domains, licenses
from app.rules.accounts import addresses, cards, names, passwords
from app.rules.domains import Feature
from app.rules.rights import scope
from app.rules.server import readiness
from app.transaction import operation, touch_access


def require_another_server_administrator(account: Account) -> None:
    """Refuse if no other active server administrator exists. Error: Invalid."""
    # The rows are locked: two administrators could otherwise take each other's role at the same moment.
    others = (
        select(Account.id)
        .where(Account.role == Role.SERVER, Account.state.not_in(CLOSED), Account.id != account.id)
        .with_for_update()
    )
    if not db.session.scalars(others).all():
        raise Invalid(
            _("This is the last server administrator."), code="last_server_administrator", field="role"
        )


def remove_administered_domains(account: Account) -> None:
    """Remove the domains that an account administers beside its own."""
    statement = delete(AdministeredDomain).where(AdministeredDomain.account_id == account.id)
    db.session.execute(statement, execution_options={"synchronize_session": "fetch"})


@operation
def create_account(
    actor: Account,
    domain: Domain,
    *,
    name: str,
    alias: str,
    password: str | None,
    role: Role = Role.USER,
    language: str | None = None,
    features: dict[Feature, bool] | None = None,
) -> Account:
    """Create an account of a domain. By default it has every feature, and TeamChat if a seat is left.

    Without a password, a link to choose one is mailed to the new address; it is valid for a day.
    """
    domain = scope.find_domain(actor, domain.id)
    scope.require_may_grant(actor, role)
    domains.require_room_for_account(domain)
    name, language = names.checked_name(name), names.checked_language(language)
    address = f"{addresses.checked_alias(alias)}@{domain.name}"
    require_free_address(address)
    account = Account(domain_id=domain.id, name=name, address=address, role=role, language=language)
    account.domain = domain
    if password is None:
        require_mail("password")
    else:
        account.password_hash = passwords.hash_new_password(password, name=name, address=address)
    locks.apply_values(account, _initial_switches(domain, features))
    store_with_address(account, address)
    if password is None:
        queue_link(account, passwords.SENT, is_from_administrator=True)
    touch_access(AccessScope.ACCOUNT, account.id)
    audit.record(actor, "account.create", account, after={"name": name, "address": address, "role": role})
    return account


def _initial_switches(domain: Domain, features: dict[Feature, bool] | None) -> dict[str, bool]:
    """Return the feature columns of a new account. Error: Invalid for TeamChat asked for by name without a seat."""
    takes_seat = domains.own_switch(domain, Feature.TEAMCHAT)
    switches = dict.fromkeys(Feature, True) | (features or {})
    domains.require_consistent(switches)
    if takes_seat and switches[Feature.TEAMCHAT]:
        try:
            licenses.require_seat()
        except Invalid:
            if features and Feature.TEAMCHAT in features:
                raise
            switches[Feature.TEAMCHAT] = False
    return {f"has_{feature}": is_on for feature, is_on in switches.items()}


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
        locks.apply_values(account, after)
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
    queue_link(account, passwords.SENT, is_from_administrator=True)
    audit.record(actor, "account.password_link", account)


def lock_account(actor: Account, account: Account, seen_version: int | None = None) -> Account:
    """Return an account that the actor may change, locked until the commit. Errors: NotFound, Forbidden, Conflict."""
    account = locks.lock_row(scope.find_account(actor, account.id), seen_version)
    if account.state is AccountState.DELETED:
        raise NotFound()
    scope.require_may_touch(actor, account)
    return account


def _switch_features(actor: Account, account: Account, features: dict[Feature, bool]) -> None:
    switches = {**domains.own_features(account), **features}
    before, after = audit.changes(
        account, {f"has_{feature}": bool(is_on) for feature, is_on in switches.items()}
    )
    if not after:
        return
    _require_domain_has(account.domain, after)
    domains.require_consistent(switches)
    if after.get("has_teamchat"):
        readiness.require_may_enable()
        licenses.require_seat(adding=0)
    locks.apply_values(account, after)
    touch_access(AccessScope.ACCOUNT, account.id)
    audit.record(actor, "account.features", account, before=before, after=after)


def _replace_password(actor: Account, account: Account, password: str) -> None:
    if account.id == actor.id:
        raise Invalid(
            _("Change your own password on the page of your sessions."), code="own_account", field="password"
        )
    account.password_hash = passwords.hash_new_password(password, name=account.name, address=account.address)
    locks.apply_values(account, values_ending_links(account))
    sessions.revoke_all_sessions(actor, account)
    mail.queue(account, "password_changed", ip=None, is_by_administrator=True)
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
            domains.require_domain_has(domain, feature)


@operation
def update_card(
    actor: Account, account: Account, values: dict[str, Any], seen_version: int | None = None
) -> ContactCard:
    """Change the contact card of an account within the actor's scope.

    seen_version: the version that the form showed, 0 if there was no card yet.
    Errors: NotFound, Forbidden, Invalid, Conflict.
    """
    return write_card(actor, lock_account(actor, account), values, seen_version)


@operation
def write_card(
    actor: Account, account: Account, values: dict[str, Any], seen_version: int | None = None
) -> ContactCard:
    """Change a contact card like update_card. The caller has checked that the actor may: guests, own account."""
    checked_values = cards.checked_card(values)
    card = _locked_card(account)
    if seen_version is not None and (card.row_version or 0) != seen_version:
        raise Conflict()
    before, after = audit.changes(card, checked_values)
    if not after:
        return card
    locks.apply_values(card, after)
    db.session.add(card)
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict() from error
    audit.record(actor, "account.card", account, before=before, after=after)
    return card


def _locked_card(account: Account) -> ContactCard:
    """Return the card as stored now, locked, or a new one."""
    statement = select(ContactCard).where(ContactCard.account_id == account.id).with_for_update()
    card = db.session.scalars(statement, execution_options={"populate_existing": True}).one_or_none()
    return card or ContactCard(account_id=account.id)
