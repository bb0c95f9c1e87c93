"""Search everything: any domain, account, group, guest or page of WebAdmin."""

from app.blueprints.search.views import blueprint

__all__ = ["blueprint"]
