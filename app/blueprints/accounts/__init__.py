"""Accounts in WebAdmin: a domain's list, an account's page with its sections, administrators."""

from app.blueprints.accounts import belonging, card, deletion, devices
from app.blueprints.accounts.views import blueprint

__all__ = ["belonging", "blueprint", "card", "deletion", "devices"]
