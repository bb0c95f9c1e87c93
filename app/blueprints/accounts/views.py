"""A domain's accounts, and an account's own page."""

from functools import partial

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints import audit_labels, features, lists
from app.blueprints.access_control import me
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
from app.blueprints.dialogs import created, dialog, domain_choices
from app.blueprints.forms import refusals_to, submission
from app.blueprints.lists import Empty, ListPage
from app.errors import Invalid, Refusal
from app.htmx import page, see_other
from app.models import Account, AccountState, Role
from app.operations import accounts, bulk
from app.queries.accounts.listing import FILTERS as ACCOUNT_FILTERS
from app.queries.accounts.listing import account_list
from app.queries.audit import last_change, object_entries
from app.rules.accounts import addresses
from app.rules.rights import scope

blueprint = Blueprint("accounts", __name__, url_prefix="/admin")


@blueprint.get("/domains/<int:domain_id>/accounts")
def index(domain_id: int) -> Response:
    """Show a domain's accounts. Fragments: list."""
    domain = scope.find_domain(me(), domain_id)
    query = lists.list_query(sorts=("name", "address", "seen"), filters=ACCOUNT_FILTERS)
    listing = account_list(domain, query)
    shown = ListPage(
        query,
        listing,
        _("Accounts"),
        COLUMNS,
        ngettext("%(num)s account", "%(num)s accounts", listing.total),
        placeholder=_("Search by name or address"),
        filters=FILTERS,
        no_match=Empty(_("No account matches."), _("Try fewer or other words, or remove the filters.")),
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
        export="imports.export_accounts",
        import_url=url_for("imports.import_accounts", domain=domain.id),
    )
    return page(
        "accounts/index.html", blocks=("list",), domain=domain, shown=shown, roles=ROLES, states=STATES
    )


@blueprint.route("/accounts/new", methods=["GET", "POST"])
def create_account() -> Response:
    """Create an account."""
    form = _new_form()
    if request.method == "GET":
        return _creation(form)
    with submission(form, partial(_creation, form)):
        account = accounts.create_account(
            me(),
            scope.find_domain(me(), form.domain.data),
            name=form.name.data,
            alias=form.alias.data or addresses.suggested_alias(form.name.data),
            password=form.password.data or None,
            role=Role(form.role.data),
        )
    text = _("The account %(address)s is created.", address=addresses.readable(account.address))
    url = url_for("accounts.show", account_id=account.id)
    return created(url, text, empty=lambda: _creation(_new_form(account.domain_id)))


@blueprint.get("/accounts/<int:account_id>/")
def show(account_id: int) -> Response:
    """Show an account's information, with the tiles of its features."""
    account = scope.find_account(me(), account_id)
    form = _form(account, formdata=None)
    form.fill(*_current(account))
    return _information(account, form)


@blueprint.post("/accounts/<int:account_id>/")
def update_account(account_id: int) -> Response:
    """Save an account, after a confirmation if another feature's switch stops TeamChat."""
    account = scope.find_account(me(), account_id)
    scope.require_may_touch(me(), account)
    form = _form(account)
    with submission(form, partial(_information, account, form), current=partial(_current, account)):
        switches = features.typed(form, account)
        question = features.question(account, switches, _consequence)
        if question is not None and request.form.get("answer") != question.answer:
            return _information(account, form, 422, question=question)
        switches = features.answered(switches, question.answer if question else None)
        accounts.update_account(me(), account, {**wanted(form), "features": switches}, form.seen_version)
    return see_other(url_for("accounts.show", account_id=account.id), toast=_("Saved."))


@blueprint.get("/accounts/<int:account_id>/history")
def history(account_id: int) -> Response:
    """Show what was done to an account. Fragments: list."""
    account = scope.find_account(me(), account_id)
    entries = object_entries("account", account.id, request.args.get("cursor"))
    return page(
        "accounts/history.html",
        blocks=("list",),
        account=account,
        history=entries,
        audit_labels=audit_labels,
        lists=lists,
    )


@blueprint.post("/accounts/<int:account_id>/password-link")
def send_password_link(account_id: int) -> Response:
    """Mail a person a link to choose a password."""
    account = scope.find_account(me(), account_id)
    with refusals_to(partial(_link_refused, account), only=Invalid):
        accounts.send_password_link(me(), account)
    text = _("A link is on its way to %(address)s.", address=addresses.readable(account.address))
    return see_other(url_for("accounts.show", account_id=account.id), toast=text)


def _link_refused(account: Account, status: int, problem: Refusal) -> Response:
    form = _form(account, formdata=None)
    form.fill(*_current(account))
    form.password.errors = [problem.sentence]
    return _information(account, form, status)


def _current(account: Account) -> tuple[int, dict]:
    return account.row_version, values_of(account)


def _new_form(domain_id: int | None = None) -> NewAccountForm:
    """Return the submitted form, else an empty one for the given domain, the one in the URL or the person's own."""
    if request.method == "POST" and domain_id is None:
        form = NewAccountForm()
    else:
        form = NewAccountForm(formdata=None)
        form.domain.data = domain_id or request.args.get("domain", type=int) or me().domain_id
    form.domain.choices = domain_choices()
    form.role.choices = choices(ROLES, scope.grantable_roles(me()))
    return form


def _creation(form: NewAccountForm, status: int = 200) -> Response:
    back = url_for("accounts.index", domain_id=form.domain.data or me().domain_id)
    return dialog("accounts/new.html", status, form=form, back=back)


def _form(account: Account, **overrides) -> AccountForm:
    """Return the form of an account: its role stays in it even where the person may not give it."""
    form = AccountForm(**overrides)
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
        last_change=last_change("account", account.id) if context.get("theirs") else None,
        **context,
    )


def _consequence(account: Account) -> str:
    return _("TeamChat stops for %(name)s too, since it needs GroupWare and WebDAV.", name=account.name)
