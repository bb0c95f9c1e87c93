"""Pages and forms: one package a section, and the gate in front of all of them."""

from flask import Flask

from app.blueprints import errors, gate, navigation


def init_app(app: Flask) -> None:
    """Open the doors, with the gate in front and the error pages behind."""
    gate.init_app(app)
    errors.init_app(app)
    navigation.init_app(app)
    for section in _sections():
        app.register_blueprint(section.blueprint)


def _sections() -> tuple:
    """Every section, in the order in which they fill the menus."""
    from app.blueprints import (
        accounts,
        administrators,
        auth,
        bulk,
        chat,
        dashboard,
        discovery,
        domains,
        groups,
        health,
        join,
        journal,
        licence,
        mails,
        rights,
        rooms,
        setup,
        tasks,
    )

    return (
        auth,
        setup,
        health,
        chat,
        dashboard,
        discovery,
        domains,
        accounts,
        administrators,
        groups,
        rights,
        rooms,
        licence,
        mails,
        journal,
        bulk,
        tasks,
        join,
    )
