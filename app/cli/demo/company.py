"""The demo company: who works there, and how they are gathered."""

from dataclasses import dataclass

from app.models import Role

DOMAIN = "iwdemo.fr"
DESCRIPTION = "Société de démonstration"
PASSWORD = "tilleul-rivage-boussole"
"""What everybody of the demo types. It is printed, so a demo answers on this machine only."""


@dataclass(frozen=True)
class Person:
    """Somebody of the demo company."""

    alias: str
    name: str
    role: Role = Role.USER

    @property
    def address(self) -> str:
        return f"{self.alias}@{DOMAIN}"


@dataclass(frozen=True)
class Team:
    """A group of the demo company, with the aliases of its members."""

    alias: str
    name: str
    description: str
    members: tuple[str, ...]

    @property
    def address(self) -> str:
        return f"{self.alias}@{DOMAIN}"


PEOPLE = (
    Person("admin", "Anne Delmas", Role.SERVER),
    Person("arthur", "Arthur Lemaire"),
    Person("jean", "Jean Moreau"),
    Person("paul", "Paul Girard"),
    Person("claire", "Claire Dubois", Role.DOMAIN),
    Person("sophie", "Sophie Bernard", Role.WEB),
    Person("hugo", "Hugo Lefèvre"),
    Person("lea", "Léa Fontaine"),
    Person("nadia", "Nadia Benali"),
    Person("thomas", "Thomas Leroy"),
    Person("camille", "Camille Rousseau"),
    Person("marc", "Marc Petit"),
    Person("ines", "Inès Garnier"),
)

TEAMS = (
    Team(
        "groupetc",
        "groupetc",
        "Le projet de refonte du site et tous ceux qui y travaillent",
        ("arthur", "jean", "claire", "hugo", "lea", "nadia", "camille"),
    ),
    Team("direction", "Direction", "Comité de direction", ("claire", "sophie", "thomas", "admin")),
)
