"""Services: started, stopped and restarted for the whole server."""

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.errors import Invalid
from app.events import ServiceStateChanged
from app.extensions import db
from app.models import AccessScope, OutgoingMail, Service, ServiceName, WorkState, now
from app.operations import audit
from app.rules import scope, server
from app.transaction import operation, publish, touch_access


@operation
def start_service(actor, name: ServiceName) -> Service:
    """Start a service; one that runs already is left alone."""
    scope.require_server_wide(actor)
    _require_supported(name)
    service = _locked(name)
    if not service.is_running:
        _switch(actor, service, True, "service.start")
    return service


@operation
def stop_service(actor, name: ServiceName) -> Service:
    """Stop a service; TeamChat stands still while GroupWare or WebDAV do. Nothing stored is lost."""
    scope.require_server_wide(actor)
    service = _locked(name)
    if service.is_running:
        _switch(actor, service, False, "service.stop")
    return service


@operation
def restart_service(actor, name: ServiceName) -> Service:
    """Stop and start a service in one act: everybody connected comes back by themselves."""
    scope.require_server_wide(actor)
    _require_supported(name)
    service = _locked(name)
    publish(ServiceStateChanged(service.name, False))
    _switch(actor, service, True, "service.restart")
    return service


def _switch(actor, service: Service, is_running: bool, act: str) -> None:
    before = {"is_running": service.is_running}
    service.is_running = is_running
    service.since_at = now()
    if is_running and service.name is ServiceName.MAIL:
        _send_at_once()
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


def _send_at_once() -> None:
    """Mails that wait for a further attempt are tried now: whoever starts the sending expects that it sends."""
    waiting = (OutgoingMail.state == WorkState.WAITING, OutgoingMail.due_at > now())
    statement = update(OutgoingMail).where(*waiting).values(due_at=now())
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _locked(name: ServiceName) -> Service:
    statement = select(Service).where(Service.name == ServiceName(name)).with_for_update()
    return db.session.scalars(statement, execution_options={"populate_existing": True}).one()


def _require_supported(name: ServiceName) -> None:
    if name == ServiceName.TEAMCHAT and not server.database_is_supported():
        raise Invalid(_("TeamChat cannot be enabled on SQLite."), code="not_ready_database")
