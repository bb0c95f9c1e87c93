"""The first page of WebAdmin, and the menu in front of every service."""

from datetime import UTC, datetime, time

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from app.blueprints.access_control import me
from app.blueprints.service_names import label
from app.errors import NotFound
from app.htmx import page, see_other
from app.i18n import time_zone
from app.models import ServiceName, now
from app.operations import services
from app.queries import dashboard, domains
from app.queries.dashboard import Period
from app.queries.domains import administered_counts, messages_since
from app.queries.services import ServiceView, overview
from app.queries.services import of as service_view
from app.rules.accounts.addresses import readable
from app.rules.certificates import Check
from app.rules.rights import scope
from app.rules.server import readiness

blueprint = Blueprint("dashboard", __name__, url_prefix="/admin")
blueprint.add_app_template_filter(readable, "readable")
blueprint.add_app_template_global(label, "service_label")

# The page, and the part of it, that mends what a check is about; the others are mended on the machine.
MENDED_AT = {
    "licence": ("licenses.show", None),
    "https": ("certificates.show", None),
    "discovery": ("discovery.show", None),
    "mail": ("mail.show_server", None),
    "services": ("dashboard.show", "services-card"),
}

# Pages that only server administrators open.
SERVER_ONLY = {"certificates.show", "mail.show_server"}

CARRIES_TEAMCHAT = (ServiceName.GROUPWARE, ServiceName.WEBDAV)


@blueprint.get("/")
def show() -> Response:
    """Show the Dashboard. Fragments: services, activity."""
    return _dashboard()


@blueprint.post("/services/<name>/start")
def start_service(name: str) -> Response:
    """Start a service."""
    services.start_service(me(), _named(name))
    return _done(_("%(name)s is started.", name=label(_named(name))))


@blueprint.post("/services/<name>/stop")
def stop_service(name: str) -> Response:
    """Stop a service; first ask when TeamChat stops with it."""
    scope.require_server_wide(me())
    if _stops_teamchat(_named(name)) and "confirmed" not in request.form:
        return _dashboard(status=422, asked_service=_named(name))
    services.stop_service(me(), _named(name))
    return _done(_("%(name)s is stopped.", name=label(_named(name))))


@blueprint.post("/services/<name>/restart")
def restart_service(name: str) -> Response:
    """Stop and start a service in one act."""
    services.restart_service(me(), _named(name))
    return _done(_("%(name)s is restarted.", name=label(_named(name))))


@blueprint.app_template_global("needs_of")
def needs_of(view: ServiceView) -> str:
    """Return the stopped services that another one waits for."""
    return ", ".join(label(name) for name in view.stopped_needs)


@blueprint.app_template_global("mending")
def mending(check: Check) -> tuple[str | None, str]:
    """Return the page where the reader can correct what a check found, or None and whom to ask."""
    endpoint, part = MENDED_AT.get(check.mended_by or check.name, (None, None))
    if endpoint is None:
        sentence = _(
            "To be fixed on the machine itself: see docs/operating.md, then check with flask doctor."
        )
        return None, sentence
    if endpoint in SERVER_ONLY and not scope.is_server_administrator(me()):
        return None, _("Ask a server administrator.")
    return url_for(endpoint, _anchor=part), ""


def _dashboard(*, status: int = 200, asked_service: ServiceName | None = None) -> Response:
    """Return the Dashboard.

    The whole page's parts are read only for it: the services alone are refreshed every few seconds.
    """
    return page(
        "dashboard/show.html",
        blocks=("services", "activity"),
        status=status,
        sections=overview(),
        checks=readiness.checks if scope.is_server_wide(me()) else list,
        counts=_counts,
        endings=lambda: domains.endings(me()),
        period=_period(),
        history=lambda: dashboard.activity(_period(), time_zone()),
        may_act=scope.is_server_wide(me()),
        asked=asked_service,
    )


def _period() -> Period:
    name = request.args.get("period", "")
    return Period(name) if name in set(Period) else Period.HOURS


def _counts() -> dict[str, int]:
    """Return how much there is; messages are counted for the whole server, so only for those who administer it."""
    counts = administered_counts(me())
    if scope.is_server_wide(me()):
        counts["messages_today"] = messages_since(_midnight())
    return counts


def _done(text: str) -> Response:
    return see_other(url_for("dashboard.show"), toast=text)


def _named(name: str) -> ServiceName:
    if name not in set(ServiceName):
        raise NotFound()
    return ServiceName(name)


def _stops_teamchat(name: ServiceName) -> bool:
    return name in CARRIES_TEAMCHAT and service_view(ServiceName.TEAMCHAT).is_effective


def _midnight() -> datetime:
    """Return the beginning of today in the reader's time zone."""
    return datetime.combine(now().astimezone(time_zone()), time(), time_zone()).astimezone(UTC)
