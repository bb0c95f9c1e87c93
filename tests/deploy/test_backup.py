"""bin/backup and bin/restore: consistent archives, restored row by row and byte by byte."""

import dataclasses
import gzip
import hashlib
import io
import json
import os
import tarfile
import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, text
from sqlalchemy.engine import make_url

from app.models import AuditEntry, Message
from app.models import now as this_moment
from deploy.local import backup, dump, installation, restore, serving
from deploy.local.installation import Installation
from deploy.local.instance import Instance
from deploy.local.steps import CommandError
from tests.support import factories, schema
from tests.support.people import make_people

NASTY = 'l\'été \\ "à" 🙂\r\nligne\t\x00\x1a; DROP TABLE accounts; -- %s %(x)s'
pytestmark = pytest.mark.fresh


@pytest.fixture
def target(tmp_path):
    """Make an empty installation."""
    with schema.temporary_database(f"teamchat_test_{os.getpid()}_restored") as url:
        yield Installation(url, tmp_path / "target", tmp_path / "target-etc/secret", tmp_path / "target-tls")


@pytest.fixture
def source(app, database_url, tmp_path):
    """Make an installation with messages and files."""
    people = make_people()
    factories.make_message(people.room, people.arthur, body=NASTY)
    for number in range(50):
        factories.make_message(people.room, people.jean, body=f"message {number}")
    factories.keep(
        AuditEntry(act="group.create", object_kind="group", seal=bytes(range(32)), created_at=this_moment())
    )
    var = tmp_path / "source"
    for name, content in {
        "keys/audit": b"\x00key",
        "keys/database": b"of this machine",
        "storage/mail/iwdemo.fr/arthur/a.bin": os.urandom(3_000_000),
        "storage/mail/iwdemo.fr/jean/été.txt": "été".encode(),
        "mariadb/ibdata1": b"private",
        "log/web.log": b"log",
    }.items():
        (var / name).parent.mkdir(parents=True, exist_ok=True)
        (var / name).write_bytes(content)
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/secret").write_text("the secret")
    (tmp_path / "tls").mkdir()
    (tmp_path / "tls/server.key").write_text("private")
    return Installation(database_url, var, tmp_path / "etc/secret", tmp_path / "tls")


def rows(url: str) -> dict[str, list]:
    """Return all rows of a database."""
    engine = create_engine(url)
    with engine.connect() as connection:
        names = [row[0] for row in connection.execute(text("SHOW TABLES"))]
        tables = {
            name: sorted(map(repr, connection.execute(text(f"SELECT * FROM `{name}`")))) for name in names
        }
    engine.dispose()
    return tables


def shape(url: str) -> dict[str, str]:
    engine = create_engine(url)
    with engine.connect() as connection:
        names = [row[0] for row in connection.execute(text("SHOW TABLES"))]
        tables = {name: connection.execute(text(f"SHOW CREATE TABLE `{name}`")).one()[1] for name in names}
    engine.dispose()
    return tables


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def test_restore_returns_every_row_and_file(source, target, tmp_path):
    archive = tmp_path / "backup.tar"
    manifest = backup.make(source, archive)
    restore.restore(target, archive)
    assert rows(target.database_url) == rows(source.database_url)
    assert shape(target.database_url) == shape(source.database_url)
    original = {
        name: data for name, data in content(source.var).items() if name.startswith(("storage", "keys/audit"))
    }
    assert content(target.var) == original
    assert target.secret.read_text() == "the secret"
    assert not target.tls.exists()
    assert manifest["tables"]["messages"] == 51
    assert archive.stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.glob("backup*")) == ["backup.tar"]


def test_certificate_is_included_with_tls_option(source, target, tmp_path):
    backup.make(source, tmp_path / "b.tar", with_tls=True)
    restore.restore(target, tmp_path / "b.tar", with_tls=True)
    assert content(target.tls) == content(source.tls)


def test_backup_is_consistent_while_rows_are_written(source, target, tmp_path):
    """Each transaction writes two rows: a backup never holds one without the other."""
    engine, is_over, room = create_engine(source.database_url), threading.Event(), None
    with engine.connect() as connection:
        room = connection.execute(text("SELECT id FROM rooms LIMIT 1")).scalar()
        author = connection.execute(text("SELECT id FROM accounts LIMIT 1")).scalar()

    def write_pairs():
        number = 0
        while not is_over.is_set():
            number += 1
            with engine.begin() as connection:
                expected = {
                    "act": "x.pair",
                    "object_kind": "x",
                    "object_id": number,
                    "created_at": this_moment(),
                }
                connection.execute(insert(AuditEntry), expected)
                written = {
                    "room_id": room,
                    "seq": 10_000 + number,
                    "author_id": author,
                    "kind": "message",
                    "client_id": f"pair-{number}",
                    "html": "",
                    "body": "pair",
                }
                connection.execute(insert(Message), {**written, "created_at": this_moment()})

    writer = threading.Thread(target=write_pairs)
    writer.start()
    try:
        backup.make(source, tmp_path / "b.tar")
    finally:
        is_over.set()
        writer.join()
        engine.dispose()
    restore.restore(target, tmp_path / "b.tar")
    restored = rows(target.database_url)
    pairs = sum("'pair'" in row for row in restored["messages"])
    assert pairs == sum("'x.pair'" in row for row in restored["audit_entries"])
    assert pairs < sum("'pair'" in row for row in rows(source.database_url)["messages"])


VERSION_1_ROW = "INSERT INTO `notes` (`id`, `body`) VALUES (1,'l\\'été; \\n-- \\\\'),(2,NULL)"
VERSION_1_BYTES = "INSERT INTO `seals` (`seal`) VALUES (X'00ff'),('')"


def version_1_archive(path: Path) -> Path:
    """Make an archive in the format of version 0.1: statements without semicolons, each on one row."""
    statements = [
        "CREATE TABLE `notes` (   `id` int NOT NULL,   `body` text,   PRIMARY KEY (`id`) ) DEFAULT CHARSET=utf8mb4",
        VERSION_1_ROW,
        "CREATE TABLE `seals` (   `seal` varbinary(9) NOT NULL )",
        VERSION_1_BYTES,
    ]
    database = gzip.compress("".join(f"{statement}\n" for statement in statements).encode())
    manifest = {
        "format": 1,
        "made_at": "2026-01-01T00:00:00+00:00",
        "revision": None,
        "tables": {"notes": 2, "seals": 2},
        "files": {"database.sql.gz": {"size": len(database), "sha256": hashlib.sha256(database).hexdigest()}},
        "missing": [],
    }
    with tarfile.open(path, "w") as tar:
        for name, data in {
            "database.sql.gz": database,
            "manifest.json": json.dumps(manifest).encode(),
        }.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return path


def test_archive_of_version_1_is_restored(target, tmp_path):
    restore.restore(target, version_1_archive(tmp_path / "old.tar"))
    assert rows(target.database_url) == {
        "notes": ['(1, "l\'été; \\n-- \\\\")', "(2, None)"],
        "seals": ["(b'',)", "(b'\\x00\\xff',)"],
    }


def test_manifest_counts_the_rows_of_each_table(source, tmp_path):
    manifest = backup.make(source, tmp_path / "b.tar")
    assert manifest["tables"] == {name: len(values) for name, values in rows(source.database_url).items()}


@pytest.mark.parametrize("password", ["plain", "a\"b'c\\n#;%s [x]"])
def test_login_reaches_the_programs_by_a_private_file(source, target, tmp_path, password):
    user = f"backup_{os.getpid()}"
    server = create_engine(schema.server_url(), isolation_level="AUTOCOMMIT")
    try:
        with server.connect() as connection:
            connection.execute(
                text(f"CREATE OR REPLACE USER {user}@localhost IDENTIFIED BY :password"),
                {"password": password},
            )
            connection.execute(text(f"GRANT ALL ON *.* TO {user}@localhost"))
        url = make_url(source.database_url).set(username=user, password=password)
        url = url.render_as_string(hide_password=False)
        backup.make(dataclasses.replace(source, database_url=url), tmp_path / "b.tar")
        with dump.option_file(url) as path:
            assert path.stat().st_mode & 0o777 == 0o600
        assert not path.exists()
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP USER IF EXISTS {user}@localhost"))
        server.dispose()


def test_statement_that_fails_stops_the_load_and_is_explained(target):
    lines = [
        b"CREATE TABLE a (id int);\n",
        b"INSERT INTO missing VALUES (1);\n",
        b"CREATE TABLE b (id int);\n",
    ]
    with pytest.raises(CommandError, match="could not be loaded") as error:
        dump.load_dump(target.database_url, lines)
    assert "missing" in str(error.value)
    assert rows(target.database_url).keys() == {"a"}


def test_missing_program_is_named_with_its_package(source, tmp_path, monkeypatch):
    monkeypatch.setattr(dump.programs, "find", lambda name: None)
    with pytest.raises(CommandError, match="mariadb-client"):
        backup.make(source, tmp_path / "b.tar")
    assert not list(tmp_path.glob("b.tar*"))


@pytest.fixture
def served_instance(tmp_path, monkeypatch):
    """Make an instance whose run lock is held by another bin/run."""
    monkeypatch.setattr(serving, "VAR", tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    instance = Instance("demo", 8443, 1, tmp_path)
    with serving.run_lock(instance):
        yield instance


def test_silent_database_of_a_running_server_is_reported(served_instance):
    with (
        pytest.raises(CommandError, match="its database has not answered"),
        installation.running_database(served_instance, timeout=0),
    ):
        pass


def test_backup_waits_for_stalled_database_of_a_running_server(served_instance, monkeypatch):
    answers = iter([False, False, True])
    monkeypatch.setattr(installation.sockets, "mariadb_answers", lambda path: next(answers))
    monkeypatch.setattr(installation.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(installation, "_started_database", lambda *_: pytest.fail("it is running already"))
    with installation.running_database(served_instance):
        assert next(answers, None) is None


def test_restore_refuses_an_installation_that_is_not_empty(source, target, tmp_path):
    backup.make(source, tmp_path / "b.tar")
    restore.restore(target, tmp_path / "b.tar")
    (target.var / "storage/new.txt").write_text("new")
    before, files = rows(target.database_url), content(target.var)
    with pytest.raises(CommandError, match="not empty"):
        restore.restore(target, tmp_path / "b.tar")
    assert (rows(target.database_url), content(target.var)) == (before, files)


def test_restore_with_replace_moves_files_aside(source, target, tmp_path):
    backup.make(source, tmp_path / "b.tar")
    restore.restore(target, tmp_path / "b.tar")
    (target.var / "storage/new.txt").write_text("new")
    restore.restore(target, tmp_path / "b.tar", replaces=True)
    assert rows(target.database_url) == rows(source.database_url)
    assert not (target.var / "storage/new.txt").exists()
    assert [path.read_text() for path in target.var.glob("before-restore-*/storage/new.txt")] == ["new"]


def damaged(archive: Path, change) -> Path:
    """Copy the archive with one file changed."""
    changed = archive.with_name("damaged.tar")
    with tarfile.open(archive) as old, tarfile.open(changed, "w") as new:
        for member in old:
            data = change(member, old.extractfile(member).read())
            if data is not None:
                member.size = len(data)
                new.addfile(member, io.BytesIO(data))
    return changed


def _flip(member, data):
    return data[:-1] + bytes([data[-1] ^ 1]) if member.name.endswith("a.bin") else data


def _leave_out(member, data):
    return None if member.name == "database.sql.gz" else data


def _climb(member, data):
    member.name = member.name.replace("files/keys/audit", "files/../../outside")
    return data


def _no_manifest(member, data):
    return None if member.name == "manifest.json" else data


def _newer(member, data):
    return json.dumps({**json.loads(data), "format": 99}).encode() if member.name == "manifest.json" else data


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (_flip, "is not what it was"),
        (_leave_out, "is missing"),
        (_climb, "does not belong there"),
        (_no_manifest, "no manifest"),
        (_newer, "format 99"),
    ],
)
def test_damaged_archive_changes_nothing(source, target, tmp_path, change, expected):
    backup.make(source, tmp_path / "b.tar")
    with pytest.raises(CommandError, match=expected):
        restore.restore(target, damaged(tmp_path / "b.tar", change))
    assert rows(target.database_url) == {}
    assert content(target.var) == {}
    assert not (tmp_path / "outside").exists()


@pytest.mark.parametrize("data", [b"", b"bonjour", b"\x1f\x8b" + bytes(1000)])
def test_file_that_is_no_archive_is_refused(target, tmp_path, data):
    (tmp_path / "x.tar").write_bytes(data)
    with pytest.raises(CommandError, match="Nothing was changed"):
        restore.restore(target, tmp_path / "x.tar")


def test_truncated_archive_is_refused(source, target, tmp_path):
    backup.make(source, tmp_path / "b.tar")
    whole = (tmp_path / "b.tar").read_bytes()
    (tmp_path / "cut.tar").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CommandError, match="Nothing was changed"):
        restore.restore(target, tmp_path / "cut.tar")


def test_backup_overwrites_nothing_and_leaves_no_partial_file(source, target, tmp_path):
    (tmp_path / "b.tar").write_text("precious")
    with pytest.raises(CommandError, match="is there already"):
        backup.make(source, tmp_path / "b.tar")
    with pytest.raises(CommandError, match="nothing to back up"):
        backup.make(target, tmp_path / "c.tar")
    assert (tmp_path / "b.tar").read_text() == "precious"
    assert not list(tmp_path.glob("c.tar*"))


@pytest.mark.parametrize(
    "url", ["sqlite:///x.sqlite", "mysql+pymysql://nobody:x@localhost/nothing?unix_socket=/nowhere.sock"]
)
def test_database_that_cannot_be_read_is_refused(url):
    with pytest.raises(CommandError), dump.connect(url):
        pass


def test_settings_are_read_from_the_environment_file(tmp_path, monkeypatch):
    for name in ("VAR_DIR", "DATABASE_URL", "SECRET_KEY_FILE", "TLS_DIR"):
        monkeypatch.delenv(name, raising=False)
    file = tmp_path / "teamchat.env"
    file.write_text(
        f"# settings\nDATABASE_URL=mysql://x/y\nVAR_DIR={tmp_path}\nSECRET_KEY_FILE='{tmp_path}/s'\n"
    )
    options = restore._options(["b.tar", "--env", str(file)])
    with installation.open_installation(options) as opened:
        assert opened == Installation("mysql://x/y", tmp_path.resolve(), (tmp_path / "s").resolve())


def test_commands_print_what_went_wrong(source, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", source.database_url)
    monkeypatch.setenv("VAR_DIR", str(source.var))
    monkeypatch.setenv("SECRET_KEY_FILE", str(source.secret))
    assert backup.main([str(tmp_path / "b.tar")]) == 0
    assert backup.main([str(tmp_path / "b.tar")]) == 1
    assert "there already" in capsys.readouterr().err
    assert restore.main([str(tmp_path / "none.tar")]) == 1
    assert restore.main([str(tmp_path / "b.tar")]) == 1
    assert "not empty" in capsys.readouterr().err
