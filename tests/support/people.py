"""The guide's people: iwdemo.fr with groupetc and its room, and a second tenant that must never be seen."""

from dataclasses import dataclass

from app.extensions import db
from app.models import Account, Domain, Group, MemberEntry, Role, Room
from app.operations import groups
from tests.support import factories


@dataclass
class People:
    """arthur and jean are in groupetc, paul is not. admin administers the server, rivale the other tenant."""

    domain: Domain
    admin: Account
    web_admin: Account
    domain_admin: Account
    arthur: Account
    jean: Account
    paul: Account
    group: Group
    room: Room
    other_domain: Domain
    rivale: Account
    autrui: Account
    other_group: Group


def make_people() -> People:
    """Put everybody on workspace."""
    with factories.in_one_commit():
        return _make_people()


def _make_people() -> People:
    domain = factories.make_domain("iwdemo.fr")
    other = factories.make_domain("autre.example")
    people = factories.make_accounts(
        [
            (domain, "admin", {"role": Role.SERVER}),
            (domain, "webadmin", {"role": Role.WEB}),
            (domain, "domainadmin", {"role": Role.DOMAIN}),
            *((domain, name, {"role": Role.USER}) for name in ("arthur", "jean", "paul")),
            (other, "rivale", {"role": Role.DOMAIN}),
            (other, "autrui", {"role": Role.USER}),
        ]
    )
    names = ("admin", "web_admin", "domain_admin", "arthur", "jean", "paul", "rivale", "autrui")
    known = dict(zip(names, people, strict=True))
    group, other_group = factories.make_groups([(domain, "groupetc", {}), (other, "ailleurs", {})])
    factories.add_members(group, known["arthur"], known["jean"])
    room = factories.make_room(group)
    return People(domain=domain, group=group, room=room, other_domain=other, other_group=other_group, **known)


def leave_the_group(people, account):
    entry = db.session.query(MemberEntry).filter_by(group_id=people.group.id, account_id=account.id).one()
    groups.remove_member(people.admin, people.group, entry.id)
