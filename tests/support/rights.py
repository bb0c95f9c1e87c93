"""The rights window, as tests read and send it."""

import html
import json
import re

from app.models import Folder
from app.rules.rights import access, lists


def address(place, act: str = "") -> str:
    kind = "folder" if isinstance(place, Folder) else "room"
    return f"/admin/rights/{kind}/{place.id}{act}"


def sent(place, line: str, **values) -> dict:
    return {"line": line, "seen": json.dumps(lists.snapshot(place)), "shown": "0"} | values


def rights(who, room):
    access.forget()
    return access.rights_in(who, room.id)


def words_of(answer) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))).split())
