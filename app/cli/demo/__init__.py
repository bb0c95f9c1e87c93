"""`flask demo …`: an invented company to try TeamChat with."""

import click
from flask import Flask, current_app

from app.cli.demo import filling
from app.cli.demo.company import PASSWORD, PEOPLE
from app.errors import Refusal
from app.models import Role

ROLES = {
    Role.SERVER: "server administrator",
    Role.WEB: "web administrator",
    Role.DOMAIN: "domain administrator",
    Role.USER: "",
}
OUTSIDE = "outside of groupetc: sees nothing of it"


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(demo)


@click.group()
def demo() -> None:
    """Create or show the demo company iwdemo.fr."""


@demo.command()
def fill() -> None:
    """Create the parts of the demo company that are missing."""
    if not current_app.config["DEMO"]:
        raise click.ClickException("This server is not a demo: the demo accounts have a public password.")
    try:
        is_new = filling.fill()
    except Refusal as refusal:
        raise click.ClickException(str(refusal)) from refusal
    click.echo("The demo company is created." if is_new else "The demo company already exists.")


@demo.command()
def who() -> None:
    """Print the accounts and their password."""
    width = max(len(person.address) for person in PEOPLE)
    for person in PEOPLE:
        about = OUTSIDE if person.alias == "paul" else ROLES[person.role]
        click.echo(f"  {person.address:<{width}}  {about}".rstrip())
    click.echo(f"  Password of all accounts: {PASSWORD}")
