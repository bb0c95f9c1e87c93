"""bin/restore: put a backup into an empty installation. The whole archive is checked before anything is changed."""

import argparse
import gzip
import hashlib
import json
import os
import shutil
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from deploy.local import dump
from deploy.local.backup import DATABASE, FORMAT, MANIFEST, SECRET
from deploy.local.installation import BEFORE_RESTORE, Installation, open_installation
from deploy.local.steps import CommandError, report, step

# Format 1 is read until version 0.3.
READABLE_FORMATS = (1, FORMAT)
BLOCK_SIZE = 1 << 20

HELP = """Put a backup into an empty place: an empty database, and a folder without files of a server.

Stop the web processes and the worker first. Afterwards bring the database up to date with flask db upgrade;
bin/run does so itself."""

DAMAGED = "The archive is damaged: {name} {problem}. Nothing was changed."


def main(arguments: list[str]) -> int:
    """Restore a backup. Return the exit code."""
    options = _options(arguments)
    try:
        with open_installation(options) as installation:
            restore(installation, options.archive, replaces=options.replace, with_tls=options.with_tls)
    except (CommandError, OSError) as error:
        return report(error)
    return 0


def restore(
    installation: Installation, archive: Path, *, replaces: bool = False, with_tls: bool = False
) -> dict:
    """Restore an archive. Return its manifest.

    replaces: whether an installation that is not empty is replaced; its files are moved aside, its rows are lost.
    Raise CommandError, with the installation unchanged unless the loading itself failed.
    """
    installation.var.mkdir(mode=0o700, parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix="restore-", suffix=".part", dir=installation.var))
    try:
        with step("Checking the archive"):
            manifest = _unpack(archive, staging)
        with dump.connect(installation.database_url) as connection:
            with step("Making room"):
                _make_room(installation, connection, replaces=replaces)
            with step("Database"):
                _load_database(installation.database_url, connection, staging / DATABASE, manifest)
        with step("Files and keys"):
            _place_files(installation, staging, with_tls)
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    print(f"\nRestored the state of {manifest['made_at']}: {sum(manifest['tables'].values()):,} rows.")
    return manifest


def _unpack(archive: Path, staging: Path) -> dict:
    """Unpack an archive into a folder of its own. Return its manifest, with which every file agrees."""
    unpacked = {}
    try:
        with tarfile.open(archive, "r:") as tar:
            for member in tar:
                unpacked[member.name] = _unpack_file(tar, member, staging)
    except tarfile.TarError as error:
        raise CommandError(
            f"{archive} is no archive that can be read: {error}. Nothing was changed."
        ) from None
    unpacked.pop(MANIFEST, None)
    manifest = _read_manifest(staging / MANIFEST)
    for name in sorted({*unpacked, *manifest["files"]}):
        if name not in unpacked:
            raise CommandError(DAMAGED.format(name=name, problem="is missing"))
        if unpacked[name] != manifest["files"].get(name):
            raise CommandError(DAMAGED.format(name=name, problem="is not what it was"))
    return manifest


def _unpack_file(tar: tarfile.TarFile, member: tarfile.TarInfo, staging: Path) -> dict:
    """Unpack one file and return its size and digest. Refuse all but plain files below the folder."""
    name = PurePosixPath(member.name)
    if not member.isreg() or name.is_absolute() or ".." in name.parts:
        raise CommandError(DAMAGED.format(name=member.name, problem="does not belong there"))
    target, digest = staging / name, hashlib.sha256()
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tar.extractfile(member) as source, open(target, "xb") as file:
        while block := source.read(BLOCK_SIZE):
            digest.update(block)
            file.write(block)
    target.chmod(0o600)
    return {"size": member.size, "sha256": digest.hexdigest()}


def _read_manifest(path: Path) -> dict:
    try:
        manifest = json.loads(path.read_text())
        number = manifest["format"]
    except (OSError, ValueError, KeyError, TypeError):
        raise CommandError(
            "This is no backup of TeamChat: it has no manifest. Nothing was changed."
        ) from None
    if number not in READABLE_FORMATS:
        raise CommandError(
            f"This backup has format {number}, and this version reads {READABLE_FORMATS[0]} to {FORMAT}: restore it "
            "with the version of TeamChat that made it, then upgrade. Nothing was changed."
        )
    return manifest


def _make_room(installation: Installation, connection, *, replaces: bool) -> None:
    tables = dump.tables(connection)
    files = [name for name, _ in installation.files() if not name.startswith("keys/")]
    if (tables or files) and not replaces:
        raise CommandError(
            f"This place is not empty: {len(tables)} tables and {len(files)} files are there. Restore elsewhere, or "
            "give --replace: the rows that are there are then lost, the files are moved aside. Nothing was changed."
        )
    dump.drop_tables(connection)
    aside = installation.var / f"{BEFORE_RESTORE}{datetime.now(UTC):%Y%m%d-%H%M%S}"
    for name, path in list(installation.files()):
        target = aside / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.rename(target)


def _load_database(url: str, connection, path: Path, manifest: dict) -> None:
    with gzip.open(path, "rb") as lines:
        dump.load_dump(url, lines, is_version_1=manifest["format"] == 1)
    expected = manifest["tables"]
    if (rows := dump.count_rows(connection, expected)) != expected:
        differing = ", ".join(sorted(name for name in expected if rows[name] != expected[name]))
        raise CommandError(f"The database does not hold what the backup does: {differing}.")


def _place_files(installation: Installation, staging: Path, with_tls: bool) -> None:
    _move_files(staging / "files", installation.var)
    secret = installation.secret
    if (staging / SECRET).exists() and secret is not None:
        if secret.exists():
            shutil.copy2(secret, secret.with_name(f"{secret.name}.before-restore"))
        _move_file(staging / SECRET, secret)
    if with_tls and installation.tls is not None:
        _move_files(staging / "tls", installation.tls)


def _move_files(source: Path, target: Path) -> None:
    for path in sorted(source.rglob("*")) if source.is_dir() else []:
        if path.is_file():
            _move_file(path, target / path.relative_to(source))


def _move_file(path: Path, target: Path) -> None:
    """Move a file; one that is replaced gives it its owner and mode."""
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
