"""The page of the licence."""

from functools import partial

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _

from app.blueprints.access_control import me
from app.blueprints.forms import submission
from app.blueprints.licenses.forms import InstallForm, IssueForm
from app.errors import Invalid
from app.htmx import page, see_other
from app.models import Role
from app.operations import licenses
from app.rules import licenses as license_rules
from app.rules.rights import scope

blueprint = Blueprint("licenses", __name__, url_prefix="/admin/licence")


@blueprint.get("")
def show() -> Response:
    """Show the licence in force, and the forms that replace it."""
    scope.require_server_wide(me())
    return _shown()


@blueprint.post("/issue")
def issue_license() -> Response:
    """Issue a licence for this server."""
    scope.require_server_wide(me())
    form = IssueForm()
    with submission(form, partial(_shown, issue=form)):
        licenses.issue_license(me(), form.terms())
    return see_other(url_for("licenses.show"), toast=_("The licence is issued."))


@blueprint.post("/install")
def install_license() -> Response:
    """Install a signed licence, after a confirmation if it gives less."""
    scope.require_server_wide(me())
    form = InstallForm()
    with submission(form, partial(_shown, install=form)):
        try:
            licenses.install_license(me(), form.text(), accepts_less=form.accepts_less.data)
        except Invalid as refusal:
            form.gives_less = refusal.code == "licence_gives_less"
            raise
    return see_other(url_for("licenses.show"), toast=_("The licence is installed."))


def _shown(
    status: int = 200,
    *,
    issue: IssueForm | None = None,
    install: InstallForm | None = None,
) -> Response:
    license = license_rules.current_license()
    return page(
        "licenses/show.html",
        status=status,
        licence=license,
        is_unsaved=status != 200,
        installation=license_rules.installation_reference(),
        is_signed_elsewhere=bool(license_rules.public_key()),
        may_issue=me().role is Role.SERVER,
        issue=issue or IssueForm.suggested(license),
        install=install or InstallForm(formdata=None),
    )
