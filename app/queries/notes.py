"""Sentences of system notes, in the reader's language."""

import json

from flask_babel import gettext as _
from flask_babel import ngettext


def words(note: str | None, author: str, *, names_people: bool = True) -> str:
    """Return the sentence of a note. said: its act and subject, as operations/rooms/notes.py stores them.

    names_people: False for guests, who read numbers instead: the people named may not be in the room.
    """
    about = json.loads(note) if note else {}
    act = about.pop("act", "")
    if not names_people and "people" in about:
        about["people"] = ngettext("one person", "%(num)s people", about.get("count", 1))
    made = SENTENCES.get(act)
    return made(author, about) if made else ""


# One sentence an act; the names are as they were when it happened.
SENTENCES = {
    "created": lambda who, _about: _("%(who)s has created the room", who=who),
    "renamed": lambda who, about: _(
        "%(who)s has renamed the room to “%(name)s”", who=who, name=about["name"]
    ),
    "topic": lambda who, about: (
        _("%(who)s has set the topic to “%(topic)s”", who=who, topic=about["topic"])
        if about.get("topic")
        else _("%(who)s has removed the topic", who=who)
    ),
    "archived": lambda who, _about: _("%(who)s has archived the room", who=who),
    "reopened": lambda who, _about: _("%(who)s has taken the room out of the archive", who=who),
    "added": lambda who, about: _("%(who)s has added %(people)s", who=who, people=about["people"]),
    "removed": lambda who, about: _("%(who)s has removed %(people)s", who=who, people=about["people"]),
    "left": lambda who, _about: _("%(who)s has left the room", who=who),
    "invited": lambda who, about: _("%(who)s has invited %(people)s", who=who, people=about["people"]),
    "joined": lambda who, _about: _("%(who)s has joined the room", who=who),
    "ended": lambda who, _about: _("The access of %(who)s has ended", who=who),
    "owner": lambda who, about: _("%(people)s owns the room now", people=about["people"]),
}
