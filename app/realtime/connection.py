"""Connecting and disconnecting of sockets. A socket is signed in by the same cookie as pages."""

import secrets

import structlog
from flask import Flask
from flask_login import current_user
from socketio.exceptions import ConnectionRefusedError as Refused

from app import channels, i18n
from app.events import SessionRevoked, listen
from app.identity import Origin
from app.limits import Bucket
from app.models import AccountState
from app.realtime import hub, presence, typing, watch
from app.realtime.subscriptions import join, say_goodbye, tell, watch_rooms
from app.security import host_name, is_local_name

log = structlog.get_logger()


def bind(app: Flask, sockets) -> None:
    """Answer Socket.IO's own events, and start the watcher."""
    # A client may send events of these names itself. The checks of the environ and of is_connected ignore them.
    watcher = watch.start(app, sockets)

    def connect(sid, environ=None, auth=None):
        if environ is not sockets.get_environ(sid):
            return
        try:
            watcher.wake()
            client = _signed_in(app, sid, environ, auth)
            with app.app_context():
                _welcome(client)
        except Exception as error:
            hub.remove(sid)
            raise error if isinstance(error, Refused) else _unavailable(error) from error

    def disconnect(sid, _reason=None):
        if sockets.manager.is_connected(sid, "/"):
            return
        client = hub.remove(sid)
        if client is not None:
            typing.forget(client)
            for room_id in list(client.rooms):
                presence.changed(room_id)

    sockets.on("connect", connect)
    sockets.on("disconnect", disconnect)


def _signed_in(app: Flask, sid: str, environ: dict, auth) -> hub.Client:
    """Return the client that a cookie belongs to. Error: Refused; the page then shows the sign-in form.

    auth: may name the account_id that the page was made for. The cookie may be somebody else's by now, and what waits
    in the page to be sent would be theirs.
    """
    with app.request_context(environ) as context:
        if app.config["DEMO"] and not is_local_name(host_name(context.request.host)):
            raise Refused({"error": "wrong_host"})
        if not current_user.is_authenticated:
            raise Refused({"error": "signed_out"})
        account = current_user._get_current_object()
        if isinstance(auth, dict) and auth.get("account_id") not in (None, account.id):
            raise Refused({"error": "somebody_else"})
        origin = Origin(context.request.remote_addr, secrets.token_hex(8), account.session_id)
        event_budget = Bucket(app.config["SOCKET_BURST"], app.config["SOCKET_RATE"])
        return hub.Client(sid, account, account.session_id, i18n.choose_language(), origin, event_budget)


def _unavailable(error: Exception) -> Refused:
    # A connection without an answer waits for ever; one that is refused connects again.
    log.error("a socket could not be welcomed", error=type(error).__name__)
    return Refused({"error": "unavailable"})


def _welcome(client: hub.Client) -> None:
    # Added first, and its access read afterwards: the watcher tells known clients of every later change, so that no
    # change falls between the two.
    hub.add(client)
    watched = watch_rooms(client)
    if watched is None:
        raise Refused({"error": "signed_out"})
    for channel in (
        channels.account(client.account_id),
        channels.session(client.session_id),
        channels.EVERYBODY,
    ):
        join(client.sid, channel)
    _, state = watched
    tell(
        client.sid,
        "hello",
        {
            "account_id": client.account_id,
            "name": client.account.name,
            "language": client.language,
            "service": "running" if state.chat_runs else "stopped",
            "can_post": not state.is_read_only and client.account.state is AccountState.ENABLED,
        },
    )


@listen(SessionRevoked)
def end_session(fact: SessionRevoked) -> None:
    """Disconnect the sockets of a session that was signed out."""
    for client in [client for client in hub.clients.values() if client.session_id == fact.session_id]:
        say_goodbye(client)
