"""Pages and forms: one package a section, and the gate in front of all of them."""

from flask import Flask

from app.blueprints import errors, gate, navigation


def init_app(app: Flask) -> None:
    """Open the doors, with the gate in front and the error pages behind."""
    from app.blueprints import (
        accounts,
        auth,
        chat,
        dashboard,
        domains,
        groups,
        health,
        licence,
        rights,
        rooms,
        setup,
    )

    gate.init_app(app)
    errors.init_app(app)
    navigation.init_app(app)
    for section in (auth, setup, health, chat, dashboard, domains, accounts, groups, rights, rooms, licence):
        app.register_blueprint(section.blueprint)
