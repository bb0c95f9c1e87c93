"""A domain is deleted: its name is typed, what goes is told in numbers, and a task does it."""

from functools import partial

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.blueprints.access_control import me
from app.blueprints.dialogs import dialog, done
from app.blueprints.domains import consequences
from app.blueprints.domains.views import blueprint
from app.blueprints.forms import refusals_to
from app.errors import Refusal
from app.models import Domain
from app.operations import domains
from app.queries.domains import domain_contents
from app.rules.accounts.addresses import readable
from app.rules.rights import scope


@blueprint.route("/<int:domain_id>/delete", methods=["GET", "POST"])
def delete_domain(domain_id: int) -> Response:
    """Say what goes with a domain, then have it deleted. Fragments: dialog."""
    domain = scope.find_domain(me(), domain_id)
    scope.require_server_wide(me())
    scope.require_may_close(me(), domain)
    if request.method == "GET":
        return _asked(domain)
    with refusals_to(partial(_asked, domain), status=422):
        task = domains.delete_domain(me(), domain, typed_name=request.form.get("name", ""))
    text = _("%(name)s is being deleted.", name=readable(domain.name))
    return done(url_for("tasks.show", task_id=task.id), text)


def _asked(domain: Domain, status: int = 200, problem: Refusal | None = None) -> Response:
    return dialog(
        "domains/delete.html",
        status,
        back=url_for("domains.properties", domain_id=domain.id),
        domain=domain,
        consequences=consequences.of_deleting(domain_contents(domain)),
        problem=problem,
        typed=request.form.get("name", ""),
    )
