"""A forgotten password: a link is mailed, and its page lets choose a new one."""

from functools import partial

from flask import flash, redirect, request, session, url_for
from flask_babel import gettext as _

from app import htmx
from app.blueprints.access_control import open_to_everybody
from app.blueprints.forms import submission
from app.blueprints.sessions.forms import ChoiceForm, ForgottenForm
from app.blueprints.sessions.views import blueprint
from app.errors import NotFound
from app.operations.accounts import passwords
from app.rules.accounts import passwords as password_rules


@blueprint.route("/forgotten-password", methods=["GET", "POST"])
@open_to_everybody
def request_password_link():
    """Ask for a link. The answer is the same whether the address is known or not."""
    form = ForgottenForm()
    if request.method == "GET":
        form.address.data = request.args.get("address", "")[:320]
        return _forgotten(form)
    with submission(form, partial(_forgotten, form)):
        passwords.request_password_link(form.address.data)
    return _forgotten(form, is_sent=True)


@blueprint.route("/password/<token>", methods=["GET", "POST"])
@open_to_everybody
def choose_password(token: str):
    """Choose a password by a mailed link. Looking at the page changes nothing: mail scanners follow links."""
    account = password_rules.account_of_password_link(token)
    if account is None:
        return _used()
    form = ChoiceForm()
    if request.method == "GET":
        return _choice(form, account)
    try:
        with submission(form, partial(_choice, form, account), passing=NotFound):
            passwords.choose_password(token, form.password.data)
    except NotFound:
        return _used()
    session.clear()
    flash(_("Your password is set. Sign in with it."), "success")
    return redirect(url_for("sessions.sign_in"), 303)


def _forgotten(form: ForgottenForm, status: int = 200, *, is_sent: bool = False):
    return htmx.page("sessions/forgotten.html", status=status, form=form, is_sent=is_sent)


def _choice(form: ChoiceForm, account, status: int = 200):
    return htmx.page("sessions/choose.html", status=status, form=form, account=account)


def _used():
    return htmx.page("sessions/choose.html", status=410, form=None, account=None)
