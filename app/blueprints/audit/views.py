"""The audit log: searched, exported, and checked for tampering."""

from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import format_datetime
from flask_babel import gettext as _

from app.blueprints import audit_labels, lists, tables
from app.blueprints.access_control import me
from app.blueprints.audit import labels
from app.htmx import page, see_other
from app.i18n import time_zone
from app.models import now
from app.operations import audit
from app.queries import audit as audit_queries
from app.queries.audit import AuditRecord, AuditSearch, chain
from app.rules.rights import scope
from app.text.parsing import parse_day

blueprint = Blueprint("audit", __name__, url_prefix="/admin/journal")

# Characters of what is looked for.
LONGEST = 200


@blueprint.get("")
def index() -> Response:
    """Show what was done, as far as one administers it. Fragments: list, chain."""
    search = search_asked()
    entries = audit_queries.audit_page(me(), search, request.args.get("cursor"))
    return page(
        "audit/index.html",
        blocks=("list", "chain"),
        search=search,
        entry_page=entries,
        existing=audit_queries.existing(me(), entries.rows),
        lists=lists,
        audit_labels=audit_labels,
        labels=labels,
        chain=chain() if scope.is_server_wide(me()) else None,
        arguments={name: value for name, value in request.args.items() if name != "cursor"},
    )


@blueprint.get("/export.<form>")
def export(form: str) -> Response:
    """Everything that is found, as a file: csv for spreadsheets, json for programs."""
    entries = audit_queries.every_entry(me(), search_asked())
    name = f"{_('audit-log')}-{now().astimezone(time_zone()).date().isoformat()}"
    if form == "csv":
        head = [
            _("Number"),
            _("Time"),
            _("Who"),
            _("From"),
            _("Action"),
            _("Kind"),
            _("Object"),
            _("Changes"),
            _("Code"),
        ]
        return tables.download(name, head, (_row(entry) for entry in entries))
    if form == "json":
        return tables.download_json(name, (_facts(entry) for entry in entries))
    abort(404)


@blueprint.post("/verify")
def verify_chain() -> Response:
    """Have the worker check the whole chain."""
    audit.request_verification(me())
    return see_other(url_for("audit.index"), toast=_("The audit log is being checked."))


def search_asked() -> AuditSearch:
    """Return what the address asks for; what makes no sense is left out. Days are those of whoever looks."""
    values = {name: value.strip()[:LONGEST] for name, value in request.args.items()}
    since, until = parse_day(values.get("since")), parse_day(values.get("until"))
    return AuditSearch(
        act=values.get("act", ""),
        kind=values.get("kind", ""),
        object_id=request.args.get("id", type=int),
        person=values.get("person", ""),
        thing=values.get("thing", ""),
        since=_midnight(since) if since else None,
        until=_midnight(until + timedelta(days=1)) if until else None,
    )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), time_zone()).astimezone(UTC)


def _row(entry: AuditRecord) -> list:
    changes = [
        f"{line.name}: {line.before or '–'} → {line.after or '–'}" for line in audit_labels.lines_of(entry)
    ]
    return [
        entry.id,
        format_datetime(entry.created_at, "yyyy-MM-dd HH:mm:ss"),
        entry.actor_name,
        entry.origin,
        audit_labels.act_of(entry),
        labels.kind_of(entry),
        labels.name_of(entry),
        "; ".join(changes),
        entry.act,
    ]


def _facts(entry: AuditRecord) -> dict:
    return {
        "id": entry.id,
        "moment": entry.created_at.isoformat(),
        "act": entry.act,
        "actor": entry.actor_name,
        "origin": entry.origin,
        "request": entry.request_id,
        "object": {"kind": entry.object_kind, "id": entry.object_id, "name": entry.object_name},
        "changes": [
            {"name": change.name, "before": change.before, "after": change.after} for change in entry.changes
        ],
        "sealed": entry.is_sealed,
    }
