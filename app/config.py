"""The settings: each with its environment variable, its default and its purpose."""

import os
from datetime import timedelta
from pathlib import Path

# Settings by new and earlier name. The earlier one is read until 0.3.
RENAMED = {"LICENSE_PUBLIC_KEY": "LICENCE_PUBLIC_KEY"}


def _flag(name: str, default: bool) -> bool:
    return os.environ.get(name, "1" if default else "0").lower() in ("1", "true", "yes", "on")


def _number(name: str, default: int) -> int:
    return int(os.environ.get(name, default))


def _text(name: str) -> str:
    """Return the variable's text, or the text of the variable that had this setting before."""
    return (os.environ.get(name) or os.environ.get(RENAMED.get(name, ""), "")).strip()


def renamed_settings() -> list[tuple[str, str]]:
    """Return the settings that the environment gives under their earlier names only, as (earlier name, new name)."""
    return [
        (earlier, name)
        for name, earlier in RENAMED.items()
        if earlier in os.environ and not os.environ.get(name)
    ]


def _secret() -> str:
    """Return SECRET_KEY itself, or the content of the file SECRET_KEY_FILE."""
    if "SECRET_KEY" in os.environ:
        return os.environ["SECRET_KEY"]
    path = os.environ.get("SECRET_KEY_FILE")
    if path:
        return Path(path).read_text().strip()
    raise RuntimeError("Set SECRET_KEY_FILE (or SECRET_KEY): it signs the sign-in cookies.")


def settings() -> dict:
    """Return the application's configuration, read from the environment now."""
    var = Path(os.environ.get("VAR_DIR", "var")).resolve()
    return {
        # DATABASE_URL: the database. SQLite serves WebAdmin's pages only.
        "SQLALCHEMY_DATABASE_URI": os.environ.get("DATABASE_URL", f"sqlite:///{var}/teamchat.sqlite"),
        # DATABASE_POOL: connections a process may hold at once; more greenlets than that wait.
        "DATABASE_POOL": _number("DATABASE_POOL", 20),
        # DATABASE_TIMEOUT: seconds before giving up on a database that does not answer.
        "DATABASE_TIMEOUT": _number("DATABASE_TIMEOUT", 10),
        # REDIS_URL: redis://… or unix:///…; empty: one process only, without Redis.
        "REDIS_URL": os.environ.get("REDIS_URL", ""),
        # SECRET_KEY_FILE (or SECRET_KEY): signs cookies and links.
        "SECRET_KEY": _secret(),
        # VAR_DIR: files outside of the database: logs, keys, sockets.
        "VAR_DIR": var,
        # TLS_DIR: folder in which WebAdmin installs certificates and nginx reads them; empty: TLS ends elsewhere.
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
        # LICENSE_PUBLIC_KEY: 32 bytes in base64: the key that signs licenses. Empty: this server signs its own.
        # LICENCE_PUBLIC_KEY: its earlier spelling.
        "LICENSE_PUBLIC_KEY": _text("LICENSE_PUBLIC_KEY"),
        # TRUSTED_PROXIES: proxies in front whose X-Forwarded headers are trusted.
        "TRUSTED_PROXIES": _number("TRUSTED_PROXIES", 1),
        **_limits(),
        **_mail(),
        **COOKIES,
        **FORMS,
        **LANGUAGES,
    }


def _limits() -> dict:
    return {
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
        # GUEST_INVITATION_DAYS: days after which an unused invitation ends.
        "GUEST_INVITATION_DAYS": _number("GUEST_INVITATION_DAYS", 14),
        # GUEST_INVITATIONS: open invitations of a person; GUESTS_PER_ROOM: guests and open invitations of a room.
        "GUEST_INVITATIONS": _number("GUEST_INVITATIONS", 50),
        "GUESTS_PER_ROOM": _number("GUESTS_PER_ROOM", 200),
        # IMPORT_LENGTH: bytes of the largest table that an import accepts; the proxy in front must allow as many.
        "IMPORT_LENGTH": _number("IMPORT_LENGTH", 8 * 1024 * 1024),
    }


def _mail() -> dict:
    return {
        # MAIL_SERVER, MAIL_PORT, MAIL_USE_TLS, MAIL_USERNAME, MAIL_PASSWORD: outgoing mail, unless set in WebAdmin.
        # MAIL_SENDER: the sender's address; empty: teamchat@ the server's host name.
        "MAIL_SERVER": os.environ.get("MAIL_SERVER", ""),
        "MAIL_PORT": _number("MAIL_PORT", 25),
        "MAIL_USE_TLS": _flag("MAIL_USE_TLS", False),
        "MAIL_USERNAME": os.environ.get("MAIL_USERNAME") or None,
        "MAIL_PASSWORD": os.environ.get("MAIL_PASSWORD") or None,
        "MAIL_DEFAULT_SENDER": os.environ.get("MAIL_SENDER") or None,
        # BOUNCE_ADDRESS: other servers return mails to bounce+….@ its domain; `flask mail bounce` reads them.
        "BOUNCE_ADDRESS": os.environ.get("BOUNCE_ADDRESS", "").strip(),
    }


# The __Host- prefix binds the cookie to this host and to https. The CSRF token lives as long as the session.
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

# Bytes of a form; views that accept files set their own (security.limit_body).
FORMS = {"MAX_CONTENT_LENGTH": 1024 * 1024, "MAX_FORM_MEMORY_SIZE": 1024 * 1024, "MAX_FORM_PARTS": 20_000}

# French unless the person has chosen, as in the printed guide.
LANGUAGES = {
    "LANGUAGES": ("fr", "en"),
    "BABEL_DEFAULT_LOCALE": "fr",
    "BABEL_DEFAULT_TIMEZONE": "Europe/Paris",
}


def engine_options(url: str, pool: int, timeout: int) -> dict:
    """Return SQLAlchemy's engine options: READ COMMITTED, times in UTC, timeouts for a server that is gone.

    Statement parameters are hidden: errors are logged, and texts of people must not be.
    """
    if url.startswith("sqlite"):
        return {"hide_parameters": True}
    return {
        "hide_parameters": True,
        "pool_size": pool,
        "max_overflow": 0,
        "pool_timeout": timeout,
        "pool_pre_ping": False,
        # The session ends every transaction itself; a second rollback would cost one round trip per message.
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
    """Return no encryption for a socket of this machine: preparing it takes 30 ms of processor per connection."""
    return {"ssl_disabled": True} if "unix_socket=" in url else {}
