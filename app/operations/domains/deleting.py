"""Suspension of domains after their last day."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Row, delete, func, select

from app.errors import Conflict, Forbidden, Invalid
from app.extensions import db
from app.identity import SYSTEM
from app.models import (
    AccessScope,
    Account,
    AdministeredDomain,
    Domain,
    DomainState,
    Grant,
    Group,
    MemberEntry,
    Principal,
    Task,
    now,
)
from app.operations import audit, locks, tasks
from app.operations.accounts import Successor, delete_account
from app.operations.groups import delete_group
from app.operations.tasks import TaskKind, TaskStep
from app.queries.domains import domain_contents, is_named, open_deletion
from app.rules.rights import scope
from app.transaction import operation, touch_access

ENDED_BATCH = 200


@operation
def suspend_ended_domains() -> int:
    """Suspend active domains whose last day is over: their people cannot sign in. Return the number."""
    ended = select(Domain.id).where(
        Domain.expires_at <= now(), Domain.state == DomainState.ACTIVE, ~Domain.is_internal
    )
    ids = list(db.session.scalars(ended.order_by(Domain.expires_at, Domain.id).limit(ENDED_BATCH)))
    for domain_id in ids:
        domain = locks.lock_row(db.session.get(Domain, domain_id))
        before, after = audit.changes(domain, {"state": DomainState.SUSPENDED})
        locks.apply_values(domain, after)
        audit.record(SYSTEM, "domain.end", domain, before=before, after=after)
    if ids:
        touch_access(AccessScope.EVERYBODY)
    return len(ids)


DELETION_KIND = "domains.delete"

# Positions of a task only grow: accounts come first, by their ids, then groups, shifted behind them, then the domain.
GROUP_OFFSET = 10**15
DOMAIN_OFFSET = 2 * 10**15

FEATURE_COLUMNS = ("has_groupware", "has_webdav", "has_teamchat")


@operation
def delete_domain(actor: Account, domain: Domain, *, typed_name: str) -> Task:
    """Suspend a domain and have the worker delete its accounts, its groups and the domain itself. Return the task.

    Messages stay under the names of their authors; the rooms of its groups are in the trash for 30 days. Guests stay
    and are looked after by server administrators until they have another sponsor; open invitations are revoked.
    typed_name: the domain's name as the person typed it, to confirm.
    Errors: Invalid; Conflict when the domain is being deleted already.
    """
    scope.require_server_wide(actor)
    domain = locks.lock_row(scope.find_domain(actor, domain.id))
    scope.require_may_close(actor, domain)
    _require_deletable(actor, domain, typed_name)
    counts = domain_contents(domain)
    before, after = audit.changes(domain, {"state": DomainState.SUSPENDED})
    if after:
        locks.apply_values(domain, after)
        touch_access(AccessScope.EVERYBODY)
        audit.record(actor, "domain.update", domain, before=before, after=after)
    return tasks.start_task(
        actor,
        DELETION_KIND,
        total=counts.accounts + counts.groups + 1,
        subject=domain.name,
        domain_id=domain.id,
        key=domain.id,
    )


def _require_deletable(actor: Account, domain: Domain, typed_name: str) -> None:
    if domain.id == actor.domain_id:
        raise Invalid(_("This is your own domain: you would lock yourself out."), code="own_domain")
    if not is_named(domain, typed_name):
        raise Invalid(_("This is not the name of the domain."), code="wrong_name", field="name")
    if open_deletion(domain) is not None:
        raise Conflict(_("This domain is already being deleted."), code="being_deleted")


def _deletion_steps(_actor: Account, arguments: dict[str, Any], position: int, limit: int) -> list[TaskStep]:
    """Return the next steps after a position."""
    domain_id = arguments["key"]
    if position < GROUP_OFFSET:
        accounts = _rows_after(Account, domain_id, position, limit, ~Account.is_guest)
        if accounts:
            return [TaskStep(row.id, row.address, ("account", row.id)) for row in accounts]
    if position < DOMAIN_OFFSET:
        groups = _rows_after(Group, domain_id, max(0, position - GROUP_OFFSET), limit)
        if groups:
            return [TaskStep(GROUP_OFFSET + row.id, row.address, ("group", row.id)) for row in groups]
        domain = db.session.get_one(Domain, domain_id)
        if domain.state is not DomainState.DELETED:
            return [TaskStep(DOMAIN_OFFSET, domain.name, ("domain", domain_id))]
    return []


def _rows_after(
    model: type[Account | Group], domain_id: int, last_id: int, limit: int, *conditions: ColumnElement[bool]
) -> list[Row[int, str]]:
    statement = select(model.id, model.address).where(model.domain_id == domain_id, model.id > last_id)
    return list(db.session.execute(statement.where(*conditions).order_by(model.id).limit(limit)))


def _do_deletion_step(actor: Account, _arguments: dict[str, Any], step: TaskStep) -> None:
    kind, key = step.value
    if kind == "account":
        delete_account(actor, scope.find_account(actor, key), sponsor=Successor.NOBODY)
    elif kind == "group":
        delete_group(actor, scope.find_group(actor, key))
    else:
        close_domain(actor, key)


@operation
def close_domain(actor: Account, domain_id: int) -> Domain:
    """Delete a domain that has no accounts and groups left. Its name is free again. Errors: Forbidden, Invalid."""
    scope.require_server_wide(actor)
    domain = locks.lock_row(scope.find_domain(actor, domain_id))
    if domain.id == actor.domain_id:
        raise Forbidden(_("This is your own domain: you would lock yourself out."), code="own_domain")
    accounts, groups = _remaining_count(Account, domain), _remaining_count(Group, domain)
    if accounts or groups:
        sentence = _(
            "%(accounts)s accounts and %(groups)s groups could not be deleted: the domain stays, suspended.",
            accounts=accounts,
            groups=groups,
        )
        raise Invalid(sentence, code="not_empty")
    name = domain.name
    _delete_references(domain)
    values = {"name": f"##deleted-{domain.id}##", "state": DomainState.DELETED, "deleted_at": now()}
    locks.apply_values(domain, {**values, **dict.fromkeys(FEATURE_COLUMNS, False), "expires_at": None})
    touch_access(AccessScope.EVERYBODY)
    audit.record(actor, "domain.delete", domain, before={"name": name}, name=name)
    return domain


def _remaining_count(model: type[Account | Group], domain: Domain) -> int:
    return db.session.scalar(select(func.count(model.id)).where(model.domain_id == domain.id)) or 0


def _delete_references(domain: Domain) -> None:
    """Delete member entries and grants for the whole domain, and who administers it."""
    is_about_domain = (Grant.principal == Principal.DOMAIN, Grant.principal_id == domain.id)
    for statement in (
        delete(MemberEntry).where(MemberEntry.domain_id == domain.id),
        delete(Grant).where(*is_about_domain),
        delete(AdministeredDomain).where(AdministeredDomain.domain_id == domain.id),
    ):
        locks.execute_update(statement)


tasks.register(
    DELETION_KIND, TaskKind(title=_l("Delete a domain"), steps=_deletion_steps, do=_do_deletion_step)
)
