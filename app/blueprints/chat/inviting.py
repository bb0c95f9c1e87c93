"""*Inviter*: addresses into a room, what became of them, and what a room shows to its guests."""

from functools import partial

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints.access_control import me
from app.blueprints.chat.forms import GuestSettingsForm, InviteForm
from app.blueprints.chat.people import back_to_people, people_page
from app.blueprints.chat.views import blueprint, room_dialog
from app.blueprints.forms import submission
from app.errors import Forbidden, NotFound
from app.htmx import say
from app.operations import guests, rooms
from app.queries.guests import find_invitation
from app.rules import rooms as room_rules
from app.rules.guests import policy
from app.rules.rights import access
from app.text.parsing import parse_whole_number


@blueprint.get("/rooms/<int:room_id>/invite")
def invite(room_id: int) -> Response:
    """Show the dialog *Inviter*. Fragment: dialog."""
    room_access = access.find_room(me(), room_id)
    policy.require_may_invite_guests(me(), room_access.room)
    return _dialog(room_access, InviteForm(formdata=None))


@blueprint.post("/rooms/<int:room_id>/invite")
def invite_guests(room_id: int) -> Response:
    """Invite; addresses that could not be are shown again with the reason, the others are on their way."""
    room_access = access.find_room(me(), room_id)
    form = InviteForm()
    with submission(form, partial(_dialog, room_access, form), status=422, passing=(NotFound, Forbidden)):
        outcomes = guests.invite_guests(
            me(), room_access.room, form.addresses.data or "", form.personal_line.data, form.language.data
        )
    refused = [outcome for outcome in outcomes if outcome.refusal is not None]
    done = len(outcomes) - len(refused)
    notice = ngettext("%(num)s person is invited.", "%(num)s people are invited.", done)
    if not refused:
        return back_to_people(room_id, notice)
    form.addresses.data = "\n".join(outcome.text for outcome in refused)
    return _dialog(
        access.find_room(me(), room_id), form, 422, refused=refused, notice=notice if done else None
    )


@blueprint.post("/rooms/<int:room_id>/invitations/<int:invitation_id>/resend")
def resend_invitation(room_id: int, invitation_id: int) -> Response:
    """Send the mail again."""
    return _done(room_id, invitation_id, guests.resend_invitation, _("The mail is on its way again."))


@blueprint.post("/rooms/<int:room_id>/invitations/<int:invitation_id>/revoke")
def revoke_invitation(room_id: int, invitation_id: int) -> Response:
    """Take an invitation back."""
    return _done(room_id, invitation_id, guests.revoke_invitation, _("The invitation is revoked."))


@blueprint.post("/rooms/<int:room_id>/invitations/<int:invitation_id>/again")
def invite_again(room_id: int, invitation_id: int) -> Response:
    """Invite once more."""
    return _done(room_id, invitation_id, guests.invite_again, _("The invitation is sent."))


@blueprint.post("/rooms/<int:room_id>/invitations/<int:invitation_id>/link")
def copy_invitation_link(room_id: int, invitation_id: int) -> Response:
    """Show an invitation's link, to be passed on another way. Fragment: dialog."""
    room_access = access.find_room(me(), room_id)
    invitation = find_invitation(me(), room_id, invitation_id)
    link = guests.copy_invitation_link(me(), invitation)
    back = url_for("chat.room_people", room_id=room_id)
    return room_dialog(
        "directory/invitation_link.html", room_access, link=link, invitation=invitation, back=back
    )


@blueprint.get("/rooms/<int:room_id>/guests")
def guest_settings(room_id: int) -> Response:
    """Show what guests see of the room, and for how long they stay. Fragment: dialog."""
    room_access = access.find_room(me(), room_id)
    room_rules.require_may_administer(me(), room_access.room)
    form = GuestSettingsForm(formdata=None, obj=room_access.room)
    form.row_version.data = room_access.room.row_version
    return _settings(room_access, form)


@blueprint.post("/rooms/<int:room_id>/guests")
def set_guest_settings(room_id: int) -> Response:
    """Save it."""
    room_access = access.find_room(me(), room_id)
    form = GuestSettingsForm()
    with submission(form, partial(_settings, room_access, form), status=422, passing=Forbidden):
        rooms.set_guest_settings(
            me(),
            room_access.room,
            guests_see_history=form.guests_see_history.data,
            guests_see_members=form.guests_see_members.data,
            guest_days=form.guest_days.data,
            seen_version=parse_whole_number(form.row_version.data),
        )
    return back_to_people(room_id, _("Saved."))


def _done(room_id: int, invitation_id: int, change, text: str) -> Response:
    """Change an invitation. Only for people in the room: others could not see the result."""
    access.find_room(me(), room_id)
    change(me(), find_invitation(me(), room_id, invitation_id))
    if request.headers.get("HX-Request"):
        return say(people_page(access.find_room(me(), room_id)), text)
    return back_to_people(room_id, text)


def _dialog(
    room_access: access.RoomAccess, form: InviteForm, status: int = 200, refused=(), notice=None
) -> Response:
    back = url_for("chat.room_people", room_id=room_access.room.id)
    return room_dialog(
        "chat/invite.html", room_access, status, invite_form=form, refused=refused, notice=notice, back=back
    )


def _settings(room_access: access.RoomAccess, form: GuestSettingsForm, status: int = 200) -> Response:
    back = url_for("chat.room_people", room_id=room_access.room.id)
    return room_dialog("chat/guest_settings.html", room_access, status, settings=form, back=back)
