"""System → Outgoing mail: the outbox, and the server that mails are handed to."""

from app.blueprints.mail import server
from app.blueprints.mail.views import blueprint

__all__ = ["blueprint", "server"]
