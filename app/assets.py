"""The addresses of stylesheets, scripts and libraries. Each carries the content's hash: caches may keep it for ever."""

import hashlib
import json
from pathlib import Path

from flask import current_app
from markupsafe import Markup

LIBRARIES = ("htmx", "socket.io-client", "uplot")
"""Libraries that our modules import by name."""


class Assets:
    """What stands in a static folder. Contents are read once; with watching, again whenever a file has changed."""

    def __init__(self, folder: str | Path, url: str, *, is_watching: bool = False):
        self.folder = Path(folder)
        self.url = url.rstrip("/")
        self.is_watching = is_watching
        self._read = {}
        self._map = None

    def asset_url(self, path: str) -> str:
        """The address of one of our files, given its path below the static folder."""
        return f"{self.url}/{path}?v={self._remember(self.folder / path, content_hash)}"

    def vendor_url(self, name: str) -> str:
        """The address of a library's file, given its name in the manifest that bin/vendor wrote."""
        return f"{self.url}/vendor/{self._manifest()[name]}"

    def import_map(self) -> dict:
        """Module names to addresses: the libraries', and ours as `teamchat/<path below js, without suffix>`."""
        if self._map is None or self.is_watching:
            libraries = {name: self.vendor_url(name) for name in LIBRARIES}
            self._map = {
                "imports": libraries | {name: self.asset_url(path) for name, path in self._modules()}
            }
        return self._map

    def _modules(self):
        """Every module of ours: its name, and its path below the static folder."""
        for path in sorted((self.folder / "js").rglob("*.js")):
            below = path.relative_to(self.folder / "js").with_suffix("").as_posix()
            yield f"teamchat/{below}", path.relative_to(self.folder).as_posix()

    def _manifest(self) -> dict:
        path = self.folder / "vendor/manifest.json"
        try:
            return self._remember(path, lambda content: json.loads(content)["files"])
        except FileNotFoundError:
            raise RuntimeError("The browser libraries are missing: run bin/vendor once.") from None

    def _remember(self, path: Path, read):
        """What `read` makes of a file's content, kept until the file changes."""
        stamp = path.stat().st_mtime_ns if self.is_watching else None
        known = self._read.get(path)
        if known is None or known[0] != stamp:
            known = self._read[path] = (stamp, read(path.read_bytes()))
        return known[1]


def content_hash(content: bytes) -> str:
    """Twelve hexadecimal digits that change when the content does."""
    return hashlib.sha256(content).hexdigest()[:12]


def init_app(app) -> None:
    """Read the application's static folder, and give templates the three addresses they ask for."""
    app.extensions["assets"] = Assets(app.static_folder, app.static_url_path, is_watching=app.debug)
    app.jinja_env.globals.update(asset_url=asset_url, vendor_url=vendor_url, import_map=import_map)


def asset_url(path: str) -> str:
    """The address of one of our files: "css/tokens.css"."""
    return _assets().asset_url(path)


def vendor_url(name: str) -> str:
    """The address of a library's file: "htmx", "tabler", "icons"."""
    return _assets().vendor_url(name)


def import_map() -> Markup:
    """The import map as JSON, safe inside a script element."""
    return Markup(json.dumps(_assets().import_map()).replace("<", "\\u003c"))


def _assets() -> Assets:
    return current_app.extensions["assets"]
