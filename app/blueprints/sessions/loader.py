"""The signed-in account: the one behind the token in the cookie."""

from dataclasses import replace

from flask import Flask, session

from app.blueprints.sessions.devices import know
from app.extensions import login
from app.identity import origin, set_origin
from app.logs import bind_account
from app.models import Account
from app.operations import sessions
from app.queries.sessions import find_by_token


def init_app(app: Flask) -> None:
    """Register the loader of Flask-Login.

    It keeps the token, not the account's id, so that a device can be signed out.
    """
    login.session_protection = None
    login.init_app(app)
    login.user_loader(account_of_token)


def account_of_token(token: str) -> Account | None:
    """Return the account that a token signs in, with the attribute session_id set."""
    device = find_by_token(token)
    if device is None:
        return None
    account = device.account
    account.session_id = device.id
    sessions.keep_alive(device)
    set_origin(replace(origin(), session_id=device.id))
    bind_account(account.id)
    return account


def remember(signed_in: sessions.NewSession) -> None:
    """Store the token in this browser's cookie, and nothing else from before but the language.

    From now on the device is known.
    """
    language = session.get("language")
    session.clear()
    session.permanent = True
    session["_user_id"] = signed_in.token
    if language and not signed_in.account.language:
        session["language"] = language
    know(signed_in.account)
