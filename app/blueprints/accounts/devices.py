"""An account's page: the devices it is signed in on."""

from flask import Response, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints.access_control import me
from app.blueprints.accounts.views import blueprint
from app.errors import NotFound
from app.htmx import page, see_other
from app.models import Account
from app.operations import sessions
from app.queries.sessions import devices
from app.rules.rights import scope


@blueprint.get("/accounts/<int:account_id>/sessions")
def show_sessions(account_id: int) -> Response:
    """Show the devices an account is signed in on. Fragments: list."""
    account = scope.find_account(me(), account_id)
    return page(
        "accounts/sessions.html",
        blocks=("list",),
        account=account,
        devices=devices(account, me().session_id),
        may_touch=scope.may_touch(me(), account),
    )


@blueprint.post("/accounts/<int:account_id>/sessions/<int:session_id>/revoke")
def revoke_session(account_id: int, session_id: int) -> Response:
    """Sign one device of an account out; its open sockets end at once."""
    account = scope.find_account(me(), account_id)
    if session_id not in {device.id for device in devices(account)}:
        raise NotFound()
    sessions.revoke_session(me(), session_id)
    return see_other(_back(account), toast=_("The device is signed out."))


@blueprint.post("/accounts/<int:account_id>/sessions/revoke")
def revoke_all(account_id: int) -> Response:
    """Sign every device of an account out, but the one that asks."""
    account = scope.find_account(me(), account_id)
    count = sessions.revoke_all_sessions(me(), account, but=me().session_id)
    text = ngettext("%(num)s device is signed out.", "%(num)s devices are signed out.", count)
    return see_other(_back(account), toast=text)


def _back(account: Account) -> str:
    return url_for("accounts.show_sessions", account_id=account.id)
