"""A domain is deleted: its name is typed, what goes is told in numbers, and a task does it."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.blueprints import creation
from app.blueprints.domains import consequences
from app.blueprints.domains.views import blueprint
from app.blueprints.gate import me
from app.errors import Refusal
from app.models import Domain
from app.operations import domains as verbs
from app.queries import domains as questions
from app.rules import scope
from app.rules.addresses import readable


@blueprint.route("/<int:domain_id>/delete", methods=["GET", "POST"])
def delete_domain(domain_id: int) -> Response:
    """Say what goes with a domain, then have it deleted. Fragments: dialog."""
    domain = scope.find_domain(me(), domain_id)
    scope.require_server_wide(me())
    scope.require_may_close(me(), domain)
    if request.method == "GET":
        return _asked(domain)
    try:
        task = verbs.delete_domain(me(), domain, typed_name=request.form.get("name", ""))
    except Refusal as refusal:
        return _asked(domain, 422, refusal)
    text = _("%(name)s is being deleted.", name=readable(domain.name))
    return creation.created(url_for("tasks.show", task_id=task.id), text)


def _asked(domain: Domain, status: int = 200, problem: Refusal | None = None) -> Response:
    return creation.creation_page(
        "domains/delete.html",
        None,
        back=url_for("domains.properties", domain_id=domain.id),
        status=status,
        domain=domain,
        consequences=consequences.of_deleting(questions.contents(domain)),
        problem=problem,
        typed=request.form.get("name", ""),
    )
