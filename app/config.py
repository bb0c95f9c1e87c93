"""Every setting: the environment variable it comes from, its default, and what it is for."""

import os
from datetime import timedelta
from pathlib import Path


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in ("1", "true", "yes", "on")


def _number(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


def _secret() -> str:
    """SECRET_KEY itself, or what stands in the file SECRET_KEY_FILE."""
    if "SECRET_KEY" in os.environ:
        return os.environ["SECRET_KEY"]
    path = os.environ.get("SECRET_KEY_FILE")
    if path:
        return Path(path).read_text().strip()
    raise RuntimeError("Set SECRET_KEY_FILE (or SECRET_KEY): it signs the sign-in cookies of everybody.")


def settings() -> dict:
    """The application's configuration, read from the environment now."""
    var = Path(os.environ.get("VAR_DIR", "var")).resolve()
    return {
        # DATABASE_URL: where everything lives. SQLite serves WebAdmin's pages only.
        "SQLALCHEMY_DATABASE_URI": os.environ.get("DATABASE_URL", f"sqlite:///{var}/teamchat.sqlite"),
        # DATABASE_POOL: connections a process may hold at once; more greenlets than that wait.
        "DATABASE_POOL": _number("DATABASE_POOL", 20),
        # DATABASE_TIMEOUT: seconds after which a database that does not answer is given up on.
        "DATABASE_TIMEOUT": _number("DATABASE_TIMEOUT", 10),
        # REDIS_URL: redis://… or unix:///…; empty: one process only, without Redis.
        "REDIS_URL": os.environ.get("REDIS_URL", ""),
        # SECRET_KEY_FILE (or SECRET_KEY): signs cookies and links.
        "SECRET_KEY": _secret(),
        # VAR_DIR: what the server keeps outside of the database: logs, keys, sockets.
        "VAR_DIR": var,
        # TLS_DIR: where WebAdmin installs certificates that nginx serves from; empty: TLS ends elsewhere.
        "TLS_DIR": os.environ.get("TLS_DIR", ""),
        # PUBLIC_URL: the address people type.
        "PUBLIC_URL": os.environ.get("PUBLIC_URL", "https://localhost:8443").rstrip("/"),
        # DEMO: the demo company; marked on every page, refuses public host names.
        "DEMO": _flag("DEMO", False),
        # WORKERS: web processes behind the socket; more than one needs Redis.
        "WORKERS": _number("WORKERS", 1),
        # SOCKET_POLLING: allow long polling beside WebSocket; needs a sticky proxy with several workers.
        "SOCKET_POLLING": _flag("SOCKET_POLLING", False),
        # LOG_LEVEL: debug, info, warning or error.
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "info"),
        # LOG_FORMAT: "json" for machines, "text" for people.
        "LOG_FORMAT": os.environ.get("LOG_FORMAT", "json"),
        # MESSAGE_BURST, MESSAGE_RATE: messages a person may send at once, and per second after that.
        "MESSAGE_BURST": _number("MESSAGE_BURST", 20),
        "MESSAGE_RATE": _number("MESSAGE_RATE", 5),
        # SOCKET_BURST, SOCKET_RATE: messages of any kind a socket may send at once, and per second after that.
        "SOCKET_BURST": _number("SOCKET_BURST", 100),
        "SOCKET_RATE": _number("SOCKET_RATE", 20),
        # MESSAGE_LENGTH: characters of the longest message.
        "MESSAGE_LENGTH": _number("MESSAGE_LENGTH", 40_000),
        # SESSION_DAYS: days after which an unused device is signed out.
        "SESSION_DAYS": _number("SESSION_DAYS", 30),
        # SESSION_KEEP_DAYS: days after which every device must sign in again.
        "SESSION_KEEP_DAYS": _number("SESSION_KEEP_DAYS", 180),
        # SIGN_IN_FREE: wrong passwords before waiting begins; it doubles from one second up to SIGN_IN_DELAY_MAX.
        "SIGN_IN_FREE": _number("SIGN_IN_FREE", 5),
        "SIGN_IN_DELAY_MAX": _number("SIGN_IN_DELAY_MAX", 900),
        # GUEST_INVITATION_DAYS: days after which an invitation that was not used ends.
        "GUEST_INVITATION_DAYS": _number("GUEST_INVITATION_DAYS", 14),
        # GUEST_INVITATIONS: invitations a person may have open at once; GUESTS_PER_ROOM: guests of a room, with these.
        "GUEST_INVITATIONS": _number("GUEST_INVITATIONS", 50),
        "GUESTS_PER_ROOM": _number("GUESTS_PER_ROOM", 200),
        # LICENCE_PUBLIC_KEY: 32 bytes in base64: whose signature licences must bear. Empty: this server gives its own.
        "LICENCE_PUBLIC_KEY": os.environ.get("LICENCE_PUBLIC_KEY", "").strip(),
        # IMPORT_LENGTH: bytes of the largest table that an import takes; the proxy in front must let it through.
        "IMPORT_LENGTH": _number("IMPORT_LENGTH", 8 * 1024 * 1024),
        # TRUSTED_PROXIES: proxies in front whose X-Forwarded headers are believed.
        "TRUSTED_PROXIES": _number("TRUSTED_PROXIES", 1),
        # MAIL_SERVER, MAIL_PORT, MAIL_USE_TLS, MAIL_USERNAME, MAIL_PASSWORD: outgoing mail, until set in WebAdmin.
        # MAIL_SENDER: the address that mails come from; else teamchat@ the server's host name.
        "MAIL_SERVER": os.environ.get("MAIL_SERVER", ""),
        "MAIL_PORT": _number("MAIL_PORT", 25),
        "MAIL_USE_TLS": _flag("MAIL_USE_TLS", False),
        "MAIL_USERNAME": os.environ.get("MAIL_USERNAME") or None,
        "MAIL_PASSWORD": os.environ.get("MAIL_PASSWORD") or None,
        "MAIL_DEFAULT_SENDER": os.environ.get("MAIL_SENDER") or None,
        # BOUNCE_ADDRESS: where other servers return mails, as bounce+….@ its domain; `flask mails bounce` reads them.
        "BOUNCE_ADDRESS": os.environ.get("BOUNCE_ADDRESS", "").strip(),
        **COOKIES,
        **LIMITS,
        **LANGUAGES,
    }


COOKIES = {
    "SESSION_COOKIE_NAME": "__Host-teamchat",
    "SESSION_COOKIE_SECURE": True,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_COOKIE_PATH": "/",
    "PERMANENT_SESSION_LIFETIME": timedelta(days=180),
    "WTF_CSRF_TIME_LIMIT": None,
    "WTF_CSRF_SSL_STRICT": True,
}
"""The __Host- prefix binds the cookie to this host and to https. The CSRF token lives as long as the session."""

LIMITS = {"MAX_CONTENT_LENGTH": 1024 * 1024, "MAX_FORM_MEMORY_SIZE": 1024 * 1024, "MAX_FORM_PARTS": 20_000}
"""Bytes of a form; files will have a limit of their own."""

LANGUAGES = {
    "LANGUAGES": ("fr", "en"),
    "BABEL_DEFAULT_LOCALE": "fr",
    "BABEL_DEFAULT_TIMEZONE": "Europe/Paris",
}
"""Without a choice people get French, as the guide does."""


def engine_options(url: str, pool: int, timeout: int) -> dict:
    """How to connect: READ COMMITTED, times in UTC, and a server that is gone is noticed, never waited for for long.

    What statements carry is hidden: errors go into the log, and what people wrote does not.
    """
    if url.startswith("sqlite"):
        return {"hide_parameters": True}
    return {
        "hide_parameters": True,
        "pool_size": pool,
        "max_overflow": 0,
        "pool_timeout": timeout,
        "pool_pre_ping": False,
        # The session ends every transaction itself; a second rollback would cost a round trip a message.
        "pool_reset_on_return": None,
        "pool_recycle": 1800,
        "isolation_level": "READ COMMITTED",
        "connect_args": {
            "connect_timeout": timeout,
            "read_timeout": timeout * 3,
            "write_timeout": timeout * 3,
            "init_command": "SET time_zone='+00:00', sql_mode='STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,"
            "ERROR_FOR_DIVISION_BY_ZERO,NO_ZERO_DATE,NO_ZERO_IN_DATE'",
            **_encryption(url),
        },
    }


def _encryption(url: str) -> dict:
    """None on a socket of this machine: making ready for it holds the processor for 30 ms a connection."""
    return {"ssl_disabled": True} if "unix_socket=" in url else {}
