"""The licence's page."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from app.blueprints.forms import put_refusal
from app.blueprints.gate import me
from app.blueprints.licence.forms import InstallForm, IssueForm
from app.errors import Refusal
from app.htmx import page, see_other
from app.models import Role
from app.operations import licences as verbs
from app.rules import licensing, scope

blueprint = Blueprint("licence", __name__, url_prefix="/admin/licence")


@blueprint.get("")
def show() -> Response:
    """The licence that counts, and how the next one comes in."""
    scope.require_server_wide(me())
    return _shown()


@blueprint.post("/issue")
def issue_licence() -> Response:
    """Give this server a licence."""
    scope.require_server_wide(me())
    form = IssueForm()
    if not form.validate():
        return _shown(422, issue=form)
    try:
        verbs.issue_license(me(), form.terms())
    except Refusal as refusal:
        put_refusal(form, refusal)
        return _shown(refusal.status, issue=form)
    return see_other(url_for("licence.show"), toast=_("The licence is issued."))


@blueprint.post("/install")
def install_licence() -> Response:
    """Install a signed licence; one that gives less is asked about first."""
    scope.require_server_wide(me())
    form = InstallForm()
    if not form.validate():
        return _shown(422, install=form)
    try:
        verbs.install_license(me(), form.text(), accepts_less=form.accepts_less.data)
    except Refusal as refusal:
        put_refusal(form, refusal)
        return _shown(refusal.status, install=form, gives_less=refusal.code == "licence_gives_less")
    return see_other(url_for("licence.show"), toast=_("The licence is installed."))


def _shown(
    status: int = 200,
    *,
    issue: IssueForm | None = None,
    install: InstallForm | None = None,
    gives_less: bool = False,
) -> Response:
    licence = licensing.current()
    return page(
        "licence/show.html",
        status=status,
        licence=licence,
        is_unsaved=status != 200,
        installation=licensing.installation(),
        is_signed_elsewhere=bool(licensing.public_key()),
        may_issue=me().role is Role.SERVER,
        issue=issue or IssueForm.suggested(licence),
        install=install or InstallForm(formdata=None),
        gives_less=gives_less,
    )
