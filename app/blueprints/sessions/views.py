"""Pages for signing in, one's devices and password, and the choice of language."""

import re
from functools import partial

from flask import Blueprint, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app import htmx
from app.blueprints.access_control import me, open_to_everybody
from app.blueprints.forms import submission
from app.blueprints.sessions import loader
from app.blueprints.sessions.devices import known
from app.blueprints.sessions.forms import PasswordForm, SignInForm
from app.errors import NotFound
from app.i18n import LANGUAGE_NAMES
from app.models import Role
from app.operations import sessions
from app.operations.accounts import own, passwords
from app.queries.sessions import devices
from app.rules.server import settings

blueprint = Blueprint("sessions", __name__)
blueprint.record_once(lambda state: loader.init_app(state.app))  # type: ignore[arg-type]  # Flask types it as App

# An address of this very server. Browsers take `//host` and `/\host` for another one.
OWN_PATH = re.compile(r"/(?![/\\])[^\s\\]*")


@blueprint.get("/")
def home():
    """Show where a person belongs: administrators to WebAdmin, everybody else to the rooms."""
    return redirect(_home_of(me()))


@blueprint.get("/sign-in")
@open_to_everybody
def sign_in():
    """Ask who it is."""
    if current_user.is_authenticated:
        return redirect(_wanted_page(current_user))
    return _sign_in_page(SignInForm())


@blueprint.post("/sign-in", endpoint="enter")
@open_to_everybody
def enter():
    """Sign this browser in. The session cookie is emptied first, against session fixation."""
    form = SignInForm()
    with submission(form, partial(_sign_in_page, form)):
        signed_in = sessions.sign_in(
            form.address.data, form.password.data, user_agent=request.user_agent.string, known_devices=known()
        )
    loader.remember(signed_in)
    return redirect(_wanted_page(signed_in.account), 303)


@blueprint.post("/sign-out")
def sign_out():
    """Sign this browser out."""
    sessions.sign_out(me(), me().session_id)
    session.clear()
    return htmx.see_other(url_for("sessions.sign_in"))


@blueprint.get("/sessions", endpoint="sessions")
def show_sessions():
    """Show the devices one is signed in on."""
    return htmx.page("sessions/sessions.html", blocks=("content",), devices=devices(me(), me().session_id))


@blueprint.post("/sessions/<int:session_id>/revoke")
def revoke_session(session_id: int):
    """Sign one of one's own devices out."""
    if session_id not in {device.id for device in devices(me())}:
        raise NotFound()
    sessions.revoke_session(me(), session_id)
    return htmx.see_other(url_for("sessions.sessions"), toast=_("The device is signed out."))


@blueprint.post("/sessions/revoke-others")
def revoke_other_sessions():
    """Sign every other device out."""
    sessions.revoke_all_sessions(me(), me(), but=me().session_id)
    return htmx.see_other(url_for("sessions.sessions"), toast=_("All other devices are signed out."))


@blueprint.route("/password", methods=["GET", "POST"])
def change_password():
    """Change one's password; every other device is signed out."""
    form = PasswordForm()
    if request.method == "GET":
        return _password_page(form)
    with submission(form, partial(_password_page, form)):
        passwords.change_own_password(me(), form.current.data, form.password.data)
    return htmx.see_other(url_for("sessions.sessions"), toast=_("Your password is changed."))


@blueprint.post("/language")
@open_to_everybody
def choose_language():
    """Read in another language: kept with the account, or in the cookie of who has none."""
    language = request.form.get("language")
    if current_user.is_authenticated:
        own.choose_language(me(), language)
        session.pop("language", None)
    elif language in LANGUAGE_NAMES:
        session["language"] = language
    return redirect(_wanted_page(current_user), 303)


def _wanted_page(account) -> str:
    """Return the page asked for before signing in, if it is one of this server, else the start page."""
    next_page = request.values.get("next", "")
    if OWN_PATH.fullmatch(next_page):
        return next_page
    return _home_of(account) if account.is_authenticated else url_for("sessions.home")


def _home_of(account) -> str:
    return url_for("chat.home" if account.role is Role.USER else "dashboard.show")


def _sign_in_page(form: SignInForm, status: int = 200):
    return htmx.page(
        "sessions/sign_in.html",
        status=status,
        form=form,
        next=request.values.get("next", ""),
        is_installed=settings.is_installed(),
    )


def _password_page(form: PasswordForm, status: int = 200):
    return htmx.page("sessions/password.html", blocks=("content",), status=status, form=form)
