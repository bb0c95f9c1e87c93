"""Lists as CSV: the columns that an import takes, in words that do not depend on the language."""

from flask import Blueprint, Response

from app.blueprints import lists, tables
from app.blueprints.access_control import me
from app.queries import domains
from app.queries.accounts import listing
from app.queries.groups import listing as group_listing
from app.rules.accounts.addresses import readable
from app.rules.rights import scope

blueprint = Blueprint("imports", __name__, url_prefix="/admin")

ACCOUNTS = ("address", "name", "role", "state", "language", "groupware", "webdav", "teamchat", "last_sign_in")
GROUPS = ("address", "name", "description", "public_folder", "teamchat")
DOMAINS = ("name", "description", "state", "language", "groupware", "webdav", "teamchat")


@blueprint.get("/domains/<int:domain_id>/accounts.csv")
def export_accounts(domain_id: int) -> Response:
    """Export a domain's accounts as the list is filtered."""
    domain = scope.find_domain(me(), domain_id)
    query = lists.list_query(sorts=("name", "address", "seen"), filters=listing.FILTERS)
    rows = (_account(row) for row in listing.every_account(domain, query))
    return tables.download(f"accounts-{domain.name}", ACCOUNTS, rows)


@blueprint.get("/domains/<int:domain_id>/groups.csv")
def export_groups(domain_id: int) -> Response:
    """Export a domain's groups as the list is filtered."""
    domain = scope.find_domain(me(), domain_id)
    query = lists.list_query(sorts=("name", "address"), filters=group_listing.FILTERS)
    rows = (_group(row) for row in group_listing.every_group(domain, query))
    return tables.download(f"groups-{domain.name}", GROUPS, rows)


@blueprint.get("/domains.csv")
def export_domains() -> Response:
    """Export the domains of one's scope as the list is filtered."""
    query = lists.list_query(filters=domains.FILTERS)
    rows = [_domain(row) for row in domains.every_domain(me(), query)]
    return tables.download("domains", DOMAINS, rows)


def _account(row) -> tuple:
    last_sign_in = row.last_sign_in_at.strftime("%Y-%m-%dT%H:%M:%SZ") if row.last_sign_in_at else ""
    switches = (row.has_groupware, row.has_webdav, row.has_teamchat)
    words = (readable(row.address), row.name, row.role.value, row.state.value, row.language or "")
    return (*words, *map(_yes, switches), last_sign_in)


def _group(row) -> tuple:
    switches = (row.has_public_folder, row.has_teamchat)
    return (readable(row.address), row.name, row.description or "", *map(_yes, switches))


def _domain(row) -> tuple:
    switches = (row.has_groupware, row.has_webdav, row.has_teamchat)
    words = (readable(row.name), row.description or "", row.state.value, row.language or "")
    return (*words, *map(_yes, switches))


def _yes(is_on: bool) -> str:
    return "yes" if is_on else "no"
