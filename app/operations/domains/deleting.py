"""A domain taken away for good, row by row: its accounts, its groups, at last itself."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select

from app.errors import Conflict, Forbidden, Invalid
from app.extensions import db
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
from app.operations import audit, tasks, versions
from app.operations.accounts import Successor, delete_account
from app.operations.groups import delete_group
from app.operations.tasks import Step, TaskKind
from app.queries import domains as questions
from app.rules import scope
from app.transaction import operation, touch_access

DELETION_KIND = "domains.delete"
GROUP_OFFSET = 10**15
DOMAIN_OFFSET = 2 * 10**15
"""Accounts come first, by their ids; then groups, then the domain itself. A task's places only grow."""

FEATURE_COLUMNS = ("has_groupware", "has_webdav", "has_teamchat")


@operation
def delete_domain(actor, domain: Domain, *, typed_name: str) -> Task:
    """Suspend a domain and have the worker take away its accounts, its groups and then the domain itself.

    What was said stays, under the names of those who said it; the rooms of its groups are in the trash for 30 days.
    Its guests stay, looked after by server administrators until they have another sponsor; open invitations end.
    typed_name: the domain's name, as somebody typed it who knows what they do. Returns the task. Errors: Invalid,
    Conflict when the domain is being deleted already.
    """
    scope.require_server_wide(actor)
    domain = versions.lock_row(scope.find_domain(actor, domain.id))
    scope.require_may_close(actor, domain)
    if domain.id == actor.domain_id:
        raise Invalid(_("This is your own domain: you would lock yourself out."), code="own_domain")
    if not questions.is_named(domain, typed_name):
        raise Invalid(_("This is not the name of the domain."), code="wrong_name", field="name")
    if questions.open_deletion(domain) is not None:
        raise Conflict(_("This domain is being deleted already."), code="being_deleted")
    found = questions.contents(domain)
    before, after = audit.changes(domain, {"state": DomainState.SUSPENDED})
    if after:
        versions.apply_values(domain, after)
        touch_access(AccessScope.EVERYBODY)
        audit.record(actor, "domain.update", domain, before=before, after=after)
    total = found.accounts + found.groups + 1
    return tasks.start_task(
        actor, DELETION_KIND, total=total, subject=domain.name, domain_id=domain.id, key=domain.id
    )


def _steps(actor, arguments: dict, place: int, limit: int) -> list[Step]:
    key = arguments["key"]
    if place < GROUP_OFFSET:
        found = _rows(Account, key, place, limit, ~Account.is_guest)
        if found:
            return [Step(row.id, row.address, ("account", row.id)) for row in found]
    if place < DOMAIN_OFFSET:
        found = _rows(Group, key, max(0, place - GROUP_OFFSET), limit)
        if found:
            return [Step(GROUP_OFFSET + row.id, row.address, ("group", row.id)) for row in found]
        domain = db.session.get(Domain, key)
        return (
            [Step(DOMAIN_OFFSET, domain.name, ("domain", key))]
            if domain.state is not DomainState.DELETED
            else []
        )
    return []


def _rows(model, domain_id: int, after: int, limit: int, *conditions) -> list:
    statement = select(model.id, model.address).where(model.domain_id == domain_id, model.id > after)
    return list(db.session.execute(statement.where(*conditions).order_by(model.id).limit(limit)))


def _do(actor, arguments: dict, step: Step) -> None:
    kind, key = step.value
    if kind == "account":
        delete_account(actor, scope.find_account(actor, key), sponsor=Successor.NOBODY)
    elif kind == "group":
        delete_group(actor, scope.find_group(actor, key))
    else:
        close_domain(actor, key)


@operation
def close_domain(actor, domain_id: int) -> Domain:
    """Take the domain itself away, once nobody is left in it. Its name is free again. Error: Invalid."""
    scope.require_server_wide(actor)
    domain = versions.lock_row(scope.find_domain(actor, domain_id))
    if domain.id == actor.domain_id:
        raise Forbidden(_("This is your own domain: you would lock yourself out."), code="own_domain")
    accounts, groups = _left(Account, domain), _left(Group, domain)
    if accounts or groups:
        sentence = _(
            "%(accounts)s accounts and %(groups)s groups could not be deleted: the domain stays, suspended.",
            accounts=accounts,
            groups=groups,
        )
        raise Invalid(sentence, code="not_empty")
    name = domain.name
    _forget_lines(domain)
    closed = {"name": f"##deleted-{domain.id}##", "state": DomainState.DELETED, "deleted_at": now()}
    versions.apply_values(domain, {**closed, **dict.fromkeys(FEATURE_COLUMNS, False), "expires_at": None})
    touch_access(AccessScope.EVERYBODY)
    audit.record(actor, "domain.delete", domain, before={"name": name}, name=name)
    return domain


def _left(model, domain: Domain) -> int:
    return db.session.scalar(select(func.count(model.id)).where(model.domain_id == domain.id))


def _forget_lines(domain: Domain) -> None:
    """Every line that names the whole domain, in groups and in lists of rights, and who administered it."""
    about = (Grant.principal == Principal.DOMAIN, Grant.principal_id == domain.id)
    for statement in (
        delete(MemberEntry).where(MemberEntry.domain_id == domain.id),
        delete(Grant).where(*about),
        delete(AdministeredDomain).where(AdministeredDomain.domain_id == domain.id),
    ):
        db.session.execute(statement, execution_options={"synchronize_session": False})


tasks.register(DELETION_KIND, TaskKind(title=_l("Delete a domain"), steps=_steps, do=_do))
