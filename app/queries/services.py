"""The state of the services, as the Dashboard shows it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.extensions import db
from app.models import Service, ServiceName
from app.rules import policies, server

COLLABORATION = (ServiceName.TEAMCHAT, ServiceName.GROUPWARE, ServiceName.WEBDAV, ServiceName.WEBCLIENT)
MESSAGING = (ServiceName.MAIL,)


@dataclass(frozen=True)
class ServiceView:
    """A service: what it was told to be, since when, and the services it needs that are stopped."""

    name: ServiceName
    is_running: bool
    since_at: datetime
    stopped_needs: tuple[ServiceName, ...] = ()
    is_supported: bool = True

    @property
    def is_effective(self) -> bool:
        """Whether it does its work: it runs, and so does all that it needs."""
        return self.is_running and self.is_supported and not self.stopped_needs


def overview() -> dict[str, list[ServiceView]]:
    """Every service, by section. One statement."""
    rows = {row.name: row for row in db.session.scalars(select(Service))}
    sections = {"collaboration": COLLABORATION, "messaging": MESSAGING}
    return {title: [_view(rows, name) for name in names if name in rows] for title, names in sections.items()}


def of(name: ServiceName) -> ServiceView:
    """One service. One statement."""
    return next(view for views in overview().values() for view in views if view.name is name)


def _view(rows: dict[ServiceName, Service], name: ServiceName) -> ServiceView:
    row = rows[name]
    needs = policies.NEEDED[policies.Feature.TEAMCHAT][1:] if name is ServiceName.TEAMCHAT else ()
    stopped = tuple(ServiceName(need) for need in needs if not rows[ServiceName(need)].is_running)
    is_supported = name is not ServiceName.TEAMCHAT or server.database_is_supported()
    return ServiceView(name, row.is_running, row.since_at, stopped, is_supported)
