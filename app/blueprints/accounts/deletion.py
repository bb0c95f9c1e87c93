"""Deletion of an account: consequences in numbers, and heirs for its rooms and guests."""

from functools import partial

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints.access_control import me
from app.blueprints.accounts.views import blueprint
from app.blueprints.dialogs import dialog, done
from app.blueprints.forms import refusals_to
from app.errors import NotFound
from app.models import Account
from app.operations import accounts
from app.operations.accounts import OwnedRooms, Successor
from app.queries.accounts.belongings import (
    AccountWeight,
    Entrusted,
    account_weight,
    entrusted_to,
    heirs_by_room,
    owned_by,
    successors,
)
from app.rules.accounts.addresses import readable
from app.rules.rights import scope
from app.text.parsing import parse_whole_number

# Rooms that are asked about one by one; what becomes of the others is asked once.
ASKED_ABOUT = 50

# Members offered for a room, those who have been in it for longest.
HEIRS = 30

# People offered to answer for its guests: the administrators of its domain, then others by name.
SPONSORS = 100


@blueprint.route("/accounts/<int:account_id>/delete", methods=["GET", "POST"])
def delete_account(account_id: int) -> Response:
    """Delete an account; first say what goes and ask about its rooms and its guests."""
    account = scope.find_account(me(), account_id)
    scope.require_may_touch(me(), account)
    if request.method == "GET":
        return _question(account)
    if account_weight(account).messages and not _is_named(account):
        return _question(account, 422, _("Type the address of the account exactly."))
    url = url_for("accounts.index", domain_id=account.domain_id)
    text = _("The account %(address)s is deleted.", address=readable(account.address))
    owned = _owned_rooms_choice(request.form.get("owned"))
    with refusals_to(partial(_question, account), status=422, passing=NotFound):
        accounts.delete_account(me(), account, owned=owned, heirs=_heirs(), sponsor=_sponsor())
    return done(url, text)


def _is_named(account: Account) -> bool:
    typed = request.form.get("address", "").strip().lower()
    return typed in (account.address, readable(account.address))


def _heirs() -> dict[int, int | OwnedRooms]:
    """Return what the form wants for each room, by its id."""
    choices = {}
    for name, value in request.form.items():
        room_id = parse_whole_number(name.removeprefix("room-")) if name.startswith("room-") else None
        if room_id is not None:
            heir = parse_whole_number(value)
            choices[room_id] = _owned_rooms_choice(value) if heir is None else heir
    return choices


def _sponsor() -> int | Successor:
    """Return who shall answer for the guests."""
    sponsor_id = parse_whole_number(request.form.get("sponsor"))
    return Successor.FIRST if sponsor_id is None else sponsor_id


def _owned_rooms_choice(value: str | None) -> OwnedRooms:
    return OwnedRooms.DELETE if value == OwnedRooms.DELETE else OwnedRooms.LONGEST


def _question(account: Account, status: int = 200, problem=None) -> Response:
    weight = account_weight(account)
    rooms, of_others = owned_by(me(), account)
    entrusted = entrusted_to(account)
    return dialog(
        "accounts/delete.html",
        status,
        back=url_for("accounts.show", account_id=account.id),
        account=account,
        consequences=_consequences(weight, entrusted),
        entrusted=entrusted,
        sponsors=successors(me(), account, SPONSORS) if entrusted else [],
        rooms=rooms[:ASKED_ABOUT],
        more=len(rooms) - ASKED_ABOUT,
        others=len(of_others),
        heirs=heirs_by_room(rooms[:ASKED_ABOUT], account, HEIRS),
        needs_name=weight.messages > 0,
        problem=problem,
    )


def _consequences(weight: AccountWeight, entrusted: Entrusted) -> list[str]:
    lines = [
        (
            ngettext("%(num)s device is signed out.", "%(num)s devices are signed out.", weight.sessions),
            weight.sessions,
        ),
        (
            ngettext("It leaves %(num)s group.", "It leaves %(num)s groups.", weight.groups),
            weight.groups,
        ),
        (ngettext("It leaves %(num)s room.", "It leaves %(num)s rooms.", weight.rooms), weight.rooms),
        (
            ngettext(
                "%(num)s message stays, signed with the name and “(deleted account)”.",
                "%(num)s messages stay, signed with the name and “(deleted account)”.",
                weight.messages,
            ),
            weight.messages,
        ),
        (
            ngettext(
                "It sponsors %(num)s guest.",
                "It sponsors %(num)s guests.",
                entrusted.guests,
            ),
            entrusted.guests,
        ),
        (
            ngettext(
                "%(num)s invitation it has sent is not answered yet.",
                "%(num)s invitations it has sent are not answered yet.",
                entrusted.invitations,
            ),
            entrusted.invitations,
        ),
    ]
    return [text for text, count in lines if count]
