"""Addresses of style sheets, scripts and libraries, with a hash of the content: caches may keep them for ever."""

import hashlib
import json
import re
from pathlib import Path

from flask import current_app
from markupsafe import Markup

# Libraries that our modules import by name.
LIBRARIES = ("htmx", "socket.io-client", "uplot")

# Static imports of a module. The formatter lets each begin a line; types in comments and import() do not.
STATIC_IMPORT = re.compile(r"""^(?:import|export)\s+(?:[^"'();]*\bfrom\s+)?["']([^"']+)["']""", re.MULTILINE)


class Assets:
    """The files of a static folder. Contents are read once; with watching, again whenever a file has changed."""

    def __init__(self, folder: str | Path, url: str, *, is_watching: bool = False):
        self.folder = Path(folder)
        self.url = url.rstrip("/")
        self.is_watching = is_watching
        self._read: dict[Path, tuple] = {}
        self._map: dict | None = None
        self._preloads: dict = {}

    def asset_url(self, path: str) -> str:
        """Return the address of one of our files, given its path below the static folder."""
        return f"{self.url}/{path}?v={self._remember(self.folder / path, content_hash)}"

    def vendor_url(self, name: str) -> str:
        """Return the address of a library's file, given its name in the manifest that bin/vendor wrote."""
        return f"{self.url}/vendor/{self._manifest()[name]}"

    def import_map(self) -> dict:
        """Return module names with addresses: the libraries', and ours as `teamchat/<path below js>`."""
        if self._map is None or self.is_watching:
            libraries = {name: self.vendor_url(name) for name in LIBRARIES}
            self._map = {
                "imports": libraries | {name: self.asset_url(path) for name, path in self._modules()}
            }
        return self._map

    def preloads(self, entries: tuple[str, ...]) -> list[str]:
        """Return the addresses of all modules that a page's entry modules import, directly or not."""
        if entries not in self._preloads or self.is_watching:
            self._preloads[entries] = [self._module_url(name) for name in self._reachable(entries)]
        return self._preloads[entries]

    def _reachable(self, entries: tuple[str, ...]) -> list[str]:
        """Return the names of imported modules in breadth-first order, without the entries."""
        names = list(entries)
        for name in names:
            for imported in self._imports(name):
                if imported not in names:
                    names.append(imported)
        return names[len(entries) :]

    def _imports(self, name: str) -> list[str]:
        if name in LIBRARIES:
            return []
        return STATIC_IMPORT.findall((self.folder / module_path(name)).read_text(encoding="utf-8"))

    def _module_url(self, name: str) -> str:
        return self.vendor_url(name) if name in LIBRARIES else self.asset_url(module_path(name))

    def _modules(self):
        """Yield the name of every module of ours, and its path below the static folder."""
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
        """Return the result of `read` for a file's content, remembered until the file changes."""
        stamp = path.stat().st_mtime_ns if self.is_watching else None
        cached = self._read.get(path)
        if cached is None or cached[0] != stamp:
            cached = self._read[path] = (stamp, read(path.read_bytes()))
        return cached[1]


def module_path(name: str) -> str:
    """Return the path of a module below the static folder: teamchat/lib/csrf is js/lib/csrf.js."""
    return f"js/{name.removeprefix('teamchat/')}.js"


def content_hash(content: bytes) -> str:
    """Twelve hexadecimal digits that change when the content does."""
    return hashlib.sha256(content).hexdigest()[:12]


def init_app(app) -> None:
    """Read the application's static folder, and give templates the functions that return addresses."""
    app.extensions["assets"] = Assets(app.static_folder, app.static_url_path, is_watching=app.debug)
    app.jinja_env.globals.update(
        asset_url=asset_url, vendor_url=vendor_url, import_map=import_map, preloads=preloads
    )


def asset_url(path: str) -> str:
    """Return the address of one of our files: "css/tokens.css"."""
    return _assets().asset_url(path)


def vendor_url(name: str) -> str:
    """Return the address of a library's file: "htmx", "tabler", "icons"."""
    return _assets().vendor_url(name)


def import_map() -> Markup:
    """Return the import map as JSON, safe inside a script element."""
    return Markup(json.dumps(_assets().import_map()).replace("<", "\\u003c"))


def preloads(entries: list[str]) -> list[str]:
    """Return the addresses of the modules that the entry modules of a page import: ["app"]."""
    return _assets().preloads(tuple(f"teamchat/{entry}" for entry in entries))


def _assets() -> Assets:
    return current_app.extensions["assets"]
