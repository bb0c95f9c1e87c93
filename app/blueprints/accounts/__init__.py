"""Accounts in WebAdmin: a domain's list, an account's page with its sections, administrators."""

from app.blueprints.accounts import card, deletion, devices, relations
from app.blueprints.accounts.views import blueprint

__all__ = [
    "blueprint",
    "card",
    "deletion",
    "devices",
    "relations",
]
