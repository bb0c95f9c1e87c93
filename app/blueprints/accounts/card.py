"""An account's page: its contact card."""

from functools import partial

from flask import Response, url_for
from flask_babel import gettext as _

from app.blueprints import cards
from app.blueprints.access_control import me
from app.blueprints.accounts.views import blueprint
from app.blueprints.forms import submission
from app.htmx import page, see_other
from app.models import Account
from app.operations import accounts
from app.queries.audit import last_change
from app.rules.rights import scope


@blueprint.get("/accounts/<int:account_id>/card")
def show_card(account_id: int) -> Response:
    """Show what is known of a person beside name and address."""
    account = scope.find_account(me(), account_id)
    form = cards.CardForm(formdata=None)
    form.fill(*cards.values_of(account))
    return _card(account, form)


@blueprint.post("/accounts/<int:account_id>/card")
def update_card(account_id: int) -> Response:
    """Save a card."""
    account = scope.find_account(me(), account_id)
    scope.require_may_touch(me(), account)
    form = cards.CardForm()
    with submission(form, partial(_card, account, form), current=partial(cards.values_of, account)):
        accounts.update_card(me(), account, form.values, form.seen_version)
    return see_other(url_for("accounts.show_card", account_id=account.id), toast=_("Saved."))


@blueprint.get("/accounts/<int:account_id>/card.vcf")
def download_card(account_id: int) -> Response:
    """Show a card as a file for address books."""
    return cards.download(scope.find_account(me(), account_id))


def _card(account: Account, form: cards.CardForm, status: int = 200, theirs=None) -> Response:
    return page(
        "accounts/card.html",
        status=status,
        account=account,
        form=form,
        parts=cards.PARTS,
        may_touch=scope.may_touch(me(), account),
        is_unsaved=status != 200,
        theirs=theirs,
        last_change=last_change("account", account.id) if theirs else None,
    )
