"""Picker that adds principals to a rights list."""

import json
from functools import partial

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints import picker
from app.blueprints.access_control import me, open_to_accounts
from app.blueprints.forms import refusals_to
from app.blueprints.right_names import EVERYBODY
from app.blueprints.rights import labels, parsing
from app.blueprints.rights.window import blueprint, url_of, window
from app.errors import Conflict, NotFound, Refusal
from app.htmx import say, see_other, wants_fragment
from app.models import EntryKind, Folder, Principal, Room
from app.operations import rights as right_operations
from app.queries.domains import domains_of
from app.queries.groups.members import Candidate, chosen_candidates, member_candidates
from app.queries.rights import candidates_by_sight, chosen_by_sight, find_place
from app.rules import rooms
from app.rules.rights import PRESETS, lists, scope


@blueprint.get("/rights/<kind>/<int:place_id>/add")
@open_to_accounts
def choose_subjects(kind: str, place_id: int) -> Response:
    """Show the picker. What is chosen goes along while one searches. Fragments: dialog, candidates."""
    return _picker(find_place(me(), kind, place_id))


@blueprint.post("/rights/<kind>/<int:place_id>/add")
@open_to_accounts
def add_grants(kind: str, place_id: int) -> Response:
    """Put those who were chosen on the list, all with the same preset."""
    place = find_place(me(), kind, place_id)
    subjects = [parsing.subject_of(text) for text in picker.chosen_keys()]
    rights = PRESETS.get(request.form.get("preset", ""))
    if rights is None:
        raise NotFound()
    accepts = parsing.accepts_own_loss()
    seen = parsing.seen() if "seen" in request.form else None
    with refusals_to(partial(_shown_again, place), passing=NotFound):
        count = right_operations.set_grants(
            me(), place, subjects, rights, accepts_own_loss=accepts, seen=seen
        )
    text = ngettext("%(num)s line added.", "%(num)s lines added.", count)
    return (
        say(window(place, grant_key=None), text) if wants_fragment() else see_other(url_of(place), toast=text)
    )


def _shown_again(place: Folder | Room, status: int, problem: Refusal) -> Response:
    if not isinstance(problem, Conflict):
        return _picker(place, status, problem=problem)
    return _picker(place, 422, **{"question" if problem.code == "own_loss" else "problem": problem})


def _picker(place: Folder | Room, status: int = 200, problem=None, question=None) -> Response:
    kind, search = picker.kind_asked(), picker.search_asked()
    present = lists.snapshot(place)
    candidates, has_more, domains, domain = _candidates(place, kind, search)
    chosen = [_choice(candidate, present) for candidate in _chosen(place)]
    shown = picker.Picker(
        frame="rights",
        id="rights-picker",
        title=_("Add rights on %(name)s", name=place.name),
        section=_("Add rights"),
        here=url_of(place, "rights.choose_subjects"),
        back=url_of(place),
        chosen=chosen,
        found=picker.not_chosen([_choice(candidate, present) for candidate in candidates], chosen),
        has_more=has_more,
        domains=domains,
        domain=domain,
        search=search,
        kind=kind,
        further=tuple(_everybody(present, search)),
        further_title=_("Categories of people"),
        dialog_back=True,
    )
    return shown.show(
        status,
        problem,
        question=question,
        subject=place.name,
        hidden=json.dumps(present),
        presets={value: label for value, label in labels.PRESETS.items() if value != "custom"},
        preset=request.values.get("preset", "write"),
    )


def _chosen(place) -> list[Candidate]:
    subjects = [parsing.subject_of(key) for key in picker.chosen_keys()]
    principals = [
        (EntryKind(subject.principal), subject.principal_id)
        for subject in subjects
        if subject.principal in right_operations.PRINCIPAL_MODELS
    ]
    if rooms.administers(me(), place):
        return chosen_candidates(me(), principals)
    return chosen_by_sight(me(), principals)


def _choice(candidate: Candidate, present: dict) -> picker.PickerChoice:
    key = lists.key_of(Principal(candidate.kind), candidate.id)
    return picker.choice(candidate, key=key, note=_("already has a line") if key in present else "")


def _candidates(place, kind: EntryKind, search: str):
    """Return candidates for the list, and the domains to choose from.

    They are of the actor's scope if they administer the place, else among the people they see.
    """
    if not rooms.administers(me(), place):
        return *candidates_by_sight(me(), kind, search), [], None
    domains = domains_of(me())
    usual = place.group.domain_id if place.group_id else me().domain_id
    by_id = {candidate_domain.id: candidate_domain for candidate_domain in domains}
    domain_id = request.values.get("domain", type=int)
    if domain_id is not None and domain_id not in by_id:
        scope.find_domain(me(), domain_id)
    domain = by_id.get(domain_id or 0) or by_id.get(usual or 0) or domains[0]
    return *member_candidates(me(), None, kind, search, domain), domains, domain


def _everybody(present: dict, search: str) -> list[picker.PickerChoice]:
    """Return the principals that stand for everybody of a kind."""
    text, chosen = search.strip().casefold(), set(picker.chosen_keys())
    choices = []
    for number, (kind, meaning) in enumerate(labels.EVERYBODY_MEANS.items(), 1):
        key, name = lists.key_of(kind, 0), str(EVERYBODY[kind])
        if text in name.casefold() or key in chosen:
            note = _("already has a line") if key in present else ""
            choices.append(picker.PickerChoice(key, name, str(meaning), number, note=note))
    return choices
