"""SmartDiscover in WebAdmin: the server's values, and a domain's own."""

from collections.abc import Iterable
from functools import partial

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from app.blueprints.access_control import me
from app.blueprints.discovery import checking, labels
from app.blueprints.discovery.forms import DiscoveryForm
from app.blueprints.forms import submission
from app.htmx import page, see_other
from app.models import Domain
from app.operations.discovery import record_discovery_check, set_domain_discovery, set_server_discovery
from app.queries import audit
from app.rules import discovery
from app.rules.discovery import of as discovery_of
from app.rules.rights import scope

blueprint = Blueprint("discovery", __name__)


@blueprint.get("/admin/smartdiscover")
def show() -> Response:
    """System → SmartDiscover."""
    scope.require_server_wide(me())
    return _shown(None)


@blueprint.post("/admin/smartdiscover")
def save() -> Response:
    """Save what the server tells; or only change the form, when one of its small buttons was pressed."""
    scope.require_server_wide(me())
    return _sent(None)


@blueprint.post("/admin/smartdiscover/check")
def check() -> Response:
    """Connect to what the server tells. Fragments: results."""
    scope.require_server_wide(me())
    return _checked(None)


@blueprint.get("/admin/domains/<int:domain_id>/smartdiscover")
def show_domain(domain_id: int) -> Response:
    """Show a domain's SmartDiscover."""
    return _shown(scope.find_domain(me(), domain_id))


@blueprint.post("/admin/domains/<int:domain_id>/smartdiscover")
def save_domain(domain_id: int) -> Response:
    """Save what a domain tells instead of the server."""
    return _sent(scope.find_domain(me(), domain_id))


@blueprint.post("/admin/domains/<int:domain_id>/smartdiscover/check")
def check_domain(domain_id: int) -> Response:
    """Connect to what a domain tells. Fragments: results."""
    return _checked(scope.find_domain(me(), domain_id))


def _shown(domain: Domain | None, **context) -> Response:
    form = DiscoveryForm(formdata=None)
    form.show(discovery_of(domain))
    return _page(domain, form, **context)


def _sent(domain: Domain | None) -> Response:
    form = DiscoveryForm()
    base = form.base(discovery_of(domain), is_server=domain is None)
    if request.form.get("restore") in discovery.LABELS:
        form.restore(request.form["restore"], base)
        return _page(domain, form, 422)
    form.validate()
    if "move" in request.form and not form[discovery.HOST_NAME].errors:
        form.move_all()
        form.validate()
        return _page(domain, form, 422)
    with submission(form, partial(_page, domain, form), current=partial(_current, domain)):
        own = form.wanted(base, is_server=domain is None)
        if domain is None:
            set_server_discovery(me(), own, form.seen_version)
        else:
            set_domain_discovery(me(), domain, own, form.seen_version)
    return see_other(_url("show", domain), toast=_("Saved."))


def _checked(domain: Domain | None) -> Response:
    """End the transaction before connecting, so that slow answers hold no database connection."""
    values, is_trusted = discovery_of(domain).values, scope.is_server_wide(me())
    record_discovery_check(me(), domain)
    results = checking.check_values(values, is_trusted=is_trusted)
    return _shown(domain, results=[labels.line_of(result) for result in results])


def _page(domain: Domain | None, form: DiscoveryForm, status: int = 200, **context) -> Response:
    host, protocols, urls = form.rows(form.base(discovery_of(domain), is_server=domain is None))
    return page(
        "discovery/domain.html" if domain else "discovery/server.html",
        blocks=("fields", "results"),
        status=status,
        domain=domain,
        form=form,
        host=host,
        is_host_fixed=domain is None and not scope.is_server_administrator(me()),
        protocols=protocols,
        urls=urls,
        is_unsaved=status != 200,
        save_url=_url("show", domain),
        check_url=_url("check", domain),
        last_change=_last_change(domain) if context.get("theirs") else None,
        **context,
    )


def _current(domain: Domain | None) -> tuple[int, dict, Iterable[str]]:
    level = discovery_of(domain)
    return level.version, level.values, level.own


def _last_change(domain: Domain | None):
    return audit.last_change("domain", domain.id) if domain else None


def _url(name: str, domain: Domain | None) -> str:
    return (
        url_for(f"discovery.{name}_domain", domain_id=domain.id) if domain else url_for(f"discovery.{name}")
    )
