"""Labels of the audit log."""

from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from app.blueprints import audit_labels
from app.blueprints.service_names import label
from app.queries.audit import AuditRecord

# Kinds of objects as people call them; what is not here is shown by its code.
KINDS = {
    "server": _l("Server"),
    "service": _l("Service"),
    "domain": _l("Domain"),
    "account": _l("Account"),
    "guest": _l("Guest"),
    "group": _l("Group"),
    "room": _l("Room"),
    "session": _l("Session"),
    "invitation": _l("Invitation"),
    "mail": _l("Mail"),
    "task": _l("Task"),
    "licence": _l("Licence"),
}

# Where an object of a kind can be looked at.
PAGES = {
    "domain": ("domains.properties", "domain_id"),
    "account": ("accounts.show", "account_id"),
    "guest": ("guests.show", "guest_id"),
    "group": ("groups.show", "group_id"),
    "room": ("rooms.show", "room_id"),
}


def name_of(entry: AuditRecord) -> str:
    """Return what an act was done to, by its name at that time."""
    name = entry.object_name or ""
    return label(name) if entry.object_kind == "service" else name


def kind_of(entry: AuditRecord) -> str:
    """Return what kind of thing an act was done to."""
    return str(KINDS.get(entry.object_kind, entry.object_kind))


def url_of(entry: AuditRecord) -> str:
    """Return the page of what an act was done to."""
    endpoint, name = PAGES[entry.object_kind]
    values: dict[str, Any] = {name: entry.object_id}
    return url_for(endpoint, **values)


def acts() -> dict[str, str]:
    """Return what can be looked for, by its words. Acts of the same words differ by what they are done to."""
    named = {act: str(label) for act, label in audit_labels.ACTS.items()}
    common = {label for label in named.values() if list(named.values()).count(label) > 1}
    labels = {act: f"{label} ({_noun(act)})" if label in common else label for act, label in named.items()}
    return dict(sorted(labels.items(), key=lambda item: item[1].casefold()))


def _noun(act: str) -> str:
    kind = act.partition(".")[0]
    return str(KINDS.get(kind, kind))
