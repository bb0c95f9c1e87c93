"""Accounts in WebAdmin: a domain's list, an account's page, its history."""

from app.blueprints.accounts import menus
from app.blueprints.accounts.views import blueprint

__all__ = ["blueprint", "menus"]
