"""The picker that puts accounts, groups, domains and everybody's lines on a list."""

import json

from flask import Response, request
from flask_babel import ngettext

from app.blueprints import lists as addresses
from app.blueprints.gate import me, open_to_accounts
from app.blueprints.rights import wishes, words
from app.blueprints.rights.window import blueprint, url_of, window
from app.errors import Conflict, NotFound, Refusal
from app.htmx import page, say, see_other, wants_fragment
from app.models import EntryKind, Folder, Room
from app.operations import grants
from app.queries import directory
from app.queries import rights as questions
from app.rules import lists, managing, scope
from app.rules.rights import PRESETS


@blueprint.get("/rights/<kind>/<int:place_id>/add")
@open_to_accounts
def choose_subjects(kind: str, place_id: int) -> Response:
    """The picker. What is chosen goes along while one searches. Fragments: dialog, candidates."""
    return _picker(questions.find_place(me(), kind, place_id))


@blueprint.post("/rights/<kind>/<int:place_id>/add")
@open_to_accounts
def add_lines(kind: str, place_id: int) -> Response:
    """Put those who were chosen on the list, all with the same preset."""
    place = questions.find_place(me(), kind, place_id)
    subjects = [wishes.subject_of(text) for text in _chosen()]
    try:
        rights = PRESETS.get(request.form.get("preset", ""))
        if rights is None:
            raise NotFound()
        accepts = wishes.accepts_own_loss()
        seen = wishes.seen() if "seen" in request.form else None
        count = grants.set_grants(me(), place, subjects, rights, accepts_own_loss=accepts, seen=seen)
    except NotFound:
        raise
    except Conflict as refusal:
        told = "question" if refusal.code == "own_loss" else "problem"
        return _picker(place, 422, **{told: refusal.sentence})
    except Refusal as refusal:
        return _picker(place, refusal.status, problem=refusal.sentence)
    text = ngettext("%(num)s line added.", "%(num)s lines added.", count)
    return say(window(place, line=None), text) if wants_fragment() else see_other(url_of(place), toast=text)


def _picker(place: Folder | Room, status: int = 200, **context) -> Response:
    asked = request.values
    kind = EntryKind(asked["kind"]) if asked.get("kind") in set(EntryKind) else EntryKind.ACCOUNT
    search = asked.get("q", "")[: addresses.LONGEST_SEARCH]
    chosen = _chosen()
    chosen_among = directory.chosen if managing.administers(me(), place) else directory.chosen_by_sight
    found, has_more, domains, domain = _candidates(place, kind, search)
    known = [
        (EntryKind(one.principal), one.principal_id)
        for one in map(wishes.subject_of, chosen)
        if one.principal in grants.PRINCIPAL_MODELS
    ]
    there = lists.snapshot(place)
    return page(
        "rights/picker.html",
        blocks=("dialog", "candidates"),
        status=status,
        place=place,
        kind=kind,
        search=search,
        chosen=chosen_among(me(), known),
        everybody=_everybody(there, set(chosen), search),
        chosen_keys=set(chosen),
        found=[one for one in found if f"{one.kind}:{one.id}" not in set(chosen)],
        there=there,
        seen=json.dumps(there),
        has_more=has_more,
        domains=domains,
        domain=domain,
        preset=asked.get("preset", "write"),
        here=url_of(place, "rights.choose_subjects"),
        back=url_of(place),
        words=words,
        **context,
    )


def _candidates(place, kind: EntryKind, search: str):
    """Who may be put on the list, and the domains to choose from: in the scope of whoever administers the place, else
    among those they see."""
    if not managing.administers(me(), place):
        return *directory.candidates_by_sight(me(), kind, search), [], None
    domains = directory.domains_of(me())
    usual = place.group.domain_id if place.group_id else me().domain_id
    known = {one.id: one for one in domains}
    wanted = request.values.get("domain", type=int)
    if wanted is not None and wanted not in known:
        scope.find_domain(me(), wanted)
    domain = known.get(wanted) or known.get(usual) or domains[0]
    return *directory.candidates(me(), None, kind, search, domain), domains, domain


def _everybody(there: dict, chosen: set[str], search: str) -> list[tuple[str, str, str, bool]]:
    """Lines that stand for everybody of a kind: key, name, whom it means, whether the list has it."""
    wanted = search.strip().casefold()
    named = [(kind, str(words.EVERYBODY[kind])) for kind in words.EVERYBODY_MEANS]
    known = [(lists.key_of(kind, 0), name, str(words.EVERYBODY_MEANS[kind])) for kind, name in named]
    return [
        (key, name, means, key in there)
        for key, name, means in known
        if wanted in name.casefold() or key in chosen
    ]


def _chosen() -> list[str]:
    return list(dict.fromkeys(addresses.chosen("member")))
