"""The page of the first installation. Its link is printed in the terminal, works once and for a day."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

from flask import Blueprint, redirect, request, url_for

from app import htmx
from app.blueprints.access_control import open_to_everybody
from app.blueprints.forms import submission
from app.blueprints.sessions.loader import remember
from app.blueprints.setup.forms import InstallationForm
from app.errors import Invalid
from app.i18n import language
from app.operations import sessions
from app.operations.server import installation
from app.rules.server import settings
from app.rules.server.readiness import LinkState, link_state

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
    with submission(form, partial(_page, form)), _domain_refusals():
        administrator = installation.install_server(token, form.plan(language()))
    remember(sessions.open_session(administrator, user_agent=request.user_agent.string))
    return redirect(url_for("dashboard.show"), 303)


@contextmanager
def _domain_refusals() -> Iterator[None]:
    """Point refusals of the domain's name to the field "domain": "name" is the administrator's here."""
    try:
        yield
    except Invalid as refusal:
        if refusal.code in ("bad_domain", "domain_taken") and refusal.field == "name":
            refusal.field = "domain"
        raise


def _page(form: InstallationForm, status: int = 200):
    return htmx.page("setup/install.html", status=status, form=form)
