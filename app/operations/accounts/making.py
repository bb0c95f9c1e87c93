"""Creation of accounts."""

from app.errors import Invalid
from app.models import AccessScope, Account, Domain, Role
from app.operations import audit, versions
from app.operations.addresses import require_free_address, store_with_address
from app.operations.passwords import queue_link, require_mail
from app.rules import addresses, licensing, names, password_links, passwords, policies, room_for, scope
from app.rules.policies import Feature
from app.transaction import operation, touch_access


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
    room_for.require_room_for_account(domain)
    name, language = names.checked_name(name), names.checked_language(language)
    address = f"{addresses.checked_alias(alias)}@{domain.name}"
    require_free_address(address)
    account = Account(domain_id=domain.id, name=name, address=address, role=role, language=language)
    account.domain = domain
    if password is None:
        require_mail("password")
    else:
        account.password_hash = passwords.hashed_new(password, name=name, address=address)
    versions.apply_values(account, _initial_switches(domain, features))
    store_with_address(account, address)
    if password is None:
        queue_link(account, password_links.SENT, is_from_administrator=True)
    touch_access(AccessScope.ACCOUNT, account.id)
    audit.record(actor, "account.create", account, after={"name": name, "address": address, "role": role})
    return account


def _initial_switches(domain: Domain, features: dict[Feature, bool] | None) -> dict[str, bool]:
    """Return the feature columns of a new account. Error: Invalid for TeamChat asked for by name without a seat."""
    takes_seat = policies.own(domain, Feature.TEAMCHAT)
    switches = dict.fromkeys(Feature, True) | (features or {})
    policies.require_consistent(switches)
    if takes_seat and switches[Feature.TEAMCHAT]:
        try:
            licensing.require_seat()
        except Invalid:
            if features and Feature.TEAMCHAT in features:
                raise
            switches[Feature.TEAMCHAT] = False
    return {f"has_{feature}": is_on for feature, is_on in switches.items()}
