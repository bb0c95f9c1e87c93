"""Commands and settings under their names of 0.1, which work until 0.3."""

import pytest

from app.config import renamed_settings
from tests.support.licenses import PUBLIC

COMMANDS = {"licences": "licenses", "mails": "mail"}
SETTING = "LICENSE_PUBLIC_KEY"
EARLIER = "LICENCE_PUBLIC_KEY"


@pytest.fixture
def run(app):
    return lambda *words, **options: app.test_cli_runner().invoke(args=list(words), **options)


@pytest.mark.parametrize("earlier", COMMANDS)
def test_earlier_command_has_the_same_subcommands(run, earlier):
    result = run(earlier, "--help")
    assert result.exit_code == 0
    commands = run(COMMANDS[earlier], "--help").output.partition("Commands:")[2]
    assert commands
    assert result.output.partition("Commands:")[2] == commands


def test_earlier_license_command_works_with_a_warning(run, tmp_path):
    path = tmp_path / "key.pem"
    result = run("licences", "key", str(path))
    assert result.exit_code == 0
    assert path.exists()
    assert result.stdout.startswith(f"{SETTING}=")
    assert "flask licenses" in result.stderr


def test_earlier_mail_command_works_with_a_warning(run):
    result = run("mails", "bounce", input="bonjour")
    assert result.exit_code == 65
    assert "flask mail`" in result.stderr


@pytest.mark.parametrize("name", COMMANDS.values())
def test_new_command_has_no_warning(run, name):
    result = run(name, "--help")
    assert (result.exit_code, result.stderr) == (0, "")


def test_earlier_setting_is_read_with_a_warning_in_the_log(monkeypatch, caplog, another_app):
    monkeypatch.setenv(EARLIER, PUBLIC)
    application = another_app()
    assert application.config[SETTING] == PUBLIC
    assert [(record.msg["earlier"], record.msg["name"]) for record in caplog.records] == [(EARLIER, SETTING)]


def test_new_setting_replaces_the_earlier_one_without_a_warning(monkeypatch, another_app):
    monkeypatch.setenv(EARLIER, "earlier")
    monkeypatch.setenv(SETTING, PUBLIC)
    assert another_app().config[SETTING] == PUBLIC
    assert renamed_settings() == []
