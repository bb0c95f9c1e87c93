"""The lists of WebAdmin: domains, accounts, groups, members, and who can be chosen as one."""

from app.queries.directory.accounts import account_list
from app.queries.directory.counts import Impact, counts, domain_impact, messages_since
from app.queries.directory.domains import domain_count, domain_list, domains_of
from app.queries.directory.groups import Weight, group_list, room_count, weight_of
from app.queries.directory.members import effective_count, member, member_list
from app.queries.directory.picker import candidates, chosen
from app.queries.directory.rooms import (
    domain_id_of,
    find_person,
    find_room,
    owners_of,
    people_count,
    room_list,
)
from app.queries.directory.sight import candidates_by_sight, chosen_by_sight

__all__ = [
    "Impact",
    "Weight",
    "account_list",
    "candidates",
    "candidates_by_sight",
    "chosen",
    "chosen_by_sight",
    "counts",
    "domain_count",
    "domain_id_of",
    "domain_impact",
    "domain_list",
    "domains_of",
    "effective_count",
    "find_person",
    "find_room",
    "group_list",
    "member",
    "member_list",
    "messages_since",
    "owners_of",
    "people_count",
    "room_count",
    "room_list",
    "weight_of",
]
