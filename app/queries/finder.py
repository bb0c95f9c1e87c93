"""Anybody and anything by a word of their name, within what an administrator administers."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.extensions import db
from app.models import Account, AccountState, Domain, Group, NamedKind, NameWord
from app.queries.directory.domains import matches
from app.rules import guests, scope
from app.text import words

EACH = 6
"""Hits of each kind that are shown."""

WORDS = 4
"""Words of a question that are looked for; what follows is left out."""

SHORTEST = 2
DOMAINS = 500
"""Domains of a domain administrator that are looked into."""


@dataclass(frozen=True)
class Hit:
    """Something that was found: what it is, and its name and address."""

    kind: str
    id: int
    title: str
    detail: str = ""


def find(actor, question: str) -> list[Hit]:
    """Domains, accounts, groups and guests with every word of the question at the beginning of one of theirs.

    At most eight statements, each of which reads an index from where the longest word begins.
    """
    asked = asked_words(question)
    if not asked or not scope.is_administrator(actor):
        return []
    within = _domains(actor)
    people = _accounts(actor, _ids(NamedKind.ACCOUNT, asked, within))
    groups = _groups(actor, _ids(NamedKind.GROUP, asked, within))
    outside = _guests(actor, _ids(NamedKind.GUEST, asked, within))
    return _hits_of_domains(actor, question) + people + groups + outside


def asked_words(question: str) -> list[str]:
    """What is looked for, the longest word first; nothing for less than two letters."""
    found = sorted(words.words_of(question[:200]), key=len, reverse=True)[:WORDS]
    return found if found and len(found[0]) >= SHORTEST else []


def _domains(actor) -> list[int] | None:
    """The domains one may look into; None: all of them."""
    if scope.is_server_wide(actor):
        return None
    return list(db.session.scalars(select(Domain.id).where(scope.of_domains(actor)).limit(DOMAINS)))


def statement(kind: NamedKind, asked: list[str], within: list[int] | None):
    """The ids of who has all these words. The longest word finds, the others are asked of each that it found."""
    first, others = asked[0], asked[1:]
    found = select(NameWord.object_id).distinct().where(NameWord.kind == kind, _begins(NameWord, first))
    if within is not None:
        found = found.where(NameWord.domain_id.in_(within))
    for word in others:
        other = aliased(NameWord)
        is_same = (other.kind == kind, other.object_id == NameWord.object_id, _begins(other, word))
        found = found.where(select(other.id).where(*is_same).exists())
    return found.limit(EACH)


def _ids(kind: NamedKind, asked: list[str], within: list[int] | None) -> list[int]:
    return list(db.session.scalars(statement(kind, asked, within)))


def _begins(words_table, word: str):
    return words_table.word.startswith(word, autoescape=True)


def _hits_of_domains(actor, question: str) -> list[Hit]:
    found = select(Domain).where(scope.of_domains(actor), matches(question)).order_by(Domain.name).limit(EACH)
    return [Hit("domain", row.id, row.name, row.description or "") for row in db.session.scalars(found)]


def _accounts(actor, ids: list[int]) -> list[Hit]:
    own = (Account.id.in_(ids), ~Account.is_guest, Account.state != AccountState.DELETED)
    found = select(Account.id, Account.name, Account.address).join(Account.domain)
    return _hits("account", found.where(*own, scope.of_domains(actor)), Account, ids)


def _groups(actor, ids: list[int]) -> list[Hit]:
    found = select(Group.id, Group.name, Group.address).join(Group.domain)
    return _hits("group", found.where(Group.id.in_(ids), scope.of_domains(actor)), Group, ids)


def _guests(actor, ids: list[int]) -> list[Hit]:
    found = select(Account.id, Account.name, Account.address)
    return _hits("guest", found.where(Account.id.in_(ids), guests.of_guests(actor)), Account, ids)


def _hits(kind: str, found, model, ids: list[int]) -> list[Hit]:
    if not ids:
        return []
    rows = db.session.execute(found.order_by(model.name, model.id))
    return [Hit(kind, row.id, row.name, row.address) for row in rows]
