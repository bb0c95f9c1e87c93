"""Administrators of one's scope, and their roles."""

from functools import partial

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.blueprints import lists
from app.blueprints.access_control import me
from app.blueprints.administrators.forms import MEANINGS, ROLES, RoleForm
from app.blueprints.dialogs import dialog, domain_choices, done
from app.blueprints.features import ChangeQuestion
from app.blueprints.forms import refusals_to, submission
from app.blueprints.lists import Column, Empty, Filter, ListPage
from app.htmx import page
from app.models import Account, Role
from app.operations import accounts
from app.queries.accounts import listing as listing_queries
from app.queries.accounts.listing import POWERFUL
from app.rules.accounts.addresses import readable
from app.rules.rights import scope
from app.rules.rights.scope import RANKS

blueprint = Blueprint("administrators", __name__, url_prefix="/admin/administrators")

COLUMNS = (
    Column("name", _l("Name"), is_sorted=True),
    Column("role", _l("Role")),
    Column("domains", _l("Administers")),
    Column("seen", _l("Last sign-in")),
    Column("actions", ""),
)

# The answer to the question about one's own role.
OWN = "own"


@blueprint.get("/")
def index() -> Response:
    """Show the administrators of one's scope. Fragments: list."""
    query = lists.list_query(filters={"role": POWERFUL})
    listing = listing_queries.administrator_list(me(), query)
    roles = {role: ROLES[role] for role in POWERFUL}
    shown = ListPage(
        query,
        listing,
        _("Administrators"),
        COLUMNS,
        ngettext("%(num)s administrator", "%(num)s administrators", listing.total),
        placeholder=_("Search by name or address"),
        filters=(Filter("role", _("Any role"), roles),),
        no_match=Empty(_("No administrator matches."), _("Try fewer or other words, or remove the filters.")),
        refresh="",
    )
    return page("administrators/index.html", blocks=("list",), shown=shown, roles=roles)


@blueprint.get("/new")
def candidates() -> Response:
    """Accounts of a domain that a role can be given to. Fragments: list."""
    domain = scope.find_domain(me(), request.args.get("domain", me().domain_id, type=int))
    search = request.args.get("q", "").strip()[: lists.LONGEST_SEARCH]
    people, has_more = listing_queries.candidates(domain, search)
    return page(
        "administrators/new.html",
        blocks=("list",),
        domain=domain,
        domains=domain_choices(),
        accounts=people,
        has_more=has_more,
        search=search,
    )


@blueprint.route("/<int:account_id>", methods=["GET", "POST"])
def set_role(account_id: int) -> Response:
    """Give an account a role, or change what it administers."""
    account = scope.find_account(me(), account_id)
    scope.require_may_touch(me(), account)
    form = RoleForm(formdata=None) if request.method == "GET" else RoleForm()
    form.offer(me(), account)
    if request.method == "GET":
        form.role.data = (Role.DOMAIN if account.role is Role.USER else account.role).value
        form.domains.data = listing_queries.further_domains(account)
        return _role(account, form)
    with submission(form, partial(_role, account, form)):
        question = _question(account, Role(form.role.data))
        if question is not None and request.form.get("answer") != question.answer:
            return _role(account, form, 422, question=question)
        accounts.set_role(me(), account, Role(form.role.data), form.domains.data)
    return _done(account, _("The role of %(name)s is saved.", name=account.name))


@blueprint.route("/<int:account_id>/take", methods=["GET", "POST"])
def take_role(account_id: int) -> Response:
    """Take an account's role away; first say what that means."""
    account = scope.find_account(me(), account_id)
    scope.require_may_touch(me(), account)
    if request.method == "GET":
        return _taking(account)
    with refusals_to(partial(_taking, account)):
        accounts.set_role(me(), account, Role.USER)
    return _done(account, _("%(name)s is no longer an administrator.", name=account.name))


def _question(account: Account, role: Role) -> ChangeQuestion | None:
    """Return what is asked before somebody takes power from themselves."""
    if account.id != me().id or RANKS[role] >= RANKS[account.role]:
        return None
    return ChangeQuestion(_own_consequence(role), OWN, _("Remove my own role"), is_destructive=True)


def _own_consequence(role: Role) -> str:
    if role is Role.USER:
        return _(
            "This is your own role: you lose WebAdmin at once, and only another administrator gives it back."
        )
    return _(
        "This is your own role: you lose what it gives at once, and only somebody who has it gives it back."
    )


def _done(account: Account, text: str) -> Response:
    """Return to the list, or to the start page if the person lost WebAdmin."""
    is_out = account.id == me().id and account.role is Role.USER
    return done(url_for("sessions.home" if is_out else "administrators.index"), text)


def _role(account: Account, form: RoleForm, status: int = 200, question=None) -> Response:
    return dialog(
        "administrators/role.html",
        status,
        form=form,
        back=url_for("administrators.index"),
        account=account,
        meanings=MEANINGS,
        question=question,
    )


def _taking(account: Account, status: int = 200, problem=None) -> Response:
    is_own = account.id == me().id
    lost = _own_consequence(Role.USER)
    text = _("%(name)s, %(address)s, will no longer be an administrator. The account itself stays as it is.")
    return dialog(
        "directory/consequence.html",
        status,
        back=url_for("administrators.index"),
        title=_("Remove the role"),
        consequence=lost if is_own else text % {"name": account.name, "address": readable(account.address)},
        confirm_label=_("Remove my own role") if is_own else _("Remove the role"),
        problem=problem,
    )
