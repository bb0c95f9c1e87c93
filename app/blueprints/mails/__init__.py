"""System → Outgoing mail: the outbox, and the server that mails are handed to."""

from app.blueprints.mails import server
from app.blueprints.mails.views import blueprint

__all__ = ["blueprint", "server"]
