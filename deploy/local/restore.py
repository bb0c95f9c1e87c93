"""bin/restore: puts a backup into an empty place. The whole archive is checked before anything is touched."""

import argparse
import gzip
import hashlib
import json
import os
import shutil
import sys
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from deploy.local import dump, place
from deploy.local.backup import DATABASE, FORMAT, MANIFEST, PIECE, SECRET
from deploy.local.place import ASIDE, Place
from deploy.local.steps import Stopped, fault, step

HELP = """Put a backup into an empty place: an empty database, and a folder without files of a server.

Stop the web processes and the worker first. Afterwards bring the database up to date with flask db upgrade;
bin/run does so itself."""

DAMAGED = "The archive is damaged: {name} {how}. Nothing was changed."


def main(arguments: list[str]) -> int:
    """Restore a backup. Gives the exit code."""
    options = _options(arguments)
    try:
        with place.opened(options) as found:
            put_back(found, options.archive, replaces=options.replace, with_tls=options.with_tls)
    except (Stopped, OSError) as error:
        print(f"\n{fault(error) if isinstance(error, OSError) else error}", file=sys.stderr)
        return 1
    return 0


def put_back(found: Place, archive: Path, *, replaces: bool = False, with_tls: bool = False) -> dict:
    """Restore an archive. replaces: whether what is there now may go; its files are moved aside, its rows are lost.

    Gives the manifest. Error: Stopped, with the place as it was before unless the loading itself failed.
    """
    found.var.mkdir(mode=0o700, parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix="restore-", suffix=".part", dir=found.var))
    try:
        with step("Checking the archive"):
            manifest = _unpacked(archive, staging)
        connection = dump.connect(found.database_url)
        try:
            with step("Making room"):
                _make_room(found, connection, replaces=replaces)
            with step("Database"):
                _load(connection, staging / DATABASE, manifest["tables"])
        finally:
            connection.close()
        with step("Files and keys"):
            _place_files(found, staging, with_tls)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    print(f"\nRestored the state of {manifest['made_at']}: {sum(manifest['tables'].values()):,} rows.")
    return manifest


def _unpacked(archive: Path, staging: Path) -> dict:
    """The archive's files in a folder of their own, every one of them as its manifest says."""
    found = {}
    try:
        with tarfile.open(archive, "r:") as tar:
            for member in tar:
                found[member.name] = _unpack(tar, member, staging)
    except tarfile.TarError as error:
        raise Stopped(f"{archive} is no archive that can be read: {error}. Nothing was changed.") from None
    found.pop(MANIFEST, None)
    manifest = _manifest(staging / MANIFEST)
    for name in sorted({*found, *manifest["files"]}):
        if name not in found:
            raise Stopped(DAMAGED.format(name=name, how="is missing"))
        if found[name] != manifest["files"].get(name):
            raise Stopped(DAMAGED.format(name=name, how="is not what it was"))
    return manifest


def _unpack(tar: tarfile.TarFile, member: tarfile.TarInfo, staging: Path) -> dict:
    """One file, with its size and sum. Nothing but plain files below the folder is believed."""
    name = PurePosixPath(member.name)
    if not member.isreg() or name.is_absolute() or ".." in name.parts:
        raise Stopped(DAMAGED.format(name=member.name, how="does not belong there"))
    target, total = staging / name, hashlib.sha256()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tar.extractfile(member) as source, open(target, "xb") as file:
        while piece := source.read(PIECE):
            total.update(piece)
            file.write(piece)
    target.chmod(0o600)
    return {"size": member.size, "sha256": total.hexdigest()}


def _manifest(path: Path) -> dict:
    try:
        manifest = json.loads(path.read_text())
        number = manifest["format"]
    except (OSError, ValueError, KeyError, TypeError):
        raise Stopped("This is no backup of TeamChat: it has no manifest. Nothing was changed.") from None
    if number != FORMAT:
        raise Stopped(
            f"This backup has format {number}, and this version reads {FORMAT}. Nothing was changed."
        )
    return manifest


def _make_room(found: Place, connection, *, replaces: bool) -> None:
    tables, files = (
        dump.tables(connection),
        [name for name, _ in found.files() if not name.startswith("keys/")],
    )
    if (tables or files) and not replaces:
        there = f"{len(tables)} tables and {len(files)} files are there"
        raise Stopped(
            f"This place is not empty: {there}. Restore elsewhere, or give --replace: the rows that are there are then "
            "lost, the files are moved aside. Nothing was changed."
        )
    dump.drop_everything(connection)
    aside = found.var / f"{ASIDE}{datetime.now(UTC):%Y%m%d-%H%M%S}"
    for name, path in list(found.files()):
        target = aside / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.rename(target)


def _load(connection, packed: Path, expected: dict[str, int]) -> None:
    with gzip.open(packed, "rt", encoding="utf-8", newline="\n") as lines:
        dump.load(connection, (line.rstrip("\n") for line in lines))
    if (counted := dump.count_rows(connection, expected)) != expected:
        differing = ", ".join(sorted(name for name in expected if counted[name] != expected[name]))
        raise Stopped(f"The database does not hold what the backup does: {differing}.")


def _place_files(found: Place, staging: Path, with_tls: bool) -> None:
    _move(staging / "files", found.var)
    if (staging / SECRET).exists() and found.secret is not None:
        if found.secret.exists():
            shutil.copy2(found.secret, found.secret.with_name(f"{found.secret.name}.before-restore"))
        _move_one(staging / SECRET, found.secret)
    if with_tls and found.tls is not None:
        _move(staging / "tls", found.tls)


def _move(source: Path, target: Path) -> None:
    for path in sorted(source.rglob("*")) if source.is_dir() else []:
        if path.is_file():
            _move_one(path, target / path.relative_to(source))


def _move_one(path: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if target.exists():
        shutil.copystat(target, path)
        os.chown(path, target.stat().st_uid, target.stat().st_gid)
    shutil.move(path, target)


def _options(arguments: list[str]):
    parser = argparse.ArgumentParser(
        prog="bin/restore", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("archive", type=Path, help="what bin/backup has made")
    parser.add_argument(
        "--env", metavar="FILE", help="settings of the server, such as /etc/teamchat/teamchat.env"
    )
    parser.add_argument("--empty", action="store_true", help="this checkout's server without the demo")
    parser.add_argument("--replace", action="store_true", help="also where something is: its rows are lost")
    parser.add_argument("--with-tls", action="store_true", help="the certificate and its key too")
    return parser.parse_args(arguments)
