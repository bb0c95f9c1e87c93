"""An account's groups, with the ways it is in, and the rooms it sees, without their contents."""

from flask import Response, request
from flask_babel import gettext as _

from app.blueprints import lists
from app.blueprints.access_control import me
from app.blueprints.accounts.views import blueprint
from app.htmx import page
from app.models import Account, EntryKind, Principal, RoomKind
from app.queries.accounts.belongings import groups_of
from app.queries.groups import people
from app.rules.accounts.addresses import readable
from app.rules.rights import scope

ROOMS = {
    RoomKind.PUBLIC: lambda: _("Public room"),
    RoomKind.PRIVATE: lambda: _("Private room"),
    RoomKind.DIRECT: lambda: _("Direct conversation"),
}
ROOMS_AT_ONCE = 100


@blueprint.get("/accounts/<int:account_id>/groups")
def show_groups(account_id: int) -> Response:
    """Show the groups an account is in, each with all the ways it is. Fragments: list."""
    account = scope.find_account(me(), account_id)
    memberships = groups_of(me(), account, request.args.get("cursor"))
    return page(
        "accounts/groups.html",
        blocks=("list",),
        account=account,
        memberships=memberships,
        way_text=lambda way: _way(account, way, memberships.names),
        next_url=lists.next_address(memberships.page),
        previous_url=lists.previous_address(memberships.page),
    )


@blueprint.get("/accounts/<int:account_id>/rooms")
def show_rooms(account_id: int) -> Response:
    """Show the rooms an account sees, as far as the administrator looks after them. Fragments: list."""
    account = scope.find_account(me(), account_id)
    rooms_seen = people.seen_by(me(), account)
    start = max(0, request.args.get("start", 0, type=int))
    end = start + ROOMS_AT_ONCE
    return page(
        "accounts/rooms.html",
        blocks=("list",),
        account=account,
        rows=rooms_seen.rooms[start:end],
        total=len(rooms_seen.rooms),
        others=rooms_seen.others,
        kind_of=lambda room: ROOMS[room.kind](),
        next_url=lists.address(start=end) if end < len(rooms_seen.rooms) else None,
        previous_url=lists.address(start=max(0, start - ROOMS_AT_ONCE) or None) if start else None,
    )


def _way(account: Account, way, names: dict) -> str:
    """Return a way of being in a group, in words: by itself, through its domain, through which groups."""
    through = [names[Principal.GROUP, key].strip("[]") for key in way.group_ids[1:]]
    path = " → ".join(readable(name) for name in through)
    if way.kind is EntryKind.DOMAIN:
        domain = readable(account.domain.name)
        if path:
            return _("through %(groups)s, which contains all of %(domain)s", groups=path, domain=domain)
        return _("through the whole domain %(domain)s", domain=domain)
    return _("through %(groups)s", groups=path) if path else _("is a member itself")
