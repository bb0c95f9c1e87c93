"""Parsing of the rights forms; nothing in them is trusted."""

import json

from flask import request
from flask_babel import gettext as _

from app.errors import Invalid, NotFound
from app.models import Principal
from app.operations.rights import PRINCIPAL_MODELS, Subject
from app.rules.rights import FULL, PRESETS, Right
from app.text.parsing import parse_whole_number

NAMES = {str(right.name).lower(): right for right in Right if right}


def subject_of(text: str) -> Subject:
    """Return whom "account:5" or "guests:0" means. What is not of that shape was made by no form of ours."""
    kind, _colon, key = text.partition(":")
    number = parse_whole_number(key)
    if kind not in set(Principal) or number is None:
        raise NotFound()
    principal = Principal(kind)
    if (principal in PRINCIPAL_MODELS) != bool(number):
        raise NotFound()
    return Subject(principal, number)


def subjects_of(keys) -> list[tuple[Principal, int]]:
    """Return whom the keys of a list's snapshot mean; what else a snapshot remembers is nobody."""
    subjects = []
    for key in keys:
        try:
            subject = subject_of(key)
        except NotFound:
            continue
        subjects.append((subject.principal, subject.principal_id))
    return subjects


def rights() -> Right:
    """Return the rights that were asked for: a preset, or single ones; not one and the other.

    Error: Invalid.
    """
    preset, boxes = request.form.get("preset", "custom"), _boxes()
    if preset not in {*PRESETS, "custom"}:
        raise Invalid(_("These rights do not exist."), code="unknown_right", field="rights")
    if preset == "custom":
        return boxes
    if boxes not in (PRESETS[preset], _shown()):
        raise Invalid(
            _(
                "The chosen right and the ticked boxes contradict each other: choose Custom, or "
                "do not tick boxes."
            ),
            code="contradiction",
            field="rights",
        )
    return PRESETS[preset]


def seen() -> dict:
    """Return the list as the form knew it; a form that does not know is always too slow."""
    try:
        snapshot = json.loads(request.form.get("seen", ""))
    except ValueError:
        return {}
    is_sound = isinstance(snapshot, dict) and all(
        type(value) is int and 0 <= value <= FULL for value in snapshot.values()
    )
    return snapshot if is_sound else {}


def accepts_own_loss() -> bool:
    """Return whether the person has said yes to losing their own right to administer."""
    return request.form.get("answer") == "own_loss"


def _boxes() -> Right:
    total = Right.NONE
    for name in request.form.getlist("right"):
        if name not in NAMES:
            raise Invalid(_("These rights do not exist."), code="unknown_right", field="rights")
        total |= NAMES[name]
    return total


def _shown() -> Right:
    """Return the boxes as the form was sent out."""
    shown = parse_whole_number(request.form.get("shown")) or 0
    return Right(shown) if shown <= FULL else Right.NONE
