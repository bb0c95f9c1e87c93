"""Changes of an account's role and of the domains that it administers."""

from collections.abc import Iterable

from sqlalchemy import select

from app.errors import NotFound
from app.extensions import db
from app.models import AccessScope, Account, AdministeredDomain, Domain, DomainState, Role
from app.operations import audit
from app.operations.accounts.editing import (
    lock_account,
    remove_administered_domains,
    require_another_server_administrator,
)
from app.rules.rights import scope
from app.transaction import operation, touch_access


@operation
def set_role(actor: Account, account: Account, role: Role, domain_ids: Iterable[int] = ()) -> Account:
    """Give an account a role that the actor may grant. People may give up their own role.

    domain_ids: the domains that a domain administrator looks after beside their own, all within the actor's scope.
    Errors: NotFound; Forbidden; Invalid for the last server administrator.
    """
    account = lock_account(actor, account)
    role = Role(role)
    scope.require_may_grant(actor, role)
    if account.role is Role.SERVER and role is not Role.SERVER:
        require_another_server_administrator(account)
    domains = _domains_in_scope(actor, account, domain_ids) if role is Role.DOMAIN else {}
    before = {"role": account.role, "domains": _joined_names(_administered_domains(account))}
    after = {"role": role, "domains": _joined_names(domains)}
    if before == after:
        return account
    account.role = role
    remove_administered_domains(account)
    db.session.add_all(
        AdministeredDomain(account_id=account.id, domain_id=domain_id) for domain_id in domains
    )
    touch_access(AccessScope.ACCOUNT, account.id)
    audit.record(actor, "account.role", account, before=before, after=after)
    return account


def _domains_in_scope(actor: Account, account: Account, domain_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of these domains by id, without the account's own. Error: NotFound if one is out of scope."""
    ids = {int(domain_id) for domain_id in domain_ids} - {account.domain_id}
    if not ids:
        return {}
    statement = select(Domain.id, Domain.name).where(Domain.id.in_(ids), scope.of_domains(actor))
    names = dict(db.session.execute(statement).all())
    if len(names) != len(ids):
        raise NotFound(field="domains")
    return names


def _administered_domains(account: Account) -> dict[int, str]:
    statement = (
        select(Domain.id, Domain.name)
        .join(AdministeredDomain, AdministeredDomain.domain_id == Domain.id)
        .where(AdministeredDomain.account_id == account.id, Domain.state != DomainState.DELETED)
    )
    return dict(db.session.execute(statement).all())


def _joined_names(domains: dict[int, str]) -> str:
    return ", ".join(sorted(domains.values()))
