"""System → Outgoing mail: the outbox, and the server that mails are handed to."""

from app.blueprints.mails import menus, server
from app.blueprints.mails.views import blueprint

__all__ = ["blueprint", "menus", "server"]
