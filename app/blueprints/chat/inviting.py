"""*Inviter*: addresses into a room, what became of them, and what a room shows to its guests."""

from functools import partial

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints.chat.forms import GuestSettingsForm, InviteForm
from app.blueprints.chat.frame import frame
from app.blueprints.chat.people import back_to_people, people_page
from app.blueprints.chat.views import blueprint, room_context
from app.blueprints.forms import put_refusal
from app.blueprints.gate import me
from app.errors import NotFound, Refusal
from app.htmx import page, say
from app.operations import guests as verbs
from app.operations import rooms
from app.queries.invitations import find_invitation
from app.rules import inviting, managing
from app.rules.rights import access
from app.text.parsing import parse_whole_number


@blueprint.get("/rooms/<int:room_id>/invite")
def invite(room_id: int) -> Response:
    """The dialog *Inviter*. Fragment: dialog."""
    seen = access.find_room(me(), room_id)
    inviting.require_may_invite_guests(me(), seen.room)
    return _dialog(seen, InviteForm(formdata=None))


@blueprint.post("/rooms/<int:room_id>/invite")
def invite_guests(room_id: int) -> Response:
    """Invite; addresses that could not be are shown again with the reason, the others are on their way."""
    seen = access.find_room(me(), room_id)
    form = InviteForm()
    if not form.validate():
        return _dialog(seen, form, 422)
    try:
        outcomes = verbs.invite_guests(
            me(), seen.room, form.addresses.data or "", form.personal_line.data, form.language.data
        )
    except NotFound:
        raise
    except Refusal as refusal:
        put_refusal(form, refusal)
        return _dialog(seen, form, 403 if refusal.status == 403 else 422)
    refused = [one for one in outcomes if one.refusal is not None]
    done = len(outcomes) - len(refused)
    told = ngettext("%(num)s person is invited.", "%(num)s people are invited.", done)
    if not refused:
        return back_to_people(room_id, told)
    form.addresses.data = "\n".join(one.text for one in refused)
    return _dialog(access.find_room(me(), room_id), form, 422, refused=refused, told=told if done else None)


@blueprint.post("/rooms/<int:room_id>/invitations/<int:invitation_id>/resend")
def resend_invitation(room_id: int, invitation_id: int) -> Response:
    """Send the mail again."""
    return _done(room_id, invitation_id, verbs.resend_invitation, _("The mail is on its way again."))


@blueprint.post("/rooms/<int:room_id>/invitations/<int:invitation_id>/revoke")
def revoke_invitation(room_id: int, invitation_id: int) -> Response:
    """Take an invitation back."""
    return _done(room_id, invitation_id, verbs.revoke_invitation, _("The invitation is taken back."))


@blueprint.post("/rooms/<int:room_id>/invitations/<int:invitation_id>/again")
def invite_again(room_id: int, invitation_id: int) -> Response:
    """Invite once more."""
    return _done(room_id, invitation_id, verbs.invite_again, _("The invitation is sent."))


@blueprint.post("/rooms/<int:room_id>/invitations/<int:invitation_id>/link")
def copy_invitation_link(room_id: int, invitation_id: int) -> Response:
    """Show an invitation's link, to be passed on another way. Fragment: dialog."""
    seen = access.find_room(me(), room_id)
    invitation = find_invitation(me(), room_id, invitation_id)
    link = verbs.copy_invitation_link(me(), invitation)
    return page(
        "chat/invitation_link.html",
        blocks=("dialog",),
        link=link,
        invitation=invitation,
        around=partial(room_context, seen),
        room=seen.room,
        **frame(),
    )


@blueprint.get("/rooms/<int:room_id>/guests")
def guest_settings(room_id: int) -> Response:
    """What guests see of the room, and for how long they stay. Fragment: dialog."""
    seen = access.find_room(me(), room_id)
    managing.require_may_administer(me(), seen.room)
    form = GuestSettingsForm(formdata=None, obj=seen.room)
    form.row_version.data = seen.room.row_version
    return _settings(seen, form)


@blueprint.post("/rooms/<int:room_id>/guests")
def set_guest_settings(room_id: int) -> Response:
    """Save it."""
    seen = access.find_room(me(), room_id)
    form = GuestSettingsForm()
    if not form.validate():
        return _settings(seen, form, 422)
    try:
        rooms.set_guest_settings(
            me(),
            seen.room,
            guests_see_history=form.guests_see_history.data,
            guests_see_members=form.guests_see_members.data,
            guest_days=form.guest_days.data,
            seen_version=parse_whole_number(form.row_version.data),
        )
    except Refusal as refusal:
        put_refusal(form, refusal)
        return _settings(seen, form, 403 if refusal.status == 403 else 422)
    return back_to_people(room_id, _("Saved."))


def _done(room_id: int, invitation_id: int, verb, text: str) -> Response:
    """Whoever is not in the room would see neither what has come of it nor that it was done: WebAdmin is theirs."""
    access.find_room(me(), room_id)
    verb(me(), find_invitation(me(), room_id, invitation_id))
    if request.headers.get("HX-Request"):
        return say(people_page(access.find_room(me(), room_id)), text)
    return back_to_people(room_id, text)


def _dialog(seen: access.RoomAccess, form: InviteForm, status: int = 200, refused=(), told=None) -> Response:
    return page(
        "chat/invite.html",
        blocks=("dialog",),
        status=status,
        refused=refused,
        told=told,
        here=url_for("chat.invite_guests", room_id=seen.room.id),
        around=partial(room_context, seen),
        room=seen.room,
        invite_form=form,
        **frame(),
    )


def _settings(seen: access.RoomAccess, form: GuestSettingsForm, status: int = 200) -> Response:
    return page(
        "chat/guest_settings.html",
        blocks=("dialog",),
        status=status,
        around=partial(room_context, seen),
        room=seen.room,
        settings=form,
        **frame(),
    )
