"""What clients are told: set for the server, overridden by a domain."""

import json

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.errors import Conflict
from app.extensions import db
from app.models import Domain, DomainDiscovery
from app.operations import audit, versions
from app.operations.settings import locked_row
from app.queries import discovery as questions
from app.queries import settings
from app.queries.settings import Setting
from app.rules import discovery, scope
from app.transaction import operation


@operation
def set_server_discovery(actor, own: dict[str, str], seen_version: int | None = None) -> None:
    """Set what the server tells. own: the values that differ from the defaults; the others follow them.

    Server and web administrators only; the host name, which links in mails lead to, is for server administrators.
    Errors: Invalid at the field; Conflict when somebody else was faster.
    """
    scope.require_server_wide(actor)
    own = {name: discovery.checked(name, value) for name, value in own.items()}
    if own == _unchanged(seen_version).own:
        return
    row = locked_row(Setting.DISCOVERY_VERSION)
    settings.forget()
    before = _unchanged(seen_version)
    if own.get(discovery.HOST_NAME) != before.own.get(discovery.HOST_NAME):
        scope.require_server_administrator(actor)
    host = own.pop(discovery.HOST_NAME, None)
    locked_row(Setting.HOST_NAME).value = host
    locked_row(Setting.DISCOVERY).value = json.dumps(own, ensure_ascii=False)
    row.value = str(before.version + 1)
    db.session.flush()
    settings.forget()
    _record(actor, None, before.values, questions.server().values)


@operation
def set_domain_discovery(actor, domain: Domain, own: dict[str, str], seen_version: int | None = None) -> None:
    """Set what a domain tells instead of the server. own: its own values; the others are inherited.

    The domain's administrators too. Errors: Invalid at the field; Conflict when somebody else was faster.
    """
    domain = scope.find_domain(actor, domain.id)
    own = {name: discovery.checked(name, value) for name, value in own.items()}
    if seen_version in (None, questions.of(domain).version) and own == questions.of(domain).own:
        return
    row = versions.lock_row(_row_of(domain), seen_version)
    before = questions.of(domain)
    row.overrides = json.dumps(own, ensure_ascii=False)
    db.session.flush()
    told = {name: before.own.get(name) for name in discovery.NAMES}
    _record(actor, domain, told, {name: own.get(name) for name in discovery.NAMES})


@operation
def record_discovery_check(actor, domain: Domain | None = None) -> None:
    """Leave in the trail that somebody has the server connect to what is told; it connects afterwards."""
    if domain is None:
        scope.require_server_wide(actor)
    else:
        domain = scope.find_domain(actor, domain.id)
    audit.record(actor, "discovery.check", domain)


def _unchanged(seen_version: int | None) -> questions.Level:
    """What the server tells now. Error: Conflict, when the form was made from something else."""
    level = questions.server()
    if seen_version is not None and seen_version != level.version:
        raise Conflict()
    return level


def _row_of(domain: Domain) -> DomainDiscovery:
    statement = select(DomainDiscovery).where(DomainDiscovery.domain_id == domain.id)
    row = db.session.scalar(statement)
    if row is not None:
        return row
    try:
        with db.session.begin_nested():
            row = DomainDiscovery(domain_id=domain.id)
            db.session.add(row)
    except IntegrityError:
        row = db.session.scalars(statement).one()
    return row


def _record(actor, domain: Domain | None, before: dict, after: dict) -> None:
    """Only what changed, under names of its own: other acts have a "sms" or a "calendar" too."""
    changed = [name for name in discovery.NAMES if before.get(name) != after.get(name)]
    audit.record(
        actor,
        "discovery.change",
        domain,
        before={f"discovery_{name}": before.get(name) for name in changed},
        after={f"discovery_{name}": after.get(name) for name in changed},
    )
