"""The server's certificate in WebAdmin: what is served, and another one in its place."""

from app.blueprints.certificates.views import blueprint

__all__ = ["blueprint"]
