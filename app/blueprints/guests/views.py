"""The list of guests, and a guest's information."""

from functools import partial

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy import select

from app.blueprints import lists, tables
from app.blueprints.access_control import me
from app.blueprints.forms import submission
from app.blueprints.guests.forms import LIVES, STATES, GuestForm, values_of
from app.blueprints.lists import Column, Empty, Filter, ListPage
from app.errors import Invalid
from app.extensions import db
from app.htmx import page, see_other
from app.models import Account
from app.operations import bulk, guests
from app.queries.audit import last_change
from app.queries.guests import GUEST_FILTERS, GuestRow, every_guest, guest_list, invitation_count
from app.rules.accounts import addresses
from app.rules.guests.policy import find_guest, sponsor_of
from app.rules.guests.policy import internal_address as address_of
from app.rules.rights import scope

blueprint = Blueprint("guests", __name__, url_prefix="/admin/guests")

FILTERS = (Filter("state", _l("Any state"), STATES), Filter("life", _l("Any situation"), LIVES))
COLUMNS = (
    Column("name", _l("Name"), is_sorted=True),
    Column("address", _l("Account"), is_sorted=True),
    Column("sponsor", _l("Sponsor")),
    Column("rooms", _l("Rooms")),
    Column("state", _l("State")),
    Column("seen", _l("Last sign-in")),
)


@blueprint.get("/")
def index() -> Response:
    """Show the guests of one's scope. Fragments: list."""
    query = lists.list_query(sorts=("name", "address"), filters=GUEST_FILTERS)
    listing = guest_list(me(), query)
    shown = ListPage(
        query,
        listing,
        _("Guest accounts"),
        COLUMNS,
        ngettext("%(num)s guest", "%(num)s guests", listing.total),
        placeholder=_("Search by name, address or sponsor"),
        filters=FILTERS,
        no_match=Empty(_("No guest matches."), _("Try fewer or other words, or remove the filters.")),
        empty=Empty(
            _("There is no guest yet."),
            _("Members invite guests in a room, under Members. Guests see that room and nothing else."),
            "user-plus",
        ),
        bulk="guests",
        actions=bulk.collection_named("guests").offered(me()),
        identify=lambda row: (row.guest.id, row.guest.name),
        export="guests.export_guests",
    )
    return page(
        "guests/index.html",
        blocks=("list",),
        shown=shown,
        states=STATES,
        internal_address=address_of,
        invitation_count=invitation_count(me()),
    )


@blueprint.get("/guests.csv")
def export_guests() -> Response:
    """Export the guests as the list is filtered."""
    query = lists.list_query(sorts=("name", "address"), filters=GUEST_FILTERS)
    head = ("name", "address", "sponsor", "rooms", "state", "verified", "expires", "last_sign_in")
    rows = (_exported(row) for row in every_guest(me(), query))
    return tables.download("guests", head, rows)


@blueprint.get("/<int:guest_id>/")
def show(guest_id: int) -> Response:
    """Show a guest's information."""
    guest = find_guest(me(), guest_id)
    form = _form(guest)
    return _information(guest, form)


@blueprint.post("/<int:guest_id>/")
def update_guest(guest_id: int) -> Response:
    """Save a guest; with another address in the sponsor's field, change the sponsor too."""
    guest = find_guest(me(), guest_id)
    form = GuestForm()
    with submission(form, partial(_again, guest, form), current=partial(_current, guest)):
        values = form.wanted(guest) | {"sponsor": _sponsor(guest, form.sponsor.data or "")}
        guests.update_guest(me(), guest, values, form.seen_version)
    return see_other(url_for("guests.show", guest_id=guest.id), toast=_("Saved."))


def _sponsor(guest: Account, typed: str) -> Account | None:
    """Return the account of one's scope that shall answer for the guest, where it is another one.

    Error: Invalid.
    """
    address = addresses.normalise(typed)
    current = sponsor_of(guest)
    if not address or (current is not None and current.address == address):
        return None
    statement = select(Account).join(Account.domain).where(scope.of_domains(me()))
    mine = (Account.address == address, ~Account.is_guest)
    sponsor = db.session.scalars(statement.where(*mine)).unique().one_or_none()
    if sponsor is None:
        raise Invalid(_("There is no account with this address."), code="unknown", field="sponsor")
    return sponsor


def _form(guest: Account) -> GuestForm:
    form = GuestForm(formdata=None)
    form.fill(*_current(guest))
    return form


def _current(guest: Account) -> tuple[int, dict]:
    return guest.row_version, values_of(guest, sponsor_of(guest))


def _again(guest: Account, form: GuestForm, status: int, **context) -> Response:
    """Show the form again. 404 speaks of the sponsor here, not of the guest."""
    return _information(guest, form, 422 if status == 404 else status, **context)


def _information(guest: Account, form: GuestForm, status: int = 200, **context) -> Response:
    return page(
        "guests/show.html",
        status=status,
        guest=guest,
        form=form,
        sponsor=sponsor_of(guest),
        internal_address=address_of(guest),
        is_unsaved=status != 200,
        last_change=last_change("account", guest.id) if context.get("theirs") else None,
        **context,
    )


def _exported(row: GuestRow) -> tuple:
    guest = row.guest
    moments = (guest.verified_at, guest.expires_at, guest.last_sign_in_at)
    sponsor = row.sponsor.address if row.sponsor else ""
    rooms = "; ".join(row.rooms) + (" …" if row.room_count > len(row.rooms) else "")
    return (
        guest.name,
        guest.address,
        sponsor,
        rooms,
        guest.state.value,
        *((m and m.isoformat()) or "" for m in moments),
    )
