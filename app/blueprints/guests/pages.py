"""A guest's further pages: card, rooms and invitations, devices, history; and deleting."""

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.blueprints import cards, invitation_words, lists, trail
from app.blueprints.forms import put_refusal
from app.blueprints.gate import me
from app.blueprints.guests.views import blueprint
from app.errors import Conflict, Refusal
from app.htmx import page, see_other
from app.models import Account
from app.operations import guests as verbs
from app.queries import sessions
from app.queries import trail as questions
from app.queries.directory.guests import rooms_of
from app.queries.invitations import invitations_to
from app.rules import guests


@blueprint.get("/<int:guest_id>/card")
def show_card(guest_id: int) -> Response:
    """What is known of a guest beside name and address."""
    guest = guests.find_guest(me(), guest_id)
    form = cards.CardForm(formdata=None)
    form.fill(*cards.values_of(guest))
    return _card(guest, form)


@blueprint.post("/<int:guest_id>/card")
def update_guest_card(guest_id: int) -> Response:
    """Save the card."""
    guest = guests.find_guest(me(), guest_id)
    form = cards.CardForm()
    if not form.validate():
        return _card(guest, form, 422)
    try:
        verbs.update_guest_card(me(), guest, form.values, form.seen_version)
    except Conflict:
        return _card(guest, form, 422, theirs=form.meet(*cards.values_of(guest)))
    except Refusal as refusal:
        put_refusal(form, refusal)
        return _card(guest, form, refusal.status)
    return see_other(url_for("guests.show_card", guest_id=guest.id), toast=_("Saved."))


@blueprint.get("/<int:guest_id>/rooms")
def rooms(guest_id: int) -> Response:
    """The rooms a guest is in, and every invitation."""
    guest = guests.find_guest(me(), guest_id)
    known, others = rooms_of(me(), guest)
    return page(
        "guests/rooms.html",
        guest=guest,
        rooms=known,
        others=others,
        invitations=invitations_to(me(), guest),
        invitation_words=invitation_words,
    )


@blueprint.get("/<int:guest_id>/sessions")
def show_sessions(guest_id: int) -> Response:
    """The devices a guest is signed in on."""
    guest = guests.find_guest(me(), guest_id)
    return page("guests/sessions.html", guest=guest, devices=sessions.devices(guest))


@blueprint.post("/<int:guest_id>/sessions/<int:session_id>/revoke")
def revoke_guest_session(guest_id: int, session_id: int) -> Response:
    """Sign one device out."""
    guest = guests.find_guest(me(), guest_id)
    verbs.revoke_guest_session(me(), guest, session_id)
    url = url_for("guests.show_sessions", guest_id=guest.id)
    return see_other(url, toast=_("The device is signed out."))


@blueprint.get("/<int:guest_id>/history")
def history(guest_id: int) -> Response:
    """What was done to a guest. Fragments: list."""
    guest = guests.find_guest(me(), guest_id)
    found = questions.history("account", guest.id, request.args.get("cursor"))
    return page("guests/history.html", blocks=("list",), guest=guest, history=found, trail=trail, lists=lists)


@blueprint.post("/<int:guest_id>/delete")
def delete_guest(guest_id: int) -> Response:
    """Delete a guest from the server."""
    guest = guests.find_guest(me(), guest_id)
    name = guest.name
    verbs.delete_guest(me(), guest)
    return see_other(url_for("guests.index"), toast=_("%(name)s is deleted.", name=name))


def _card(guest: Account, form: cards.CardForm, status: int = 200, **context) -> Response:
    return page(
        "guests/card.html",
        status=status,
        guest=guest,
        form=form,
        parts=cards.PARTS,
        is_unsaved=status != 200,
        last_change=questions.last_change("account", guest.id) if context.get("theirs") else None,
        **context,
    )
