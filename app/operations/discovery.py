"""Discovery values for mail and calendar clients: set for the server, overridden by domains."""

import json
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.errors import Conflict
from app.extensions import db
from app.models import Account, Domain, DomainDiscovery
from app.operations import audit, locks
from app.operations.locks import locked_setting
from app.rules import discovery
from app.rules import discovery as discovery_queries
from app.rules.rights import scope
from app.rules.server import settings
from app.rules.server.settings import Setting
from app.transaction import operation


@operation
def set_server_discovery(actor: Account, own: dict[str, str], seen_version: int | None = None) -> None:
    """Set the discovery values of the server. own: the values that differ from the defaults.

    Server and web administrators only. The host name, which links in mails use, needs a server administrator.
    Errors: Invalid at the field; Conflict if the values have changed since seen_version.
    """
    scope.require_server_wide(actor)
    own = {name: discovery.checked(name, value) for name, value in own.items()}
    if own == _server_level(seen_version).own:
        return
    version_row = locked_setting(Setting.DISCOVERY_VERSION)
    settings.forget()
    # Compared again under the lock.
    before = _server_level(seen_version)
    if own.get(discovery.HOST_NAME) != before.own.get(discovery.HOST_NAME):
        scope.require_server_administrator(actor)
    host = own.pop(discovery.HOST_NAME, None)
    locked_setting(Setting.HOST_NAME).value = host
    locked_setting(Setting.DISCOVERY).value = json.dumps(own, ensure_ascii=False)
    version_row.value = str(before.version + 1)
    db.session.flush()
    settings.forget()
    _record_change(actor, None, before.values, discovery_queries.server().values)


@operation
def set_domain_discovery(
    actor: Account, domain: Domain, own: dict[str, str], seen_version: int | None = None
) -> None:
    """Set the discovery values of a domain. own: the values that override the server's.

    Errors: NotFound; Invalid at the field; Conflict if the values have changed since seen_version.
    """
    domain = scope.find_domain(actor, domain.id)
    own = {name: discovery.checked(name, value) for name, value in own.items()}
    level = discovery_queries.of(domain)
    if seen_version in (None, level.version) and own == level.own:
        return
    row = locks.lock_row(_domain_row(domain), seen_version)
    before = discovery_queries.of(domain).own
    row.overrides = json.dumps(own, ensure_ascii=False)
    db.session.flush()
    _record_change(actor, domain, before, own)


@operation
def record_discovery_check(actor: Account, domain: Domain | None = None) -> None:
    """Record in the audit log that the actor has the server connect to the published addresses."""
    if domain is None:
        scope.require_server_wide(actor)
    else:
        domain = scope.find_domain(actor, domain.id)
    audit.record(actor, "discovery.check", domain)


def _server_level(seen_version: int | None) -> discovery_queries.DiscoveryLevel:
    """Return the values of the server. Error: Conflict if they have another version than the form showed."""
    level = discovery_queries.server()
    if seen_version is not None and seen_version != level.version:
        raise Conflict()
    return level


def _domain_row(domain: Domain) -> DomainDiscovery:
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


def _record_change(
    actor: Account, domain: Domain | None, before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    changed = [name for name in discovery.NAMES if before.get(name) != after.get(name)]
    # The prefix tells these values from those of other acts: "sms" and "calendar" exist there too.
    audit.record(
        actor,
        "discovery.change",
        domain,
        before={f"discovery_{name}": before.get(name) for name in changed},
        after={f"discovery_{name}": after.get(name) for name in changed},
    )
