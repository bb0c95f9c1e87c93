"""Known devices: a signed cookie names the accounts that have signed in here.

Strangers' guesses do not lock a known device out. The cookie opens nothing by itself; a thief may guess as often as
anybody else.
"""

import secrets

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from app.models import Account

COOKIE = "__Host-teamchat-device"
# Seconds; each sign-in puts its end off.
LIFE = 365 * 24 * 3600

# Accounts that a browser is known for, the latest last.
PEOPLE = 5


def known() -> dict[int, str]:
    """Return ids of the accounts that have signed in on this device, each with the name the device is counted by."""
    try:
        names = _signer().loads(request.cookies.get(COOKIE, ""))
        return {int(account_id): str(name) for account_id, name in names}
    except (BadSignature, TypeError, ValueError):
        return {}


def know(account: Account) -> None:
    """Have this answer's cookie say that an account has signed in here."""
    before = known()
    name = before.pop(account.id, None) or secrets.token_hex(8)
    names = [*before.items(), (account.id, name)][-PEOPLE:]

    @after_this_request
    def tell(response: Response) -> Response:
        value = _signer().dumps(names)
        response.set_cookie(COOKIE, value, max_age=LIFE, path="/", secure=True, httponly=True, samesite="Lax")
        return response


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="teamchat known device")
