"""The state of the services, as the Dashboard shows it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from app.extensions import db
from app.models import OutgoingMail, Service, ServiceName, WorkState
from app.queries import dashboard
from app.rules import domains, services

COLLABORATION = (ServiceName.TEAMCHAT, ServiceName.GROUPWARE, ServiceName.WEBDAV, ServiceName.WEBCLIENT)
MESSAGING = (ServiceName.MAIL,)


@dataclass(frozen=True)
class ServiceView:
    """A service: wanted state, since when, and the stopped services it needs.

    now_count: open rooms of TeamChat, windows of the WebClient, waiting mails; with their peak and its time.
    None: not counted.
    """

    name: ServiceName
    is_running: bool
    since_at: datetime
    stopped_needs: tuple[ServiceName, ...] = ()
    is_supported: bool = True
    now_count: int | None = None
    peak: int | None = None
    peak_at: datetime | None = None

    @property
    def is_effective(self) -> bool:
        """Return whether the service works: it runs, and so does all that it needs."""
        return self.is_running and self.is_supported and not self.stopped_needs


def overview() -> dict[str, list[ServiceView]]:
    """Return every service, by section. Three statements."""
    rows = {row.name: row for row in db.session.scalars(select(Service))}
    counted = _counted()
    sections = {"collaboration": COLLABORATION, "messaging": MESSAGING}
    return {
        title: [_view(rows, name, counted.get(name)) for name in names if name in rows]
        for title, names in sections.items()
    }


def of(name: ServiceName) -> ServiceView:
    """Return one service. One statement."""
    return next(view for views in overview().values() for view in views if view.name is name)


def _view(rows: dict[ServiceName, Service], name: ServiceName, now_count: int | None) -> ServiceView:
    row = rows[name]
    needs = domains.NEEDED[domains.Feature.TEAMCHAT][1:] if name is ServiceName.TEAMCHAT else ()
    stopped = tuple(ServiceName(need) for need in needs if not rows[ServiceName(need)].is_running)
    is_supported = name is not ServiceName.TEAMCHAT or services.database_is_supported()
    has_peak = name in (ServiceName.TEAMCHAT, ServiceName.WEBCLIENT)
    peak = max(row.peak, now_count or 0) if has_peak else None
    return ServiceView(
        name,
        row.is_running,
        row.since_at,
        stopped,
        is_supported,
        now_count,
        peak,
        row.peak_at if has_peak else None,
    )


def _counted() -> dict[ServiceName, int]:
    total = dashboard.connections()
    waiting = select(func.count(OutgoingMail.id)).where(OutgoingMail.state == WorkState.WAITING)
    return {
        ServiceName.TEAMCHAT: total.open_rooms,
        ServiceName.WEBCLIENT: total.windows,
        ServiceName.MAIL: db.session.scalar(waiting) or 0,
    }
