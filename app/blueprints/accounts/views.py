"""A domain's accounts, and an account's own page."""

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints import creation, features, lists, trail
from app.blueprints.accounts.columns import COLUMNS, FILTERS
from app.blueprints.accounts.forms import (
    ROLES,
    STATES,
    AccountForm,
    NewAccountForm,
    choices,
    values_of,
    wanted,
)
from app.blueprints.forms import put_refusal
from app.blueprints.gate import me
from app.blueprints.lists import Empty, ListPage
from app.errors import Conflict, Invalid, Refusal
from app.htmx import page, see_other
from app.models import Account, AccountState, Role
from app.operations import accounts as verbs
from app.operations import bulk
from app.queries import directory
from app.queries import trail as questions
from app.queries.directory import accounts as listed
from app.rules import addresses, scope

blueprint = Blueprint("accounts", __name__, url_prefix="/admin")


@blueprint.get("/domains/<int:domain_id>/accounts")
def index(domain_id: int) -> Response:
    """A domain's accounts. Fragments: list."""
    domain = scope.find_domain(me(), domain_id)
    query = lists.list_query(sorts=("name", "address", "seen"), filters=listed.FILTERS)
    listing = directory.account_list(domain, query)
    shown = ListPage(
        query,
        listing,
        _("Accounts"),
        COLUMNS,
        ngettext("%(num)s account", "%(num)s accounts", listing.total),
        placeholder=_("Search by name or address"),
        filters=FILTERS,
        no_match=Empty(_("No account matches."), _("Try fewer or other words, or take the filters away.")),
        empty=Empty(
            _("This domain has no account yet."),
            _("An account is a person who signs in with an address of this domain."),
            "user-plus",
            (_("New user"), url_for("accounts.create_account", domain=domain.id)),
        ),
        bulk="accounts",
        actions=bulk.collection_named("accounts").offered(me()),
        scope={"domain": domain.id},
        identify=lambda account: (account.id, account.name),
        export="exchange.export_accounts",
        import_url=url_for("exchange.import_accounts", domain=domain.id),
    )
    return page(
        "accounts/index.html", blocks=("list",), domain=domain, shown=shown, roles=ROLES, states=STATES
    )


@blueprint.route("/accounts/new", methods=["GET", "POST"])
def create_account() -> Response:
    """Make an account."""
    form = _new_form()
    if request.method == "GET" or not form.validate():
        return _creation(form, 200 if request.method == "GET" else 422)
    try:
        account = verbs.create_account(
            me(),
            scope.find_domain(me(), form.domain.data),
            name=form.name.data,
            alias=form.alias.data or addresses.suggested_alias(form.name.data),
            password=form.password.data or None,
            role=Role(form.role.data),
        )
    except Refusal as refusal:
        put_refusal(form, refusal)
        return _creation(form, refusal.status)
    text = _("The account %(address)s is created.", address=addresses.readable(account.address))
    if creation.wants_another():
        return creation.created_and_new(_creation(_new_form(account.domain_id)), text)
    return creation.created(url_for("accounts.show", account_id=account.id), text)


@blueprint.get("/accounts/<int:account_id>/")
def show(account_id: int) -> Response:
    """An account's information, with the tiles of its features."""
    account = scope.find_account(me(), account_id)
    form = _form(account, formdata=None)
    form.fill(account.row_version, values_of(account))
    return _information(account, form)


@blueprint.post("/accounts/<int:account_id>/")
def update_account(account_id: int) -> Response:
    """Save an account. Whatever stops TeamChat along with another feature is asked about first."""
    account = scope.find_account(me(), account_id)
    scope.require_may_touch(me(), account)
    form = _form(account)
    if not form.validate():
        return _information(account, form, 422)
    switches = features.typed(form, account)
    asked = features.question(account, switches, _consequence)
    if asked is not None and request.form.get("answer") != asked.answer:
        return _information(account, form, 422, question=asked)
    switches = features.answered(switches, asked.answer if asked else None)
    return _saved(account, form, {**wanted(form), "features": switches})


@blueprint.get("/accounts/<int:account_id>/history")
def history(account_id: int) -> Response:
    """What was done to an account. Fragments: list."""
    account = scope.find_account(me(), account_id)
    found = questions.history("account", account.id, request.args.get("cursor"))
    return page(
        "accounts/history.html", blocks=("list",), account=account, history=found, trail=trail, lists=lists
    )


@blueprint.post("/accounts/<int:account_id>/password-link")
def send_password_link(account_id: int) -> Response:
    """Mail a person a link to choose a password."""
    account = scope.find_account(me(), account_id)
    try:
        verbs.send_password_link(me(), account)
    except Invalid as refusal:
        form = _form(account, formdata=None)
        form.fill(account.row_version, values_of(account))
        form.password.errors = [refusal.sentence]
        return _information(account, form, refusal.status)
    text = _("A link is on its way to %(address)s.", address=addresses.readable(account.address))
    return see_other(url_for("accounts.show", account_id=account.id), toast=text)


def _saved(account: Account, form: AccountForm, values: dict) -> Response:
    try:
        verbs.update_account(me(), account, values, form.seen_version)
    except Conflict:
        account = scope.find_account(me(), account.id)
        return _information(account, form, 422, theirs=form.meet(account.row_version, values_of(account)))
    except Refusal as refusal:
        put_refusal(form, refusal)
        return _information(account, form, refusal.status)
    return see_other(url_for("accounts.show", account_id=account.id), toast=_("Saved."))


def _new_form(domain_id: int | None = None) -> NewAccountForm:
    """What was sent; else an empty form, for the domain one comes from, else for one's own."""
    if request.method == "POST" and domain_id is None:
        form = NewAccountForm()
    else:
        form = NewAccountForm(formdata=None)
        form.domain.data = domain_id or request.args.get("domain", type=int) or me().domain_id
    form.domain.choices = creation.domain_choices()
    form.role.choices = choices(ROLES, scope.grantable_roles(me()))
    return form


def _creation(form: NewAccountForm, status: int = 200) -> Response:
    back = url_for("accounts.index", domain_id=form.domain.data or me().domain_id)
    return creation.creation_page("accounts/new.html", form, back=back, status=status)


def _form(account: Account, **given) -> AccountForm:
    """The form of an account: its role stays in it even where the person may not give it."""
    form = AccountForm(**given)
    form.role.choices = choices(ROLES, [*scope.grantable_roles(me()), account.role])
    form.state.choices = choices(STATES, list(AccountState))
    return form


def _information(account: Account, form: AccountForm, status: int = 200, **context) -> Response:
    may_touch = scope.may_touch(me(), account)
    return page(
        "accounts/show.html",
        status=status,
        account=account,
        form=form,
        tiles=features.tiles(form, account, is_editable=may_touch),
        may_touch=may_touch,
        is_own=account.id == me().id,
        is_unsaved=status != 200,
        last_change=questions.last_change("account", account.id) if context.get("theirs") else None,
        **context,
    )


def _consequence(account: Account) -> str:
    return _("TeamChat stops for %(name)s too, since it needs GroupWare and WebDAV.", name=account.name)
