"""The list of domains, and a domain's own page."""

from functools import partial

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response as BaseResponse

from app.blueprints import audit_labels, features, lists
from app.blueprints.access_control import me
from app.blueprints.dialogs import created, dialog
from app.blueprints.domains import consequences
from app.blueprints.domains.forms import DomainForm, NewDomainForm, values_of, wanted
from app.blueprints.forms import submission
from app.blueprints.lists import Column, Empty, Filter, ListPage
from app.htmx import page, see_other
from app.models import Domain
from app.operations import bulk, domains
from app.queries.audit import last_change, object_entries
from app.queries.domains import FILTERS as DOMAIN_FILTERS
from app.queries.domains import domain_list, open_deletion
from app.rules.accounts.addresses import readable
from app.rules.rights import scope

blueprint = Blueprint("domains", __name__, url_prefix="/admin/domains")

FILTERS = (
    Filter("state", _l("Any state"), {"active": _l("Active"), "suspended": _l("Suspended")}),
    Filter(
        *("teamchat", _l("With or without TeamChat")),
        {"on": _l("With TeamChat"), "off": _l("Without TeamChat")},
    ),
)
COLUMNS = (
    Column("name", _l("Name"), is_sorted=True),
    Column("features", _l("Features")),
    Column("accounts", _l("Accounts")),
    Column("groups", _l("Groups")),
    Column("state", _l("State")),
)


@blueprint.get("/")
def index() -> Response:
    """Show the list of domains. Fragments: list."""
    query = lists.list_query(filters=DOMAIN_FILTERS)
    listing = domain_list(me(), query)
    may_create = scope.is_server_wide(me())
    shown = ListPage(
        query,
        listing,
        _("Domain list"),
        COLUMNS,
        ngettext("%(num)s domain", "%(num)s domains", listing.total),
        placeholder=_("Search a domain"),
        filters=FILTERS,
        no_match=Empty(_("No domain matches."), _("Try fewer or other words.")),
        empty=Empty(
            _("There is no domain yet."),
            _("A domain holds accounts and groups. Create the first one."),
            "building",
            (_("New domain"), url_for("domains.create_domain")) if may_create else None,
        ),
        bulk="domains",
        actions=bulk.collection_named("domains").offered(me()),
        identify=lambda row: (row.domain.id, readable(row.domain.name)),
        export="imports.export_domains",
    )
    return page("domains/index.html", blocks=("list",), shown=shown, may_create=may_create)


@blueprint.route("/new", methods=["GET", "POST"])
def create_domain() -> Response:
    """Create a domain."""
    scope.require_server_wide(me())
    form = NewDomainForm()
    show = partial(dialog, "domains/new.html", back=url_for("domains.index"))
    if request.method == "GET":
        return show(form=form)
    with submission(form, partial(show, form=form)):
        domain = domains.create_domain(me(), name=form.name.data, description=form.description.data)
    text = _("The domain %(name)s is created.", name=readable(domain.name))
    empty = partial(show, form=NewDomainForm(formdata=None))
    return created(url_for("domains.properties", domain_id=domain.id), text, empty=empty)


@blueprint.get("/<int:domain_id>/")
def show(domain_id: int) -> BaseResponse:
    """Show a domain: its accounts are what one looks for most."""
    domain = scope.find_domain(me(), domain_id)
    return redirect(url_for("accounts.index", domain_id=domain.id))


@blueprint.get("/<int:domain_id>/properties")
def properties(domain_id: int) -> Response:
    """Show a domain's properties: Information, and Characteristics with the tiles of its features."""
    domain = scope.find_domain(me(), domain_id)
    form = DomainForm(formdata=None)
    form.fill(*_current(domain))
    return _properties(domain, form)


@blueprint.post("/<int:domain_id>/properties")
def update_domain(domain_id: int) -> Response:
    """Save a domain's properties and features, after a confirmation if the change stops TeamChat."""
    domain = scope.find_domain(me(), domain_id)
    form = DomainForm()
    with submission(form, partial(_properties, domain, form), current=partial(_current, domain)):
        is_server_wide = scope.is_server_wide(me())
        switches = features.typed(form, domain) if is_server_wide else {}
        asked = features.question(domain, switches, consequences.of_stopping) if switches else None
        values = wanted(form, is_server_wide=is_server_wide)
        for question in (asked, consequences.suspension(domain, values)):
            if question is not None and question.answer not in request.form.getlist("answer"):
                return _properties(domain, form, 422, question=question)
        values["features"] = features.answered(switches, asked.answer if asked else None)
        domains.update_domain(me(), domain, values, form.seen_version)
    return see_other(url_for("domains.properties", domain_id=domain.id), toast=_("Saved."))


@blueprint.get("/<int:domain_id>/history")
def history(domain_id: int) -> Response:
    """Show what was done to a domain. Fragments: list."""
    domain = scope.find_domain(me(), domain_id)
    entries = object_entries("domain", domain.id, request.args.get("cursor"))
    return page(
        "domains/history.html",
        blocks=("list",),
        domain=domain,
        history=entries,
        audit_labels=audit_labels,
        lists=lists,
    )


def _current(domain: Domain) -> tuple[int, dict]:
    return domain.row_version, values_of(domain)


def _properties(domain: Domain, form: DomainForm, status: int = 200, **context) -> Response:
    is_server_wide = scope.is_server_wide(me())
    return page(
        "domains/properties.html",
        status=status,
        domain=domain,
        form=form,
        tiles=features.tiles(form, domain, is_editable=is_server_wide),
        is_server_wide=is_server_wide,
        may_delete=is_server_wide and scope.may_close(me(), domain),
        is_unsaved=status != 200,
        is_own=domain.id == me().domain_id,
        deletion=open_deletion(domain),
        last_change=last_change("domain", domain.id) if context.get("theirs") else None,
        **context,
    )
