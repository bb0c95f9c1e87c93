"""The page of the first installation. Its link is printed in the terminal, works once and for a day."""

from urllib.parse import urlsplit

from flask import Blueprint, redirect, request, url_for

from app import htmx
from app.blueprints.auth.loader import remember
from app.blueprints.forms import put_refusal
from app.blueprints.gate import open_to_everybody
from app.blueprints.setup.forms import InstallationForm
from app.errors import Refusal
from app.i18n import language
from app.operations import installation, sessions
from app.queries import settings
from app.rules.installation import LinkState, link_state

blueprint = Blueprint("setup", __name__)

STATUS = {LinkState.USED: 410, LinkState.WRONG: 404}


@blueprint.route("/setup/<token>", methods=["GET", "POST"])
@open_to_everybody
def install_server(token: str):
    """Ask for what the server needs, and install it."""
    state = link_state(token)
    if state is not LinkState.VALID:
        return htmx.page("setup/link.html", status=STATUS[state], is_used=state is LinkState.USED)
    form = InstallationForm(host_name=urlsplit(settings.public_url()).hostname)
    if request.method == "GET":
        return _page(form)
    if not form.validate():
        return _page(form, 422)
    try:
        administrator = installation.install_server(token, form.plan(language()))
    except Refusal as refusal:
        put_refusal(form, _about_this_form(refusal))
        return _page(form, refusal.status)
    remember(sessions.open_session(administrator, user_agent=request.user_agent.string))
    return redirect(url_for("dashboard.show"), 303)


def _about_this_form(refusal: Refusal) -> Refusal:
    """A domain's name is called "domain" here, where "name" is the administrator's."""
    if refusal.code in ("bad_domain", "domain_taken") and refusal.field == "name":
        refusal.field = "domain"
    return refusal


def _page(form: InstallationForm, status: int = 200):
    return htmx.page("setup/install.html", status=status, form=form)
