"""One's own data as a file: what the server keeps about a person, and their messages."""

import json
from collections.abc import Iterator

from flask import Response, stream_with_context

from app.blueprints.access_control import me
from app.blueprints.own.views import blueprint
from app.models import now
from app.queries.accounts import own


@blueprint.get("/own/export")
def export() -> Response:
    """Send a JSON document, written while it is read from the database, whatever its length."""
    name = f"teamchat-{now():%Y-%m-%d}.json"
    answer = Response(
        stream_with_context(_written(own.personal_data(me()), own.messages_of(me()))),
        mimetype="application/json",
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _written(about: dict, messages: Iterator[dict]) -> Iterator[str]:
    yield json.dumps(about, ensure_ascii=False, indent=1)[:-2] + ',\n "messages": [\n'
    comma = ""
    for message in messages:
        yield comma + "  " + json.dumps(message, ensure_ascii=False)
        comma = ",\n"
    yield "\n ]\n}\n"
