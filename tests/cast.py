"""The guide's people: iwdemo.fr with groupetc and its room, and a second tenant that must never be seen."""

from dataclasses import dataclass

from app.models import Account, Domain, Group, Role, Room
from tests import factories


@dataclass
class Cast:
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


def assemble() -> Cast:
    """Put everybody on stage."""
    with factories.in_one_commit():
        return _assembled()


def _assembled() -> Cast:
    domain = factories.make_domain("iwdemo.fr")
    other = factories.make_domain("autre.example")
    people = {
        "admin": factories.make_account(domain, "admin", role=Role.SERVER),
        "web_admin": factories.make_account(domain, "webadmin", role=Role.WEB),
        "domain_admin": factories.make_account(domain, "domainadmin", role=Role.DOMAIN),
        "arthur": factories.make_account(domain, "arthur"),
        "jean": factories.make_account(domain, "jean"),
        "paul": factories.make_account(domain, "paul"),
        "rivale": factories.make_account(other, "rivale", role=Role.DOMAIN),
        "autrui": factories.make_account(other, "autrui"),
    }
    group = factories.make_group(domain, "groupetc")
    factories.add_member(group, people["arthur"])
    factories.add_member(group, people["jean"])
    room = factories.make_room(group)
    other_group = factories.make_group(other, "ailleurs")
    return Cast(domain=domain, group=group, room=room, other_domain=other, other_group=other_group, **people)
