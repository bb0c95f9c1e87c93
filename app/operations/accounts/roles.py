"""What an account administers: its role, and for domain administrators which domains beside their own."""

from collections.abc import Iterable

from sqlalchemy import select

from app.errors import NotFound
from app.extensions import db
from app.models import AccessScope, Account, AdministeredDomain, Domain, DomainState, Role
from app.operations import audit
from app.operations.accounts.editing import lock_account
from app.operations.accounts.powers import remove_administered_domains, require_another_server_administrator
from app.rules import scope
from app.transaction import operation, touch_access


@operation
def set_role(actor, account: Account, role: Role, domain_ids: Iterable[int] = ()) -> Account:
    """Give an account a role within one's own, or take it away by giving that of a user; one's own may be taken too.

    domain_ids: what a domain administrator looks after beside their own domain, all of it within the actor's scope.
    Errors: NotFound, Forbidden, and Invalid for the last server administrator.
    """
    account = lock_account(actor, account)
    role = Role(role)
    scope.require_may_grant(actor, role)
    if account.role is Role.SERVER and role is not Role.SERVER:
        require_another_server_administrator(account)
    wanted = _domains(actor, account, domain_ids) if role is Role.DOMAIN else {}
    before = {"role": account.role, "domains": _told(_administered(account))}
    after = {"role": role, "domains": _told(wanted)}
    if before == after:
        return account
    account.role = role
    remove_administered_domains(account)
    db.session.add_all(AdministeredDomain(account_id=account.id, domain_id=key) for key in wanted)
    touch_access(AccessScope.ACCOUNT, account.id)
    audit.record(actor, "account.role", account, before=before, after=after)
    return account


def _domains(actor, account: Account, domain_ids: Iterable[int]) -> dict[int, str]:
    """Names of the wanted domains by id, the account's own left out. Error: NotFound, if one is out of scope."""
    ids = {int(key) for key in domain_ids} - {account.domain_id}
    statement = select(Domain.id, Domain.name).where(Domain.id.in_(ids), scope.of_domains(actor))
    found = dict(db.session.execute(statement).all()) if ids else {}
    if len(found) != len(ids):
        raise NotFound(field="domains")
    return found


def _administered(account: Account) -> dict[int, str]:
    statement = select(Domain.id, Domain.name).join(
        AdministeredDomain, AdministeredDomain.domain_id == Domain.id
    )
    there = (AdministeredDomain.account_id == account.id, Domain.state != DomainState.DELETED)
    return dict(db.session.execute(statement.where(*there)).all())


def _told(domains: dict[int, str]) -> str:
    return ", ".join(sorted(domains.values()))
