"""The mail server: its settings, and a test mail that is sent while one waits."""

import secrets
from functools import partial

from flask import Response, current_app, request, url_for
from flask_babel import gettext as _

from app.blueprints.access_control import me
from app.blueprints.forms import submission
from app.blueprints.mail import labels
from app.blueprints.mail.forms import MailServerForm, values_of
from app.blueprints.mail.views import blueprint
from app.errors import Invalid
from app.extensions import db
from app.htmx import page, see_other
from app.i18n import language
from app.integrations import mail
from app.integrations.mail import MailServer, SendTrial
from app.mail_rendering import render_mail
from app.operations.mail import note_trial
from app.operations.server.settings import update_mail_server
from app.rules import mail as mail_rules
from app.rules.rights import scope
from app.rules.server import settings
from app.rules.server.settings import Setting


@blueprint.get("/server")
def show_server() -> Response:
    """Show the settings of the mail server."""
    scope.require_server_administrator(me())
    form = MailServerForm(formdata=None)
    form.fill(settings.mail_version(), values_of())
    form.test_address.data = me().address
    return _shown(form)


@blueprint.post("/server")
def update_server() -> Response:
    """Save the settings of the mail server."""
    scope.require_server_administrator(me())
    form = MailServerForm()
    with submission(form, partial(_shown, form), current=lambda: (settings.mail_version(), values_of())):
        update_mail_server(me(), form.wanted(), form.seen_version)
    return see_other(url_for("mail.show_server"), toast=_("Saved."))


@blueprint.post("/server/test")
def send_test_mail() -> Response:
    """Send a test mail with the settings in the form, saved or not, and show how far it came."""
    scope.require_server_administrator(me())
    form = MailServerForm()
    with submission(form, partial(_shown, form)):
        server = form.wanted()
        if server is None:
            raise Invalid(_("No mail server is set."), code="no_mail_server", field="host")
        server = mail_rules.checked_mail_server(server)
        address = mail_rules.checked_address(form.test_address.data or "", field="test_address")
    trial = _tried_out(server, address)
    return _shown(form, trial=trial, test_address=address)


def _tried_out(server: MailServer, address: str) -> SendTrial:
    """Send the test mail beside the event loop, without holding a database connection."""
    subject, text, html = render_mail("test", language(), {})
    db.session.rollback()
    message_id = f"<test-{secrets.token_hex(8)}@{server.sender.rpartition('@')[2]}>"
    trial = mail.send_trial(server, address, subject, text, html, message_id)
    note_trial(me(), server, address, trial.failure.kind if trial.failure else "ok")
    return trial


def _shown(form: MailServerForm, status: int = 200, *, trial: SendTrial | None = None, **context) -> Response:
    server = settings.mail_server()
    return page(
        "mail/server.html",
        blocks=("trial",),
        status=status,
        form=form,
        trial=trial,
        expected=_steps(form),
        labels=labels,
        has_password=bool(server and server.password),
        is_from_environment=server is not None and not settings.get(Setting.MAIL_SERVER),
        environment=current_app.config["MAIL_SERVER"],
        is_unsaved=request.method == "POST" and _differs(form),
        asked=request.endpoint == "mail.send_test_mail",
        last_change=None,
        **context,
    )


def _differs(form: MailServerForm) -> bool:
    """Return whether the form holds what is not saved."""
    return bool(form.password.data) or any(form[name].data != value for name, value in values_of().items())


def _steps(form: MailServerForm) -> list[str]:
    """Return the steps a trial goes through with these settings."""
    left_out = {"protect": form.protection.data == mail.PLAIN, "sign_in": not form.username.data}
    return [step for step in labels.STEPS if not left_out.get(step)]
