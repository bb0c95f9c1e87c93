"""The list of domains, and a domain's own page."""

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.blueprints import creation, features, lists, trail
from app.blueprints.domains import consequences
from app.blueprints.domains.forms import DomainForm, NewDomainForm, values_of, wanted
from app.blueprints.forms import put_refusal
from app.blueprints.gate import me
from app.blueprints.lists import Column, Empty, Filter, ListPage
from app.errors import Conflict, Refusal
from app.htmx import page, see_other
from app.models import Domain
from app.operations import bulk
from app.operations import domains as verbs
from app.queries import directory
from app.queries import domains as domain_questions
from app.queries import trail as questions
from app.queries.directory import domains as listed
from app.rules import scope
from app.rules.addresses import readable

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
    """The list of domains. Fragments: list."""
    query = lists.list_query(filters=listed.FILTERS)
    listing = directory.domain_list(me(), query)
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
        export="exchange.export_domains",
    )
    return page("domains/index.html", blocks=("list",), shown=shown, may_create=may_create)


@blueprint.route("/new", methods=["GET", "POST"])
def create_domain() -> Response:
    """Make a domain."""
    scope.require_server_wide(me())
    form = NewDomainForm()
    if request.method == "GET" or not form.validate():
        return _creation(form, 200 if request.method == "GET" else 422)
    try:
        domain = verbs.create_domain(me(), name=form.name.data, description=form.description.data)
    except Refusal as refusal:
        put_refusal(form, refusal)
        return _creation(form, refusal.status)
    text = _("The domain %(name)s is created.", name=readable(domain.name))
    if creation.wants_another():
        return creation.created_and_new(_creation(NewDomainForm(formdata=None)), text)
    return creation.created(url_for("domains.properties", domain_id=domain.id), text)


@blueprint.get("/<int:domain_id>/")
def show(domain_id: int) -> Response:
    """A domain: its accounts are what one looks for most."""
    domain = scope.find_domain(me(), domain_id)
    return redirect(url_for("accounts.index", domain_id=domain.id))


@blueprint.get("/<int:domain_id>/properties")
def properties(domain_id: int) -> Response:
    """A domain's properties: Information, and Characteristics with the tiles of its features."""
    domain = scope.find_domain(me(), domain_id)
    form = DomainForm(formdata=None)
    form.fill(domain.row_version, values_of(domain))
    return _properties(domain, form)


@blueprint.post("/<int:domain_id>/properties")
def update_domain(domain_id: int) -> Response:
    """Save a domain's properties and features. Whatever stops TeamChat is asked about first."""
    domain = scope.find_domain(me(), domain_id)
    form = DomainForm()
    if not form.validate():
        return _properties(domain, form, 422)
    is_server_wide = scope.is_server_wide(me())
    switches = features.typed(form, domain) if is_server_wide else {}
    asked = features.question(domain, switches, consequences.of_stopping) if switches else None
    values = wanted(form, is_server_wide=is_server_wide)
    for question in (asked, consequences.suspension(domain, values)):
        if question is not None and question.answer not in request.form.getlist("answer"):
            return _properties(domain, form, 422, question=question)
    values["features"] = features.answered(switches, asked.answer if asked else None)
    return _saved(domain, form, values)


@blueprint.get("/<int:domain_id>/history")
def history(domain_id: int) -> Response:
    """What was done to a domain. Fragments: list."""
    domain = scope.find_domain(me(), domain_id)
    found = questions.history("domain", domain.id, request.args.get("cursor"))
    return page(
        "domains/history.html", blocks=("list",), domain=domain, history=found, trail=trail, lists=lists
    )


def _saved(domain: Domain, form: DomainForm, values: dict) -> Response:
    try:
        verbs.update_domain(me(), domain, values, form.seen_version)
    except Conflict:
        domain = scope.find_domain(me(), domain.id)
        return _properties(domain, form, 422, theirs=form.meet(domain.row_version, values_of(domain)))
    except Refusal as refusal:
        put_refusal(form, refusal)
        return _properties(domain, form, refusal.status)
    return see_other(url_for("domains.properties", domain_id=domain.id), toast=_("Saved."))


def _creation(form: NewDomainForm, status: int = 200) -> Response:
    return creation.creation_page("domains/new.html", form, back=url_for("domains.index"), status=status)


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
        deletion=domain_questions.open_deletion(domain),
        last_change=questions.last_change("domain", domain.id) if context.get("theirs") else None,
        **context,
    )
