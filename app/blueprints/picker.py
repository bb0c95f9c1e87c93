"""The picker of WebAdmin: accounts, domains and groups to choose, searched, several at once.

Members of a group, subjects of rights and people of a room are chosen by the same page. What is chosen goes along with
every search, with scripts and without.
"""

from dataclasses import dataclass
from typing import Any

from flask import Response, request
from flask_babel import lazy_gettext as _l

from app.blueprints import lists
from app.errors import NotFound
from app.htmx import page
from app.models import Domain, EntryKind
from app.queries.groups.members import Candidate
from app.rules.accounts.addresses import readable
from app.text.parsing import parse_whole_number

KINDS = {
    EntryKind.ACCOUNT: _l("Accounts"),
    EntryKind.DOMAIN: _l("A whole domain"),
    EntryKind.GROUP: _l("A group"),
}
TITLES = {
    EntryKind.ACCOUNT: _l("Accounts"),
    EntryKind.DOMAIN: _l("Domains"),
    EntryKind.GROUP: _l("Groups"),
}


@dataclass(frozen=True)
class PickerChoice:
    """A checkbox of the picker. note: why it cannot be chosen; empty if it can."""

    key: str
    name: str
    detail: str | None
    number: int
    shape: str = "group"
    note: Any = ""


@dataclass(frozen=True)
class Picker:
    """A picker as its page shows it.

    kind: the kind that is searched; None where accounts alone can be chosen. frame: the section it stands in ("groups",
    "rights" or "rooms"). further: choices between the chosen and the found ones. dialog_back: whether Cancel goes back
    to the dialog that opened the picker.
    """

    frame: str
    id: str
    title: Any
    section: Any
    here: str
    back: str
    chosen: list[PickerChoice]
    found: list[PickerChoice]
    has_more: bool
    domains: list[Domain]
    domain: Domain | None
    search: str
    kind: EntryKind | None = None
    field: str = "member"
    further: tuple[PickerChoice, ...] = ()
    further_title: Any = ""
    dialog_back: bool = False

    def show(self, status: int = 200, problem=None, **context) -> Response:
        """Show the picker. Fragments: dialog, candidates."""
        return page(
            "directory/picker.html",
            blocks=("dialog", "candidates"),
            status=status,
            picker=self,
            kinds=KINDS,
            found_title=TITLES[self.kind or EntryKind.ACCOUNT],
            chosen_keys=set(chosen_keys(self.field)),
            problem=problem,
            **context,
        )


def kind_asked() -> EntryKind:
    """Return the kind that is searched; accounts unless the request names another."""
    kind = request.values.get("kind")
    return EntryKind(kind) if kind in set(EntryKind) else EntryKind.ACCOUNT


def search_asked() -> str:
    """Return the search text."""
    return request.values.get("q", "")[: lists.LONGEST_SEARCH]


def chosen_keys(field: str = "member") -> list[str]:
    """Return what is ticked, each once: "account:5". Error: Invalid for too many."""
    return list(dict.fromkeys(lists.chosen(field)))


def chosen_principals() -> list[tuple[EntryKind, int]]:
    """Return what is ticked as kinds and ids. Error: NotFound for anything no picker offers."""
    principals = []
    for text in chosen_keys():
        kind, _colon, key = text.partition(":")
        number = parse_whole_number(key)
        if kind not in set(EntryKind) or number is None:
            raise NotFound()
        principals.append((EntryKind(kind), number))
    return principals


def choice(candidate: Candidate, *, key: str | None = None, note="") -> PickerChoice:
    """Return the checkbox of a candidate."""
    is_domain = candidate.kind is EntryKind.DOMAIN
    return PickerChoice(
        key or f"{candidate.kind}:{candidate.id}",
        readable(candidate.name) if is_domain else candidate.name,
        candidate.detail if is_domain or not candidate.detail else readable(candidate.detail),
        candidate.id,
        "person" if candidate.kind is EntryKind.ACCOUNT else "group",
        note,
    )


def not_chosen(choices: list[PickerChoice], chosen: list[PickerChoice]) -> list[PickerChoice]:
    """Leave out what stands among the chosen already."""
    keys = {choice.key for choice in chosen}
    return [choice for choice in choices if choice.key not in keys]
