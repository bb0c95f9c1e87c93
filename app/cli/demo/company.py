"""People and groups of the demo company."""

from dataclasses import dataclass

from app.models import Role

DOMAIN = "iwdemo.fr"
DESCRIPTION = "Société de démonstration"
# The password of every account. It is printed, so a demo answers on this machine only.
PASSWORD = "tilleul-rivage-boussole"


@dataclass(frozen=True)
class DemoPerson:
    alias: str
    name: str
    role: Role = Role.USER

    @property
    def address(self) -> str:
        return f"{self.alias}@{DOMAIN}"


@dataclass(frozen=True)
class DemoTeam:
    """A group of the demo company, with the aliases of its members."""

    alias: str
    name: str
    description: str
    members: tuple[str, ...]

    @property
    def address(self) -> str:
        return f"{self.alias}@{DOMAIN}"


PEOPLE = (
    DemoPerson("admin", "Anne Delmas", Role.SERVER),
    DemoPerson("arthur", "Arthur Lemaire"),
    DemoPerson("jean", "Jean Moreau"),
    DemoPerson("paul", "Paul Girard"),
    DemoPerson("claire", "Claire Dubois", Role.DOMAIN),
    DemoPerson("sophie", "Sophie Bernard", Role.WEB),
    DemoPerson("hugo", "Hugo Lefèvre"),
    DemoPerson("lea", "Léa Fontaine"),
    DemoPerson("nadia", "Nadia Benali"),
    DemoPerson("thomas", "Thomas Leroy"),
    DemoPerson("camille", "Camille Rousseau"),
    DemoPerson("marc", "Marc Petit"),
    DemoPerson("ines", "Inès Garnier"),
)

TEAMS = (
    DemoTeam(
        "groupetc",
        "groupetc",
        "Le projet de refonte du site et tous ceux qui y travaillent",
        ("arthur", "jean", "claire", "hugo", "lea", "nadia", "camille"),
    ),
    DemoTeam("direction", "Direction", "Comité de direction", ("claire", "sophie", "thomas", "admin")),
)
