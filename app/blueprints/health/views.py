"""Addresses for supervisors and load balancers. They answer in JSON and tell nothing about people."""

from flask import Blueprint, jsonify

from app.blueprints.access_control import open_to_everybody
from app.queries import server

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@open_to_everybody
def alive():
    """Answer that the process runs its loop."""
    return jsonify(alive=True)


@blueprint.get("/readyz")
@open_to_everybody
def ready():
    """Answer whether the process can serve people; 503 names what is missing."""
    checks = server.checks()
    is_ready = server.is_ready(checks)
    response = jsonify(ready=is_ready, checks=checks)
    response.status_code = 200 if is_ready else 503
    return response
