"""Conversations of the demo company in the last days."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta


@dataclass(frozen=True)
class DemoMessage:
    """A message of the demo company: days ago, local time of day, group, author and text."""

    days_ago: int
    at: str
    team: str
    author: str
    text: str

    def moment(self, today: datetime) -> datetime:
        """Return the message’s moment, counted back from today."""
        hour, minute = (int(part) for part in self.at.split(":"))
        return datetime.combine(
            today.date() - timedelta(days=self.days_ago), time(hour, minute), today.tzinfo
        )


# In chronological order.
MESSAGES = (
    DemoMessage(4, "09:02", "groupetc", "arthur", "Bonjour à tous, bienvenue dans la salle du projet !"),
    DemoMessage(
        4,
        "09:05",
        "groupetc",
        "arthur",
        "J’y mets tout ce qui concerne la refonte :\n\n- le calendrier\n- les maquettes\n- les comptes rendus",
    ),
    DemoMessage(4, "09:11", "groupetc", "jean", "Parfait. On garde le point du **mardi à 10 h** ?"),
    DemoMessage(4, "09:12", "groupetc", "claire", "Oui, et je réserve la salle bleue."),
    DemoMessage(
        4,
        "14:30",
        "direction",
        "claire",
        "Budget du troisième trimestre : le projet de site est dans les clous.",
    ),
    DemoMessage(4, "14:41", "direction", "thomas", "Bonne nouvelle. Qui présente au comité de jeudi ?"),
    DemoMessage(4, "14:44", "direction", "sophie", "Moi, avec les chiffres de @claire."),
    DemoMessage(
        3, "10:01", "groupetc", "hugo", "Les maquettes de la page d’accueil sont prêtes, deux variantes."
    ),
    DemoMessage(
        3, "10:03", "groupetc", "lea", "La deuxième respire mieux, mais le menu y prend trop de place."
    ),
    DemoMessage(3, "10:04", "groupetc", "hugo", "D’accord, je le réduis."),
    DemoMessage(
        3,
        "11:20",
        "groupetc",
        "nadia",
        "Côté accessibilité : contrastes vérifiés, tout passe au-dessus de 4,5:1 ✅",
    ),
    DemoMessage(
        3,
        "16:48",
        "groupetc",
        "camille",
        "> Les contrastes passent\n\nMerci Nadia, c’était le point qui m’inquiétait.",
    ),
    DemoMessage(
        2,
        "09:30",
        "groupetc",
        "jean",
        "Voici l’appel qui échouait hier, corrigé :\n\n"
        "```python\ndef prix(article, quantite):\n    return round(article.prix * quantite, 2)\n```",
    ),
    DemoMessage(2, "09:34", "groupetc", "arthur", "Nickel. Je relance les tests."),
    DemoMessage(2, "09:52", "groupetc", "arthur", "Tout est vert 🎉"),
    DemoMessage(
        2,
        "15:10",
        "groupetc",
        "claire",
        "Planning de la semaine :\n\n| Jour | Qui | Quoi |\n|---|---|---|\n"
        "| Mardi | Hugo | menu réduit |\n| Mercredi | Nadia | formulaire |\n| Jeudi | Jean | mise en ligne |",
    ),
    DemoMessage(
        1, "08:57", "groupetc", "lea", "Petit rappel : le traducteur attend nos textes **avant midi**."
    ),
    DemoMessage(1, "09:03", "groupetc", "camille", "Envoyés à l’instant."),
    DemoMessage(1, "11:15", "direction", "thomas", "Le comité valide. On peut annoncer la date."),
    DemoMessage(1, "11:18", "direction", "claire", "Je préviens l’équipe."),
    DemoMessage(
        1, "11:26", "groupetc", "claire", "Le comité a validé : mise en ligne jeudi. Bravo à vous tous 👏"
    ),
    DemoMessage(1, "11:27", "groupetc", "hugo", "Excellent !"),
    DemoMessage(1, "11:28", "groupetc", "nadia", "On fête ça vendredi ?"),
    DemoMessage(1, "17:40", "groupetc", "jean", "@arthur tu peux relire la page « Contact » demain matin ?"),
    DemoMessage(0, "08:45", "groupetc", "arthur", "Je la regarde tout de suite."),
    DemoMessage(
        0,
        "08:58",
        "groupetc",
        "arthur",
        "Deux coquilles corrigées, le reste est bon :\n\n- [x] horaires\n- [x] plan d’accès\n- [ ] numéro du standard",
    ),
    DemoMessage(0, "09:01", "groupetc", "jean", "Merci ! Pour le standard, c’est le 01 44 00 00 00."),
)

# The people who have read everything, by group. Others have unread messages (UNREAD) or have never opened the room.
READERS = {"groupetc": ("arthur", "claire"), "direction": ("claire",)}

# The group and the number of unread messages, by person.
UNREAD = {"jean": ("groupetc", 4)}
