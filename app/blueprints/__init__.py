"""Pages and forms: one package per section, and access control in front of all of them."""

from importlib import import_module

from flask import Flask

from app.blueprints import access_control, errors, navigation

# Every section.
SECTIONS = (
    "sessions",
    "setup",
    "health",
    "chat",
    "dashboard",
    "discovery",
    "certificates",
    "domains",
    "search",
    "accounts",
    "guests",
    "administrators",
    "groups",
    "rights",
    "rooms",
    "licenses",
    "mail",
    "audit",
    "bulk",
    "tasks",
    "imports",
    "join",
    "own",
)


def init_app(app: Flask) -> None:
    """Register access control, error pages, navigation and every section."""
    access_control.init_app(app)
    errors.init_app(app)
    navigation.init_app(app)
    for name in SECTIONS:
        app.register_blueprint(import_module(f"app.blueprints.{name}").blueprint)
