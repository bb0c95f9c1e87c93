"""bin/backup: one archive of database, files and keys, made while the server works.

Keys come first, then the database in one snapshot, then the files. The mark of how far the audit log is sealed is
therefore never ahead of the log, and every file that the database names was written before. Files that are deleted
meanwhile are listed as missing.
"""

import argparse
import gzip
import hashlib
import io
import json
import os
import tarfile
import time
from datetime import UTC, datetime
from pathlib import Path

from deploy.local import dump
from deploy.local.installation import Installation, open_installation
from deploy.local.steps import CommandError, report, step

# Format 1, of version 0.1, held the database in statements without semicolons.
FORMAT = 2
MANIFEST, DATABASE, SECRET = "manifest.json", "database.sql.gz", "secret"

HELP = """Make one archive of a TeamChat server: its database, its files and its keys.

It may run while people work; what is in it is one moment's state. Keep it as safe as the server:
whoever has it has everything."""


def main(arguments: list[str]) -> int:
    """Make a backup. Return the exit code."""
    options = _options(arguments)
    try:
        with open_installation(options) as installation:
            make(installation, options.archive, with_tls=options.with_tls)
    except (CommandError, OSError) as error:
        return report(error)
    return 0


def make(installation: Installation, archive: Path, *, with_tls: bool = False) -> dict:
    """Write the archive, wholly or not at all. Return its manifest. Raise CommandError or OSError."""
    if archive.exists():
        raise CommandError(f"{archive} is there already: give another name.")
    draft, sql = archive.with_name(f"{archive.name}.part"), archive.with_name(f"{archive.name}.sql.part")
    try:
        with (
            _create_private(draft) as file,
            tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar,
        ):
            manifest = _fill(_Archive(tar), installation, sql, with_tls)
            file.flush()
            os.fsync(file.fileno())
        draft.rename(archive)
    finally:
        draft.unlink(missing_ok=True)
        sql.unlink(missing_ok=True)
    files = len(manifest["files"])
    rows = sum(manifest["tables"].values())
    print(f"\n{archive}: {archive.stat().st_size:,} bytes, {rows:,} rows, {files:,} files.")
    if manifest["missing"]:
        print(f"{len(manifest['missing'])} files were deleted meanwhile; the manifest names them.")
    return manifest


def _fill(archive: "_Archive", installation: Installation, sql: Path, with_tls: bool) -> dict:
    with step("Keys"):
        if installation.secret is not None and installation.secret.is_file():
            archive.add(SECRET, installation.secret)
        for name, path in installation.files():
            if name.startswith("keys/"):
                archive.add(f"files/{name}", path)
    with step("Database"):
        revision, tables = _write_database(installation.database_url, sql)
        archive.add(DATABASE, sql)
    with step("Files"):
        for name, path in installation.files():
            if not name.startswith("keys/"):
                archive.add(f"files/{name}", path)
        for name, path in installation.certificate_files() if with_tls else []:
            archive.add(f"tls/{name}", path)
    manifest = {
        "format": FORMAT,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "revision": revision,
        "tables": tables,
        "files": archive.files,
        "missing": archive.missing,
    }
    archive.add_text(MANIFEST, json.dumps(manifest, indent=1, ensure_ascii=False))
    return manifest


def _write_database(url: str, path: Path) -> tuple[str | None, dict[str, int]]:
    """Write the compressed dump. Return the revision of the schema, and the number of rows of each table."""
    with dump.connect(url) as connection:
        if not dump.tables(connection):
            raise CommandError("The database is empty: there is nothing to back up.")
        revision = dump.revision(connection)
    with _create_private(path) as file, gzip.open(file, "wb", compresslevel=6) as out:
        return revision, dump.write_dump(url, out)


class _Archive:
    """A tar file with the size and SHA-256 of each of its files."""

    def __init__(self, tar: tarfile.TarFile):
        self.tar = tar
        self.files: dict[str, dict] = {}
        self.missing: list[str] = []

    def add(self, name: str, path: Path) -> None:
        """Add a file, or note that it no longer exists."""
        try:
            with open(path, "rb") as file:
                self._add(name, file, os.fstat(file.fileno()).st_size)
        except FileNotFoundError:
            self.missing.append(name)

    def add_text(self, name: str, text: str) -> None:
        """Add a text as a file."""
        content = text.encode()
        self._add(name, io.BytesIO(content), len(content))

    def _add(self, name: str, file, size: int) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode, info.mtime = size, 0o600, int(time.time())
        reader = _HashingReader(file, size)
        self.tar.addfile(info, reader)
        self.files[name] = {"size": size, "sha256": reader.digest.hexdigest()}


class _HashingReader:
    """Reader of exactly `size` bytes of a file, with their SHA-256.

    A file that grows is cut and one that shrinks is padded: any other number of bytes would break the tar file.
    """

    def __init__(self, file, size: int):
        self.file, self.remaining, self.digest = file, size, hashlib.sha256()

    def read(self, size: int) -> bytes:
        block = self.file.read(min(size, self.remaining))
        block += b"\0" * (min(size, self.remaining) - len(block))
        self.remaining -= len(block)
        self.digest.update(block)
        return block


def _create_private(path: Path):
    """Open a new file for writing that only its owner can read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")


def _options(arguments: list[str]):
    parser = argparse.ArgumentParser(
        prog="bin/backup", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    default = f"teamchat-{datetime.now(UTC):%Y-%m-%d-%H%M%S}.tar"
    parser.add_argument("archive", nargs="?", type=Path, default=Path(default), help="where to put it")
    parser.add_argument(
        "--env", metavar="FILE", help="settings of the server, such as /etc/teamchat/teamchat.env"
    )
    parser.add_argument("--empty", action="store_true", help="this checkout's server without the demo")
    parser.add_argument("--with-tls", action="store_true", help="the certificate and its key too")
    return parser.parse_args(arguments)
