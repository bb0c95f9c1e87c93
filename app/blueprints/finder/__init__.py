"""Search everything: any domain, account, group, guest or page of WebAdmin."""

from app.blueprints.finder.views import blueprint

__all__ = ["blueprint"]
