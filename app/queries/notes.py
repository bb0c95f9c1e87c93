"""What a note of the system says, in the reader's language."""

import json

from flask_babel import gettext as _


def words(said: str | None, author: str) -> str:
    """The sentence of a note. said: its act and what it speaks of, as operations/rooms/notes.py stores them."""
    about = json.loads(said) if said else {}
    act = about.pop("act", "")
    made = SENTENCES.get(act)
    return made(author, about) if made else ""


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
    "owner": lambda who, about: _("%(people)s owns the room now", people=about["people"]),
}
"""One sentence an act; the names are as they were when it happened."""
