"""The pages behind mailed links to guests: joining, confirming an address, extending an account."""

from app.blueprints.join import confirming
from app.blueprints.join.views import blueprint

__all__ = ["blueprint", "confirming"]
