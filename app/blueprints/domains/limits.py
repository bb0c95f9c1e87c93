"""Limits: how many people a domain holds."""

from flask import Response, url_for
from flask_babel import gettext as _

from app.blueprints.domains.forms import DomainLimitsForm, limits_of
from app.blueprints.domains.views import blueprint
from app.blueprints.forms import put_refusal
from app.blueprints.gate import me
from app.errors import Conflict, Refusal
from app.htmx import page, see_other
from app.models import Domain
from app.operations import domains as verbs
from app.queries import domains as questions
from app.queries import trail
from app.rules import scope


@blueprint.get("/<int:domain_id>/limits")
def domain_limits(domain_id: int) -> Response:
    """A domain's limits, and how much of them is used."""
    domain = scope.find_domain(me(), domain_id)
    form = DomainLimitsForm(formdata=None)
    form.fill(domain.row_version, limits_of(domain))
    return _shown(domain, form)


@blueprint.post("/<int:domain_id>/limits")
def set_domain_limits(domain_id: int) -> Response:
    """Save a domain's limits."""
    domain = scope.find_domain(me(), domain_id)
    scope.require_server_wide(me())
    form = DomainLimitsForm()
    if not form.validate():
        return _shown(domain, form, 422)
    limits = {name: form[name].data for name in limits_of(domain)}
    try:
        verbs.set_domain_limits(me(), domain, limits, form.seen_version)
    except Conflict:
        domain = scope.find_domain(me(), domain.id)
        return _shown(domain, form, 422, theirs=form.meet(domain.row_version, limits_of(domain)))
    except Refusal as refusal:
        put_refusal(form, refusal)
        return _shown(domain, form, refusal.status)
    return see_other(url_for("domains.domain_limits", domain_id=domain.id), toast=_("Saved."))


def _shown(domain: Domain, form: DomainLimitsForm, status: int = 200, **context) -> Response:
    used = {"account_limit": questions.account_count(domain), "guest_limit": questions.guest_count(domain)}
    return page(
        "domains/limits.html",
        status=status,
        domain=domain,
        form=form,
        used=used,
        limits=limits_of(domain),
        is_server_wide=scope.is_server_wide(me()),
        is_unsaved=status != 200,
        last_change=trail.last_change("domain", domain.id) if context.get("theirs") else None,
        **context,
    )
