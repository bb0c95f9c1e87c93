"""Joining by an invitation: the account of the invited person, or the room for who has one.

Buttons act, links do not.
"""

from functools import partial

from flask import Blueprint, Response, flash, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.blueprints.access_control import me, open_to_everybody
from app.blueprints.forms import refusals_to, submission
from app.blueprints.join.forms import ButtonForm, JoinForm
from app.errors import NotFound, Refusal, ServiceStopped, TooMany
from app.htmx import page, see_other
from app.i18n import language
from app.models import Account
from app.operations import guests
from app.rules.guests import links
from app.rules.guests.links import LinkTarget, OpenedLink

blueprint = Blueprint("join", __name__, url_prefix="/join")

# In this browser's cookie: the account that was made here and waits for its address to be confirmed.
OWN = "joined_as"
GONE = 410


@blueprint.get("/<token>")
@open_to_everybody
def show(token: str) -> Response:
    """Show what an invitation leads to now: a form, a button, or why neither."""
    return _shown(token, _opened(token), JoinForm(formdata=None))


@blueprint.post("/<token>")
@open_to_everybody
def register_guest(token: str) -> Response:
    """Make the account of the invited person."""
    opened, form = _opened(token), JoinForm()
    if opened.opens is not LinkTarget.REGISTER:
        return _shown(token, opened, form)
    try:
        with submission(form, partial(_shown, token, opened, form), passing=NotFound):
            guest = guests.register_guest(
                token, name=form.name.data, password=form.password.data, language=language()
            )
    except NotFound:
        return _shown(token, _opened(token), form)
    session[OWN] = guest.id
    return see_other(url_for("join.show", token=token))


@blueprint.post("/<token>/enter")
@open_to_everybody
def join_room(token: str) -> Response:
    """Bring a guest who has an account into the room."""
    if not ButtonForm().validate():
        raise NotFound()
    try:
        invitation = guests.join_room(token, _reader())
    except NotFound:
        return see_other(url_for("join.show", token=token))
    return see_other(url_for("chat.room", room_id=invitation.room_id))


@blueprint.post("/<token>/mail")
@open_to_everybody
def mail_invitation(token: str) -> Response:
    """Mail the invitation to the invited address, which alone proves whose it is."""
    if not ButtonForm().validate():
        raise NotFound()
    try:
        invitation = guests.mail_invitation(token)
    except NotFound:
        return see_other(url_for("join.show", token=token))
    return page("join/mailed.html", invitation=invitation)


@blueprint.post("/<token>/wanted")
@open_to_everybody
def ask_again(token: str) -> Response:
    """Have the inviter told that a new invitation is asked for. The answer is the same for any link, genuine or not."""
    if not ButtonForm().validate():
        raise NotFound()
    with refusals_to(partial(_refused, token), only=(TooMany, ServiceStopped)):
        guests.ask_again(token)
    return see_other(url_for("join.asked"))


@blueprint.get("/asked")
@open_to_everybody
def asked() -> Response:
    """Show what happens now that a new invitation was asked for."""
    return page("join/asked.html")


@blueprint.post("/<token>/again")
@open_to_everybody
def send_confirmation_again(token: str) -> Response:
    """Send the mail that confirms the address once more."""
    try:
        with refusals_to(partial(_refused, token), passing=NotFound):
            guests.send_confirmation_again(token)
    except NotFound:
        return see_other(url_for("join.show", token=token))
    return see_other(url_for("join.show", token=token), toast=_("The mail is on its way again."))


@blueprint.get("/<token>/about")
@open_to_everybody
def about(token: str) -> Response:
    """Show what TeamChat is, in a few words."""
    return page("join/about.html", token=token)


def _refused(token: str, _status: int, problem: Refusal) -> Response:
    flash(str(problem.sentence), "error")
    return see_other(url_for("join.show", token=token))


def _shown(token: str, opened: OpenedLink, form, status: int = 200) -> Response:
    templates = {
        LinkTarget.REGISTER: "join/register.html",
        LinkTarget.JOIN: "join/known.html",
        LinkTarget.ASK: "join/ask.html",
        LinkTarget.CONFIRM: "join/created.html",
    }
    if opened.opens not in templates:
        status = 404 if opened.opens is LinkTarget.UNKNOWN else GONE
    reader = _reader()
    return page(
        templates.get(opened.opens, "join/over.html"),
        status=status,
        token=token,
        opens=opened.opens.value,
        invitation=opened.invitation,
        can_be_asked=opened.invitation is not None and links.is_wanted_again(opened.invitation),
        form=form,
        reader=reader,
        is_own=opened.guest is not None and reader is not None and reader.id == opened.guest.id,
    )


def _opened(token: str) -> OpenedLink:
    return links.open_link(token, _reader())


def _reader() -> Account | None:
    """Return who has signed in, if anybody has."""
    return me() if current_user.is_authenticated else None
