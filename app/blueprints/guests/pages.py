"""A guest's further pages: card, rooms and invitations, devices, history; and deleting."""

from functools import partial

from flask import Response, request, url_for
from flask_babel import gettext as _

from app.blueprints import audit_labels, cards, invitation_labels, lists
from app.blueprints.access_control import me
from app.blueprints.forms import submission
from app.blueprints.guests.views import blueprint
from app.htmx import page, see_other
from app.models import Account
from app.operations import guests
from app.queries import sessions
from app.queries.audit import last_change, object_entries
from app.queries.guests import invitations_to, rooms_of
from app.rules.guests.policy import find_guest


@blueprint.get("/<int:guest_id>/card")
def show_card(guest_id: int) -> Response:
    """Show what is known of a guest beside name and address."""
    guest = find_guest(me(), guest_id)
    form = cards.CardForm(formdata=None)
    form.fill(*cards.values_of(guest))
    return _card(guest, form)


@blueprint.post("/<int:guest_id>/card")
def update_guest_card(guest_id: int) -> Response:
    """Save the card."""
    guest = find_guest(me(), guest_id)
    form = cards.CardForm()
    with submission(form, partial(_card, guest, form), current=partial(cards.values_of, guest)):
        guests.update_guest_card(me(), guest, form.values, form.seen_version)
    return see_other(url_for("guests.show_card", guest_id=guest.id), toast=_("Saved."))


@blueprint.get("/<int:guest_id>/rooms")
def rooms(guest_id: int) -> Response:
    """Show the rooms a guest is in, and every invitation."""
    guest = find_guest(me(), guest_id)
    visible, others = rooms_of(me(), guest)
    return page(
        "guests/rooms.html",
        guest=guest,
        rooms=visible,
        others=others,
        invitations=invitations_to(me(), guest),
        invitation_labels=invitation_labels,
    )


@blueprint.get("/<int:guest_id>/sessions")
def show_sessions(guest_id: int) -> Response:
    """Show the devices a guest is signed in on."""
    guest = find_guest(me(), guest_id)
    return page("guests/sessions.html", guest=guest, devices=sessions.devices(guest))


@blueprint.post("/<int:guest_id>/sessions/<int:session_id>/revoke")
def revoke_guest_session(guest_id: int, session_id: int) -> Response:
    """Sign one device out."""
    guest = find_guest(me(), guest_id)
    guests.revoke_guest_session(me(), guest, session_id)
    url = url_for("guests.show_sessions", guest_id=guest.id)
    return see_other(url, toast=_("The device is signed out."))


@blueprint.get("/<int:guest_id>/history")
def history(guest_id: int) -> Response:
    """Show what was done to a guest. Fragments: list."""
    guest = find_guest(me(), guest_id)
    entries = object_entries("account", guest.id, request.args.get("cursor"))
    return page(
        "guests/history.html",
        blocks=("list",),
        guest=guest,
        history=entries,
        audit_labels=audit_labels,
        lists=lists,
    )


@blueprint.post("/<int:guest_id>/delete")
def delete_guest(guest_id: int) -> Response:
    """Delete a guest from the server."""
    guest = find_guest(me(), guest_id)
    name = guest.name
    guests.delete_guest(me(), guest)
    return see_other(url_for("guests.index"), toast=_("%(name)s is deleted.", name=name))


def _card(guest: Account, form: cards.CardForm, status: int = 200, **context) -> Response:
    return page(
        "guests/card.html",
        status=status,
        guest=guest,
        form=form,
        parts=cards.PARTS,
        is_unsaved=status != 200,
        last_change=last_change("account", guest.id) if context.get("theirs") else None,
        **context,
    )
