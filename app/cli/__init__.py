"""Administration commands: `flask …`, one module per noun."""

import click
from flask import Flask

from app.cli import audit, demo, doctor, install, licenses, mail, services, worker

# Command groups by the names they had until 0.2. These work until 0.3, with a warning on standard error.
EARLIER_NAMES = {"licences": licenses.licenses, "mails": mail.mail}


def init_app(app: Flask) -> None:
    """Register every command."""
    for noun in (install, worker, doctor, audit, services, mail, licenses, demo):
        noun.init_app(app)
    for earlier, group in EARLIER_NAMES.items():
        app.cli.add_command(_renamed(earlier, group))


def _renamed(earlier: str, group: click.Group) -> click.Group:
    reason = f"use `flask {group.name}`; this name works until 0.3"
    return click.Group(earlier, commands=group.commands, hidden=True, deprecated=reason)
