"""Random companies: every answer about rights is the one that a slow and obvious reading of domain and lists gives.

The reference below knows nothing of statements and caches: it walks through rows that have been read into lists.
"""

import random

import pytest

from app.extensions import db
from app.models import (
    Account,
    AccountState,
    Domain,
    DomainState,
    Exclusion,
    Folder,
    Grant,
    Group,
    MemberEntry,
    Principal,
    Room,
    RoomKind,
    RoomMember,
    RoomState,
)
from app.rules import groups, services
from app.rules.rights import FULL, GUEST_MAXIMUM, READ, WRITE, Basis, Right, access, audience
from app.rules.rights.explanation import explain
from app.rules.rights.facts import facts_of, facts_of_folders, open_to
from tests.support import factories

ON = ("has_teamchat", "has_groupware", "has_webdav")
SEVERAL = (Principal.MEMBERS, Principal.GUESTS, Principal.ANYONE)


class Reference:
    """The rules of the product, read off the rows one by one."""

    def __init__(self):
        rows = {model: list(db.session.scalars(db.select(model)).unique()) for model in self.MODELS}
        self.entries, self.exclusions = rows[MemberEntry], rows[Exclusion]
        self.grants, self.members = rows[Grant], rows[RoomMember]
        self.groups = {group.id: group for group in rows[Group]}
        self.domains = {domain.id: domain for domain in rows[Domain]}

    MODELS = (MemberEntry, Exclusion, Grant, RoomMember, Group, Domain)

    def is_in_group(self, account, group_id, above=()) -> bool:
        if account.is_guest or group_id in above or self.is_excluded(account, group_id):
            return False
        for entry in self.entries:
            if entry.group_id != group_id:
                continue
            if entry.account_id == account.id or entry.domain_id == account.domain_id:
                return True
            if entry.inner_group_id and self.is_in_group(account, entry.inner_group_id, (*above, group_id)):
                return True
        return False

    def is_excluded(self, account, group_id) -> bool:
        return any(
            exclusion.group_id == group_id and exclusion.account_id == account.id
            for exclusion in self.exclusions
        )

    def has_teamchat(self, account) -> bool:
        if account.state is AccountState.DISABLED:
            return False
        return account.is_guest or (self.grants_it(account.domain_id) and self.is_on(account))

    def grants_it(self, domain_id) -> bool:
        domain = self.domains[domain_id]
        return domain.state is DomainState.ACTIVE and self.is_on(domain)

    def is_on(self, subject) -> bool:
        return all(getattr(subject, name) for name in ON)

    def entry_of(self, account, room):
        entries = (
            member
            for member in self.members
            if (member.room_id, member.account_id) == (room.id, account.id) and member.is_member
        )
        return next(entries, None)

    def is_in(self, account, room) -> bool:
        if account.is_guest or room.kind is not RoomKind.PUBLIC:
            return self.entry_of(account, room) is not None
        return self.is_in_group(account, room.group_id)

    def grants_of(self, room) -> list[Grant]:
        if room.has_own_list or room.folder_id is None:
            return [grant for grant in self.grants if grant.room_id == room.id]
        return [grant for grant in self.grants if grant.folder_id == room.folder_id]

    def by_grants(self, account, room) -> Right:
        grants = self.grants_of(room)

        def sum_of(matches) -> Right | None:
            matching = [Right(grant.rights) for grant in grants if matches(grant)]
            return Right(sum({bit for rights in matching for bit in rights})) if matching else None

        levels = [
            sum_of(lambda grant: (grant.principal, grant.principal_id) == (Principal.ACCOUNT, account.id))
        ]
        if account.is_guest:
            levels.append(sum_of(lambda grant: grant.principal is Principal.GUESTS))
        else:
            levels += [
                sum_of(
                    lambda grant: (
                        grant.principal is Principal.GROUP and self.is_in_group(account, grant.principal_id)
                    )
                ),
                sum_of(
                    lambda grant: (
                        (grant.principal, grant.principal_id) == (Principal.DOMAIN, account.domain_id)
                    )
                ),
                sum_of(lambda grant: grant.principal in (Principal.MEMBERS, Principal.ANYONE)),
            ]
        return next((level for level in levels if level is not None), Right.NONE)

    def rights(self, account, room) -> Right:
        if not self.has_teamchat(account) or room.state is RoomState.DELETED:
            return Right.NONE
        group = self.groups.get(room.group_id)
        if group is not None and not (group.has_teamchat and self.grants_it(group.domain_id)):
            return Right.NONE
        if not self.is_in(account, room):
            return Right.NONE
        entry = self.entry_of(account, room)
        owns = room.kind is not RoomKind.PUBLIC and entry is not None and entry.is_owner
        rights = FULL if owns and not account.is_guest else self.by_grants(account, room)
        if account.is_guest:
            rights &= GUEST_MAXIMUM
        if room.state is RoomState.ARCHIVED or account.state is AccountState.MUTED:
            rights &= READ
        return rights if rights & Right.FOLDER_READ else Right.NONE


class Company:
    """A random company: nested groups with circles, exclusions, whole domains, lists of every kind, all switches."""

    def __init__(self, seed: int):
        self.chance = random.Random(seed)
        with factories.in_one_commit():
            self.domains = [factories.make_domain() for _ in range(3)]
            self.people = [self.person() for _ in range(8)]
            self.guests = [self.person(is_guest=True) for _ in range(2)]
            self.groups = [factories.make_group(self.chance.choice(self.domains)) for _ in range(6)]
            self.fill_groups()
            self.rooms = [self.room() for _ in range(12)]
            self.write_lists()
            self.switch_some_off()
        db.session.commit()
        db.session.expire_all()

    @property
    def everybody(self) -> list[Account]:
        return [*self.people, *self.guests]

    def person(self, **values) -> Account:
        states = [AccountState.ENABLED] * 6 + [AccountState.MUTED, AccountState.DISABLED]
        return factories.make_account(
            self.chance.choice(self.domains), state=self.chance.choice(states), **values
        )

    def fill_groups(self) -> None:
        for group in self.groups:
            others = [other for other in self.groups if other is not group]
            kinds = [*self.people, *self.domains, *others]
            for member in self.chance.sample(kinds, self.chance.randint(1, 4)):
                factories.add_member(group, member)
            for account in self.chance.sample(self.people, self.chance.randint(0, 2)):
                factories.exclude(group, account)

    def room(self) -> Room:
        states = [RoomState.ACTIVE] * 6 + [RoomState.ARCHIVED, RoomState.DELETED]
        people = self.chance.sample(self.everybody, 4)
        if self.chance.random() < 0.3:
            room = factories.make_private_room(*people)
        else:
            room = factories.make_room(
                self.chance.choice(self.groups), has_own_list=self.chance.random() < 0.4
            )
            for person in people[:2]:
                factories.join_room(room, person, is_member=self.chance.random() < 0.8)
        if room.kind is RoomKind.PRIVATE and self.chance.random() < 0.5:
            factories.join_room(room, self.outsider(people), is_owner=self.chance.random() < 0.3)
        room.state = self.chance.choice(states)
        return room

    def outsider(self, people) -> Account:
        return self.chance.choice([person for person in self.everybody if person not in people])

    def write_lists(self) -> None:
        folders = db.session.query(Folder).filter_by(kind="teamchat").all()
        for scope in [*folders, *self.rooms]:
            principals = self.principals_of(scope)
            for _ in range(self.chance.randint(0, 4)):
                principal = self.principal()
                if principal not in principals:
                    principals.add(principal)
                    factories.make_grant(scope, *principal, rights=self.some_rights())

    def principals_of(self, scope) -> set:
        column = Grant.folder_id if isinstance(scope, Folder) else Grant.room_id
        grants = db.session.query(Grant).filter(column == scope.id)
        return {(grant.principal, grant.principal_id) for grant in grants}

    def principal(self) -> tuple[Principal, int]:
        kind = self.chance.choice(list(Principal))
        named = {
            Principal.ACCOUNT: self.everybody,
            Principal.GROUP: self.groups,
            Principal.DOMAIN: self.domains,
        }
        return kind, 0 if kind in SEVERAL else self.chance.choice(named[kind]).id

    def some_rights(self) -> int:
        return self.chance.choice([0, int(READ), int(WRITE), int(FULL), self.chance.randrange(FULL + 1)])

    def switch_some_off(self) -> None:
        for subject in (*self.people, *self.domains):
            if self.chance.random() < 0.12:
                setattr(subject, self.chance.choice(ON), False)
        for group in self.groups:
            group.has_teamchat = group.has_teamchat and self.chance.random() < 0.9
        if self.chance.random() < 0.3:
            self.chance.choice(self.domains).state = DomainState.SUSPENDED


@pytest.mark.parametrize("seed", range(8))
def test_rights_equal_those_of_reference(app, seed):
    company = Company(seed)
    reference = Reference()
    for person in company.everybody:
        access.forget()
        listed = {room_access.room.id: room_access.rights for room_access in access.visible_rooms(person)}
        heard_rights = {
            room_access.room.id: room_access.rights
            for room_access in access.heard_rooms(person, services.state())
        }
        access.forget()
        expected = {room.id: reference.rights(person, room) for room in company.rooms}
        assert listed == heard_rights == {key: rights for key, rights in expected.items() if rights}
        inside = {group.id for group in company.groups if reference.is_in_group(person, group.id)}
        assert groups.groups_of(person) == inside
        for room in company.rooms:
            assert access.rights_in(person, room.id) == expected[room.id]
            assert explain(person, room).rights == expected[room.id]


@pytest.mark.parametrize("seed", range(8))
def test_rights_of_many_equal_those_of_reference(app, seed):
    company = Company(seed)
    reference = Reference()
    for room in company.rooms:
        expected = {person.id: reference.rights(person, room) for person in company.everybody}
        assert access.rights_by_account(company.everybody, room) == expected
        people_inside = {person.id for person in company.everybody if reference.is_in(person, room)}
        assert {
            person.id for person in db.session.scalars(audience.people_of(room)).unique()
        } == people_inside
    for group in company.groups:
        inside = {person.id for person in company.people if reference.is_in_group(person, group.id)}
        members = groups.effective_members(group.id).with_only_columns(Account.id)
        assert set(db.session.scalars(members)) == inside
        assert set(audience.ways_in(company.people, group.id)) == inside


def plain(decision):
    """Return a decision without the order in which the database gave the entries."""
    return decision._replace(deciding=set(decision.deciding), overruled=set(decision.overruled))


@pytest.mark.parametrize("seed", range(8))
def test_facts_lead_to_same_decision_in_every_shape(app, seed):
    """One person in many rooms, many people in one room, and many in many; and rooms that are not open at all."""
    company = Company(seed)
    everybody, rooms, state = company.everybody, company.rooms, services.state()
    many_in_many, reference = facts_of(everybody, rooms, state), Reference()
    for person in everybody:
        alone, rows = open_to(person, state)
        candidates = {room.id for room, _member in rows}
        for room in rooms:
            decision = plain(many_in_many.decide(person.id, room.id))
            assert decision.rights == reference.rights(person, room)
            assert plain(facts_of([person], rooms, state).decide(person.id, room.id)) == decision
            assert plain(facts_of(everybody, [room], state).decide(person.id, room.id)) == decision
            if room.id in candidates:
                assert plain(alone.decide(person.id, room.id)) == decision
            else:
                assert not decision.is_inside


@pytest.mark.parametrize("seed", range(4))
def test_folders_are_decided_like_rooms_that_inherit_their_list(app, seed):
    company = Company(seed)
    state, folders = services.state(), db.session.query(Folder).filter_by(kind="teamchat").all()
    facts = facts_of_folders(company.everybody, folders, state)
    for folder in folders:
        room = factories.make_room(db.session.get(Group, folder.group_id), "inherits")
        alike = facts_of(company.people, [room], state)
        for person in company.people:
            assert plain(facts.decide(person.id, folder.id)) == plain(alike.decide(person.id, room.id))
        for guest in company.guests:
            assert not facts.decide(guest.id, folder.id).is_inside


def test_number_of_statements_does_not_depend_on_people_and_rooms(app, count_statements):
    company = Company(1)
    state = services.state()
    rooms = [room for room in company.rooms if room.group_id is not None]
    assert all(account.domain for account in company.everybody)
    with count_statements() as few:
        facts_of(company.people[:1], rooms[:1], state)
    with count_statements() as many:
        facts_of(company.everybody, company.rooms, state)
    assert len(many) == len(few) == 4


def test_random_companies_differ(app):
    kinds, bases = set(), set()
    for seed in range(4):
        company = Company(seed)
        facts = facts_of(company.everybody, company.rooms, services.state())
        for person in company.everybody:
            for room in company.rooms:
                decision = facts.decide(person.id, room.id)
                bases.add(decision.basis)
                kinds.add((person.is_guest, room.kind, room.has_own_list, decision.rights == Right.NONE))
    assert len(kinds) >= 10
    assert bases == set(Basis) - {Basis.SERVICE_STOPPED}
