"""Pages and forms: one package per section, and access control in front of all of them."""

from importlib import import_module

from flask import Flask

from app.blueprints import errors, gate, navigation

# Every section.
SECTIONS = (
    "auth",
    "setup",
    "health",
    "chat",
    "dashboard",
    "discovery",
    "certificate",
    "domains",
    "finder",
    "accounts",
    "guests",
    "administrators",
    "groups",
    "rights",
    "rooms",
    "licence",
    "mails",
    "journal",
    "bulk",
    "tasks",
    "exchange",
    "join",
    "own",
)


def init_app(app: Flask) -> None:
    """Register access control, error pages, navigation and every section."""
    gate.init_app(app)
    errors.init_app(app)
    navigation.init_app(app)
    for name in SECTIONS:
        app.register_blueprint(import_module(f"app.blueprints.{name}").blueprint)
