"""URLs of stylesheets, scripts and libraries. Each carries a hash of the content, so that it can be cached for ever."""

import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from markupsafe import Markup

# Libraries that our modules import by name.
LIBRARIES = ("htmx", "socket.io-client", "uplot")


class Assets:
    """The files of a static folder. They are read once; with is_watching, again whenever one has changed."""

    def __init__(self, folder: str | Path, url: str, *, is_watching: bool = False):
        self.folder = Path(folder)
        self.url = url.rstrip("/")
        self.is_watching = is_watching
        self._cache: dict[Path, tuple[int | None, Any]] = {}
        self._map: dict | None = None

    def asset_url(self, path: str) -> str:
        """Return the URL of one of our files by its path below the static folder."""
        return f"{self.url}/{path}?v={self._cached(self.folder / path, content_hash)}"

    def vendor_url(self, name: str) -> str:
        """Return the URL of a library's file by its name in the manifest of bin/vendor."""
        return f"{self.url}/vendor/{self._manifest()[name]}"

    def import_map(self) -> dict:
        """Return URLs by module name: the libraries, and our modules as `teamchat/<path below js, without suffix>`."""
        if self._map is None or self.is_watching:
            libraries = {name: self.vendor_url(name) for name in LIBRARIES}
            self._map = {
                "imports": libraries | {name: self.asset_url(path) for name, path in self._modules()}
            }
        return self._map

    def _modules(self) -> Iterator[tuple[str, str]]:
        """Yield the name of each module of ours and its path below the static folder."""
        for path in sorted((self.folder / "js").rglob("*.js")):
            below = path.relative_to(self.folder / "js").with_suffix("").as_posix()
            yield f"teamchat/{below}", path.relative_to(self.folder).as_posix()

    def _manifest(self) -> dict:
        path = self.folder / "vendor/manifest.json"
        try:
            return self._cached(path, lambda content: json.loads(content)["files"])
        except FileNotFoundError:
            raise RuntimeError("The browser libraries are missing: run bin/vendor once.") from None

    def _cached(self, path: Path, parse: Callable[[bytes], Any]) -> Any:
        """Return the result of parse for a file's content, cached until the file changes."""
        modified_at = path.stat().st_mtime_ns if self.is_watching else None
        entry = self._cache.get(path)
        if entry is None or entry[0] != modified_at:
            entry = self._cache[path] = (modified_at, parse(path.read_bytes()))
        return entry[1]


def content_hash(content: bytes) -> str:
    """Return twelve hexadecimal digits of the content's SHA-256."""
    return hashlib.sha256(content).hexdigest()[:12]


def init_app(app: Flask) -> None:
    """Bind the assets to the application's static folder and add their functions to templates."""
    folder, url = app.static_folder, app.static_url_path
    if folder is None or url is None:
        raise RuntimeError("the application has no static folder")
    app.extensions["assets"] = Assets(folder, url, is_watching=app.debug)
    app.jinja_env.globals.update(asset_url=asset_url, vendor_url=vendor_url, import_map=import_map)


def asset_url(path: str) -> str:
    """Return the URL of one of our files, such as "css/tokens.css"."""
    return _assets().asset_url(path)


def vendor_url(name: str) -> str:
    """Return the URL of a library's file: "htmx", "tabler", "icons"."""
    return _assets().vendor_url(name)


def import_map() -> Markup:
    """Return the import map as JSON, safe inside a script element."""
    return Markup(json.dumps(_assets().import_map()).replace("<", "\\u003c"))


def _assets() -> Assets:
    return current_app.extensions["assets"]
