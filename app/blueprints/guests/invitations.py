"""Pending invitations: the list, and what an administrator can do with one."""

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints import invitation_labels, lists
from app.blueprints.access_control import me
from app.blueprints.dialogs import back_from, dialog
from app.blueprints.guests.views import blueprint
from app.blueprints.lists import Empty, Filter, ListPage
from app.htmx import page, see_other
from app.operations import guests
from app.queries.guests import INVITATION_FILTERS, find_administered, invitation_list
from app.queries.guests import invitation_count as count_invitations
from app.rules.guests.policy import InvitationState


@blueprint.get("/invitations")
def invitations() -> Response:
    """Show the invitations that wait for an answer, or have ended without. Fragments: list."""
    query = lists.list_query(filters=INVITATION_FILTERS)
    listing = invitation_list(me(), query)
    states = {
        state: invitation_labels.STATES[InvitationState(state)] for state in INVITATION_FILTERS["state"]
    }
    shown = ListPage(
        query,
        listing,
        _("Invitations"),
        (),
        ngettext("%(num)s invitation", "%(num)s invitations", listing.total),
        placeholder=_("Search by address, room or inviter"),
        filters=(Filter("state", _("Waiting for an answer"), states),),
        no_match=Empty(_("No invitation matches."), _("Try fewer or other words, or remove the filters.")),
        empty=Empty(
            _("No invitation is waiting for an answer."),
            _("Members invite guests in a room, under Members. Guests see that room and nothing else."),
            "mail",
        ),
    )
    return page(
        "guests/invitations.html",
        blocks=("list",),
        shown=shown,
        invitation_labels=invitation_labels,
        invitation_count=count_invitations(me()),
    )


@blueprint.post("/invitations/<int:invitation_id>/resend")
def resend_invitation(invitation_id: int) -> Response:
    """Send the mail again."""
    return _done(invitation_id, guests.resend_invitation, _("The mail is on its way again."))


@blueprint.post("/invitations/<int:invitation_id>/revoke")
def revoke_invitation(invitation_id: int) -> Response:
    """Take an invitation back."""
    return _done(invitation_id, guests.revoke_invitation, _("The invitation is revoked."))


@blueprint.post("/invitations/<int:invitation_id>/again")
def invite_again(invitation_id: int) -> Response:
    """Invite once more."""
    return _done(invitation_id, guests.invite_again, _("The invitation is sent."))


@blueprint.post("/invitations/<int:invitation_id>/link")
def copy_invitation_link(invitation_id: int) -> Response:
    """Show an invitation's link, to be passed on another way. Fragments: dialog."""
    invitation = find_administered(me(), invitation_id)
    link = guests.copy_invitation_link(me(), invitation)
    back = back_from(url_for("guests.invitations"))
    return dialog("directory/invitation_link.html", back=back, link=link, invitation=invitation)


def _done(invitation_id: int, operation, text: str) -> Response:
    operation(me(), find_administered(me(), invitation_id))
    return see_other(back_from(url_for("guests.invitations")), toast=text)
