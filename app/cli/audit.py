"""`flask audit …`: the audit log."""

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from app.integrations import keys
from app.queries.audit import verify

CHAIN = "audit"


def init_app(app: Flask) -> None:
    """Register the commands."""
    app.cli.add_command(audit)


@click.group()
def audit() -> None:
    """Check the audit log."""


@audit.command("verify")
@with_appcontext
def verify_audit_log() -> None:
    """Verify that no audit entry was changed, removed or inserted. Exit code 1: one was."""
    var = current_app.config["VAR_DIR"]
    verdict = verify(keys.load_key(var, CHAIN), keys.load_head(var, CHAIN))
    click.echo(f"{verdict.sealed} sealed entries are unaltered, {verdict.waiting} are not sealed yet.")
    if verdict.broken_at is not None:
        raise click.ClickException(f"The audit log was tampered with at entry {verdict.broken_at}.")
