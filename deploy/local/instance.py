"""Data and settings of a server. A checkout has two that share nothing: the demo and the empty one."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from deploy.local.paths import PYTHON, VAR, private_folder, write_private
from deploy.local.steps import CommandError

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Instance:
    """A server of a checkout. name: "demo" or "empty", also the name of its data folder under var/."""

    name: str
    port: int
    workers: int
    sockets: Path

    @property
    def folder(self) -> Path:
        return VAR / self.name

    @property
    def is_demo(self) -> bool:
        return self.name == "demo"

    @property
    def has_own_database(self) -> bool:
        return "DATABASE_URL" not in os.environ

    @property
    def has_own_redis(self) -> bool:
        return "REDIS_URL" not in os.environ

    @property
    def is_on_sqlite(self) -> bool:
        """Return whether the database is SQLite: the application creates its tables, and there is no chat."""
        return os.environ.get("DATABASE_URL", "").startswith("sqlite")

    @property
    def database_socket(self) -> Path:
        return self.sockets / "mariadb.sock"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def web_socket(self) -> Path:
        return self.sockets / "web.sock"

    @property
    def local_url(self) -> str:
        """Return the address on this machine."""
        return f"https://localhost:{self.port}"

    @property
    def public_url(self) -> str:
        """Return the address that people type."""
        return os.environ.get("PUBLIC_URL") or self.local_url

    def secret(self, name: str) -> str:
        """Return a secret of this server, created on first use, readable for its owner only."""
        path = private_folder(self.folder / "keys") / name
        if not path.exists():
            draft = write_private(path.with_suffix(".new"), secrets.token_hex(32))
            draft.rename(path)
        return path.read_text().strip()

    def environment(self) -> dict:
        """Return the environment of the application's processes; unrelated variables are kept."""
        self.secret("secret")
        own = {
            "DATABASE_URL": self._database_url() if self.has_own_database else os.environ["DATABASE_URL"],
            "REDIS_URL": f"unix://{quote(str(self.redis_socket))}"
            if self.has_own_redis
            else os.environ["REDIS_URL"],
            "PUBLIC_URL": self.public_url,
            "SECRET_KEY_FILE": str(self.folder / "keys/secret"),
            "VAR_DIR": str(self.folder),
            "TLS_DIR": os.environ.get("TLS_DIR", str(VAR / "tls")),
            "DEMO": "1" if self.is_demo else "0",
            "WORKERS": str(self.workers),
            "TRUSTED_PROXIES": "1",
            "FLASK_APP": "app:create_app",
            "PYTHONUNBUFFERED": "1",
            "PATH": f"{PYTHON.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        }
        return {**os.environ, **own}

    def _database_url(self) -> str:
        login = f"teamchat:{self.secret('database')}"
        return f"mysql+pymysql://{login}@localhost/teamchat?unix_socket={quote(str(self.database_socket))}&charset=utf8mb4"

    def init_sql(self) -> str:
        """Return the SQL of each start of the private database: it creates the application's database and user."""
        return (
            "CREATE DATABASE IF NOT EXISTS teamchat CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;\n"
            f"CREATE OR REPLACE USER teamchat@localhost IDENTIFIED BY '{self.secret('database')}';\n"
            "GRANT ALL ON teamchat.* TO teamchat@localhost;\n"
        )

    def require_valid_settings(self) -> None:
        """Refuse a demo under a public name, since its passwords are known, and a demo on SQLite, which has no chat."""
        host = urlsplit(self.public_url).hostname
        if self.is_demo and host not in LOCAL_HOSTS:
            raise CommandError(
                f"The demo's passwords are known to everybody, so it is not served as {host}. "
                "Leave PUBLIC_URL out, or start without the demo: bin/run --empty"
            )
        if self.is_demo and self.is_on_sqlite:
            raise CommandError(
                "On SQLite there is WebAdmin, and no chat to demonstrate. "
                "Leave DATABASE_URL out, or start without the demo: bin/run --empty"
            )
