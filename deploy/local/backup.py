"""bin/backup: one archive of database, files and keys, made while people go on working.

Keys come first, then the database in one snapshot, then the files. So the mark that says how far the trail is sealed
is never ahead of the trail, and a file that the database names was written before; what was deleted meanwhile is
listed as missing.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import sys
import tarfile
import time
from datetime import UTC, datetime
from pathlib import Path

from deploy.local import dump, place
from deploy.local.place import Place
from deploy.local.steps import Stopped, fault, step

FORMAT = 1
MANIFEST, DATABASE, SECRET = "manifest.json", "database.sql.gz", "secret"
PIECE = 1 << 20

HELP = """Make one archive of a TeamChat server: its database, its files and its keys.

It may run while people work; what is in it is one moment's state. Keep it as safe as the server:
whoever has it has everything."""


def main(arguments: list[str]) -> int:
    """Make a backup. Gives the exit code."""
    options = _options(arguments)
    try:
        with place.opened(options) as found:
            make(found, options.archive, with_tls=options.with_tls)
    except (Stopped, OSError) as error:
        print(f"\n{fault(error) if isinstance(error, OSError) else error}", file=sys.stderr)
        return 1
    return 0


def make(found: Place, archive: Path, *, with_tls: bool = False) -> dict:
    """Write the archive, whole or not at all. Gives its manifest. Error: Stopped, OSError."""
    if archive.exists():
        raise Stopped(f"{archive} is there already: give another name.")
    draft, text = archive.with_name(f"{archive.name}.part"), archive.with_name(f"{archive.name}.sql.part")
    try:
        with _private(draft) as file, tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
            manifest = _filled(_Archive(tar), found, text, with_tls)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(archive)
    finally:
        draft.unlink(missing_ok=True)
        text.unlink(missing_ok=True)
    files = len(manifest["files"])
    rows = sum(manifest["tables"].values())
    print(f"\n{archive}: {archive.stat().st_size:,} bytes, {rows:,} rows, {files:,} files.")
    if manifest["missing"]:
        print(f"{len(manifest['missing'])} files were deleted meanwhile; the manifest names them.")
    return manifest


def _filled(archive: "_Archive", found: Place, text: Path, with_tls: bool) -> dict:
    files = list(found.files()) if found.var.is_dir() else []
    with step("Keys"):
        if found.secret is not None and found.secret.is_file():
            archive.add(SECRET, found.secret)
        for name, path in files:
            if name.startswith("keys/"):
                archive.add(f"files/{name}", path)
    tables = {}
    with step("Database"):
        revision = _write_database(found.database_url, text, tables)
        archive.add(DATABASE, text)
    with step("Files"):
        for name, path in found.files() if found.var.is_dir() else []:
            if not name.startswith("keys/"):
                archive.add(f"files/{name}", path)
        for path in sorted(found.tls.rglob("*")) if with_tls and found.tls and found.tls.is_dir() else []:
            if path.is_file():
                archive.add(f"tls/{path.relative_to(found.tls).as_posix()}", path)
    manifest = {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": revision,
        "tables": tables,
        "files": archive.known,
        "missing": archive.missing,
    }
    archive.add_text(MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False))
    return manifest


def _write_database(url: str, text: Path, tables: dict) -> str | None:
    """The dump, packed; gives the revision of the schema."""
    connection = dump.connect(url)
    try:
        if not dump.tables(connection):
            raise Stopped("The database is empty: there is nothing to back up.")
        with (
            _private(text) as raw,
            gzip.open(raw, "wt", compresslevel=6, encoding="utf-8", newline="\n") as out,
        ):
            for statement in dump.statements(connection, tables):
                out.write(f"{statement}\n")
        with connection.cursor() as cursor:
            if not cursor.execute("SHOW TABLES LIKE 'alembic_version'"):
                return None
            cursor.execute("SELECT version_num FROM alembic_version")
            return (cursor.fetchone() or [None])[0]
    finally:
        connection.close()


class _Archive:
    """What is put into the tar file, with its size and SHA-256."""

    def __init__(self, tar: tarfile.TarFile):
        self.tar = tar
        self.known: dict[str, dict] = {}
        self.missing: list[str] = []

    def add(self, name: str, path: Path) -> None:
        """Put a file in. One that is gone by now is noted."""
        try:
            with open(path, "rb") as file:
                self._add(name, file, os.fstat(file.fileno()).st_size)
        except FileNotFoundError:
            self.missing.append(name)

    def add_text(self, name: str, text: str) -> None:
        """Put in what is no file."""
        content = text.encode()
        self._add(name, io.BytesIO(content), len(content))

    def _add(self, name: str, file, size: int) -> None:
        """Exactly as many bytes as were announced: a file that grows meanwhile is in as it was."""
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, int(time.time())
        reader = _Counted(file, size)
        self.tar.addfile(info, reader)
        self.known[name] = {"size": size, "sha256": reader.sum.hexdigest()}


class _Counted:
    """A file that is summed up while it is read; it never ends early, since the tar file could not be read any more."""

    def __init__(self, file, size: int):
        self.file, self.left, self.sum = file, size, hashlib.sha256()

    def read(self, size: int) -> bytes:
        piece = self.file.read(min(size, self.left))
        piece += b"\0" * (min(size, self.left) - len(piece))
        self.left -= len(piece)
        self.sum.update(piece)
        return piece


def _private(path: Path):
    """A new file for its owner only."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _options(arguments: list[str]):
    parser = argparse.ArgumentParser(
        prog="bin/backup", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    usual = f"teamchat-{datetime.now(UTC):%Y-%m-%d-%H%M%S}.tar"
    parser.add_argument("archive", nargs="?", type=Path, default=Path(usual), help="where to put it")
    parser.add_argument(
        "--env", metavar="FILE", help="settings of the server, such as /etc/teamchat/teamchat.env"
    )
    parser.add_argument("--empty", action="store_true", help="this checkout's server without the demo")
    parser.add_argument("--with-tls", action="store_true", help="the certificate and its key too")
    return parser.parse_args(arguments)
