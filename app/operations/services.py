"""Start, stop and restart of services for the whole server."""

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.errors import Invalid
from app.events import ServiceStateChanged
from app.extensions import db
from app.models import AccessScope, Account, OutgoingMail, Service, ServiceName, WorkState, now
from app.operations import audit
from app.operations.locks import execute_update
from app.rules import services
from app.rules.rights import scope
from app.transaction import operation, publish, touch_access


@operation
def start_service(actor: Account, name: ServiceName) -> Service:
    """Start a service that is stopped. Server and web administrators only."""
    scope.require_server_wide(actor)
    _require_supported(name)
    service = _locked_service(name)
    if not service.is_running:
        _switch(actor, service, True, "service.start")
    return service


@operation
def stop_service(actor: Account, name: ServiceName) -> Service:
    """Stop a service that runs. TeamChat does not work while GroupWare or WebDAV is stopped."""
    scope.require_server_wide(actor)
    service = _locked_service(name)
    if service.is_running:
        _switch(actor, service, False, "service.stop")
    return service


@operation
def restart_service(actor: Account, name: ServiceName) -> Service:
    """Stop and start a service in one act: connected clients reconnect by themselves."""
    scope.require_server_wide(actor)
    _require_supported(name)
    service = _locked_service(name)
    publish(ServiceStateChanged(service.name, False))
    _switch(actor, service, True, "service.restart")
    return service


def _switch(actor: Account, service: Service, is_running: bool, act: str) -> None:
    before = {"is_running": service.is_running}
    service.is_running = is_running
    service.since_at = now()
    if is_running and service.name is ServiceName.MAIL:
        _make_mails_due()
    touch_access(AccessScope.EVERYBODY)
    publish(ServiceStateChanged(service.name, is_running))
    audit.record(
        actor,
        act,
        service,
        before=before,
        after={"is_running": is_running},
        kind="service",
        name=service.name.value,
    )


def _make_mails_due() -> None:
    # Mails that wait for another attempt are tried now: the person who starts the service expects that it sends.
    is_waiting = (OutgoingMail.state == WorkState.WAITING, OutgoingMail.due_at > now())
    execute_update(update(OutgoingMail).where(*is_waiting).values(due_at=now()))


def _locked_service(name: ServiceName) -> Service:
    statement = select(Service).where(Service.name == ServiceName(name)).with_for_update()
    return db.session.scalars(statement, execution_options={"populate_existing": True}).one()


def _require_supported(name: ServiceName) -> None:
    if name == ServiceName.TEAMCHAT and not services.database_is_supported():
        raise Invalid(_("TeamChat cannot be enabled on SQLite."), code="not_ready_database")
