"""Broadcasts: one rendering and one channel for readers of every language."""

import html
import json
import re

from app.channels import room, room_for_all
from app.extensions import socketio
from app.i18n import in_language
from app.operations import guests, messages, rooms
from app.queries import messages as conversation
from tests.support import factories

TEXTS = re.compile(r'<span data-texts="([^"]*)"></span>')


def texts_in(markup: str) -> list[dict[str, str]]:
    """Return the texts of a broadcast that differ by language."""
    return [json.loads(html.unescape(found)) for found in TEXTS.findall(markup)]


def emitted(monkeypatch) -> list[tuple[str, dict, object]]:
    """Return the events emitted from now on."""
    events = []
    monkeypatch.setattr(
        socketio.server.manager,
        "emit",
        lambda event, data, room=None, **_rest: events.append((event, data, room)),
    )
    return events


def test_message_is_rendered_once_for_all_languages(people, monkeypatch):
    seen = emitted(monkeypatch)
    messages.post_message(people.arthur, people.room.id, "Bonjour")
    posted = [(data["html"], to) for event, data, to in seen if event == "message:posted"]
    ((markup, to),) = posted
    assert to == room_for_all(people.room.id) and "Bonjour" in markup
    assert not texts_in(markup), "nothing of it differs by language"


def test_guest_is_marked_in_both_languages(people, monkeypatch):
    guest = factories.make_account(people.domain, "Bruno", is_guest=True, sponsor_id=people.arthur.id)
    factories.join_room(people.room, guest)
    seen = emitted(monkeypatch)
    messages.post_message(guest, people.room.id, "Bonjour")
    (markup,) = [data["html"] for event, data, _to in seen if event == "message:posted"]
    assert texts_in(markup) == [{"fr": "invité", "en": "guest"}]


def test_note_and_deleted_message_have_texts_in_both_languages(people, monkeypatch):
    posted = messages.post_message(people.arthur, people.room.id, "Bonjour")
    seen = emitted(monkeypatch)
    messages.delete_message(people.arthur, posted.message_id)
    rooms.rename_room(people.domain_admin, people.room, "Projet <b>")
    changed = {to: data["html"] for event, data, to in seen if event == "message:changed"}
    assert list(changed) == [room(people.room.id)]
    every = [
        texts for event, data, _to in seen if event == "message:changed" for texts in texts_in(data["html"])
    ]
    assert {"fr": "Message supprimé", "en": "Message deleted"} in every
    (note,) = [texts for texts in every if "Projet <b>" in texts["fr"]]
    assert "renommé" in note["fr"] and "renamed" in note["en"]


def test_hidden_author_is_hidden_in_every_language(people, monkeypatch):
    people.room.guests_see_members = False
    posted = messages.post_message(people.arthur, people.room.id, "Bonjour")
    view = conversation.message_view(people.room.id, posted.message_id)
    hidden = conversation.for_guest(view, frozenset({people.arthur.id}))
    with in_language("fr"):
        assert (hidden.author_label, hidden.author_id) == ("Ancien participant", 0)
    with in_language("en"):
        assert hidden.author_label == "Former participant"


def test_changed_message_reaches_guests_in_one_event(people, monkeypatch):
    guests.invite_guests(people.arthur, people.room, "bt@darnis.com")
    guest = factories.make_account(people.domain, "Bruno", is_guest=True, sponsor_id=people.arthur.id)
    factories.join_room(people.room, guest)
    posted = messages.post_message(people.arthur, people.room.id, "Bonjour")
    seen = emitted(monkeypatch)
    messages.edit_message(people.arthur, posted.message_id, "Bonsoir")
    to = [channel for event, _data, channel in seen if event == "message:changed"]
    assert to == [room(people.room.id), room(people.room.id, is_guest=True)]
