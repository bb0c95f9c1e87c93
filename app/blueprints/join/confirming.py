"""An address confirmed, an account extended: each on a page whose button acts, since mail scanners follow links."""

from functools import partial

from flask import Response, session, url_for

from app.blueprints.access_control import open_to_everybody
from app.blueprints.forms import submission
from app.blueprints.join.forms import ButtonForm, ConfirmForm
from app.blueprints.join.views import GONE, OWN, blueprint
from app.errors import NotFound
from app.htmx import page, see_other
from app.operations import guests
from app.rules.guests.links import CONFIRMATION, EXTENSION, guest_by_link
from app.rules.guests.policy import extended_until


@blueprint.get("/confirm/<token>")
@open_to_everybody
def show_confirmation(token: str) -> Response:
    """Show the button that confirms an address; in another browser than the account was made in, with its password."""
    return _confirmation(token)


@blueprint.post("/confirm/<token>")
@open_to_everybody
def confirm_address(token: str) -> Response:
    """Confirm an address, and say how to sign in."""
    guest = _unconfirmed(token)
    form = _form(guest)
    if guest is None:
        return _confirmation(token)
    try:
        with submission(form, partial(_confirmation, token, form), passing=NotFound):
            guests.confirm_address(token, form.password.data if "password" in form else None)
    except NotFound:
        return _confirmation(token)
    session.pop(OWN, None)
    return see_other(url_for("join.confirmed"))


@blueprint.get("/confirmed")
@open_to_everybody
def confirmed() -> Response:
    """Show how to sign in."""
    return page("join/confirmed.html")


@blueprint.get("/extend/<token>")
@open_to_everybody
def show_extension(token: str) -> Response:
    """Show the button by which a sponsor extends a guest's account."""
    return _extension(token)


@blueprint.post("/extend/<token>")
@open_to_everybody
def extend_guest(token: str) -> Response:
    """Extend a guest's account, as far as the domain lets it."""
    form = ButtonForm()
    try:
        with submission(form, partial(_extension, token, form), passing=NotFound):
            guest = guests.extend_by_link(token)
    except NotFound:
        return _extension(token)
    return page("join/extended.html", guest=guest)


def _confirmation(token: str, form=None, status: int = 200) -> Response:
    guest = _unconfirmed(token)
    if guest is None:
        return page("join/confirm_over.html", status=GONE)
    return page(
        "join/confirm.html", status=status, guest=guest, token=token, form=form or _form(guest, formdata=None)
    )


def _extension(token: str, form=None, status: int = 200) -> Response:
    guest = guest_by_link(EXTENSION, token)
    until = extended_until(guest) if guest is not None else None
    if until is None:
        return page("join/extend_over.html", status=GONE)
    return page(
        "join/extend.html",
        status=status,
        guest=guest,
        token=token,
        until=until,
        form=form or ButtonForm(formdata=None),
    )


def _unconfirmed(token: str):
    guest = guest_by_link(CONFIRMATION, token)
    return guest if guest is not None and guest.verified_at is None else None


def _form(guest, **values):
    is_own = guest is None or session.get(OWN) == guest.id
    return ButtonForm(**values) if is_own else ConfirmForm(**values)
