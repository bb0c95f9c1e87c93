"""Search: words in the rooms that one may read, with hits that open the room around them; rooms and people by name."""

from flask import Response, request, url_for

from app.blueprints.access_control import me
from app.blueprints.chat.frame import frame
from app.blueprints.chat.views import blueprint
from app.htmx import page
from app.queries.rooms import listing as room_names
from app.queries.search import messages
from app.rules.rights import access


@blueprint.get("/search")
def find() -> Response:
    """Show messages that match a search. Fragments: content, hits (next page: `before=<id of a message>`).

    q: words, "phrases", from:name. room: in this one only.
    """
    room_id = request.args.get("room", type=int)
    query = messages.parse_query(request.args.get("q", "").strip("\n"), room_id)
    place = access.find_room(me(), room_id).room if room_id else None
    before = request.args.get("before", type=int)
    result = messages.find_messages(me(), query, before)
    return page(
        "chat/search.html",
        blocks=("content", "hits"),
        question=query,
        result=result,
        place=place,
        place_title=room_names.title_of(me(), place) if place else None,
        rooms_found=messages.find_rooms(me(), query) if not room_id and before is None else [],
        is_following=before is not None,
        next_url=url_for("chat.find", q=query.text, room=room_id, before=result.next)
        if result.next
        else None,
        **frame(),
    )
