"""Limits: how many people a domain holds."""

from functools import partial

from flask import Response, url_for
from flask_babel import gettext as _

from app.blueprints.access_control import me
from app.blueprints.domains.forms import DomainLimitsForm, limits_of
from app.blueprints.domains.views import blueprint
from app.blueprints.forms import submission
from app.htmx import page, see_other
from app.models import Domain
from app.operations import domains
from app.queries import audit
from app.rules.domains import account_count, guest_count
from app.rules.rights import scope


@blueprint.get("/<int:domain_id>/limits")
def domain_limits(domain_id: int) -> Response:
    """Show a domain's limits, and how much of them is used."""
    domain = scope.find_domain(me(), domain_id)
    form = DomainLimitsForm(formdata=None)
    form.fill(*_current(domain))
    return _shown(domain, form)


@blueprint.post("/<int:domain_id>/limits")
def set_domain_limits(domain_id: int) -> Response:
    """Save a domain's limits."""
    domain = scope.find_domain(me(), domain_id)
    scope.require_server_wide(me())
    form = DomainLimitsForm()
    with submission(form, partial(_shown, domain, form), current=partial(_current, domain)):
        limits = {name: form[name].data for name in limits_of(domain)}
        domains.set_domain_limits(me(), domain, limits, form.seen_version)
    return see_other(url_for("domains.domain_limits", domain_id=domain.id), toast=_("Saved."))


def _current(domain: Domain) -> tuple[int, dict]:
    return domain.row_version, limits_of(domain)


def _shown(domain: Domain, form: DomainLimitsForm, status: int = 200, **context) -> Response:
    used = {"account_limit": account_count(domain), "guest_limit": guest_count(domain)}
    return page(
        "domains/limits.html",
        status=status,
        domain=domain,
        form=form,
        used=used,
        limits=limits_of(domain),
        is_server_wide=scope.is_server_wide(me()),
        is_unsaved=status != 200,
        last_change=audit.last_change("domain", domain.id) if context.get("theirs") else None,
        **context,
    )
