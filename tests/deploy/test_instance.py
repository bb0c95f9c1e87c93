"""Settings of the two servers of a checkout."""

import pytest

from deploy.local import instance as instances
from deploy.local.instance import Instance
from deploy.local.steps import CommandError


@pytest.fixture(autouse=True)
def checkout(tmp_path, monkeypatch):
    """Use a var folder of the test's own, and an environment without settings."""
    for name in ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(instances, "VAR", tmp_path)
    return tmp_path


@pytest.fixture
def demo(tmp_path):
    return Instance("demo", 8443, 1, tmp_path)


@pytest.fixture
def empty(tmp_path):
    return Instance("empty", 8443, 1, tmp_path)


def test_demo_and_empty_share_nothing(demo, empty):
    assert demo.folder != empty.folder
    assert demo.secret("secret") != empty.secret("secret")
    assert demo.environment()["DEMO"] == "1"
    assert empty.environment()["DEMO"] == "0"


def test_secret_is_created_once_and_private(demo):
    secret = demo.secret("database")
    assert demo.secret("database") == secret
    assert (demo.folder / "keys/database").stat().st_mode & 0o777 == 0o600


def test_environment_names_the_private_servers_by_default(demo):
    environment = demo.environment()
    assert f"unix_socket={demo.database_socket}" in environment["DATABASE_URL"]
    assert environment["REDIS_URL"] == f"unix://{demo.redis_socket}"


def test_servers_elsewhere_replace_the_private_ones(demo, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "mysql+pymysql://me@elsewhere/teamchat")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere")
    environment = demo.environment()
    assert not demo.has_own_database
    assert not demo.has_own_redis
    assert environment["DATABASE_URL"] == "mysql+pymysql://me@elsewhere/teamchat"
    assert environment["REDIS_URL"] == "redis://elsewhere"


@pytest.mark.parametrize("name", ["chat.example.org", "192.0.2.1", "localhost.example.org"])
def test_demo_is_refused_under_a_public_name(demo, empty, monkeypatch, name):
    monkeypatch.setenv("PUBLIC_URL", f"https://{name}")
    with pytest.raises(CommandError, match="bin/run --empty"):
        demo.require_valid_settings()
    empty.require_valid_settings()


def test_demo_is_refused_on_sqlite(demo, empty, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "sqlite:///teamchat.sqlite")
    with pytest.raises(CommandError, match="no chat"):
        demo.require_valid_settings()
    empty.require_valid_settings()


def test_demo_is_served_to_this_machine(demo):
    demo.require_valid_settings()
