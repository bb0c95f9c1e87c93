"""What is said when the set-up cannot go on: the reason, and what to do."""

import errno

import pytest

from deploy.local import debian, steps
from deploy.local.debian import Need
from deploy.local.steps import CommandError


@pytest.fixture(autouse=True)
def no_log(tmp_path, monkeypatch):
    monkeypatch.setattr(steps, "LOGS", tmp_path)


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("dpkg: error: No space left on device", "disk is full"),
        ("Temporary failure resolving 'deb.example.org'", "no network"),
        ("Failed to establish a new connection: [Errno 101]", "no network"),
        ("npm error code EAI_AGAIN", "no network"),
    ],
)
def test_what_other_programs_say_is_put_into_words(said, understood):
    with pytest.raises(CommandError, match=understood):
        steps.run(["sh", "-c", f'echo "{said}"; exit 1'], failure="It could not be installed.")


def test_what_is_not_understood_is_shown():
    with pytest.raises(CommandError, match="It could not be installed") as stopped:
        steps.run(["sh", "-c", "echo first; echo last words; exit 3"], failure="It could not be installed.")
    assert "    last words" in str(stopped.value)


def test_an_error_is_shown_however_much_is_said_after_it():
    said = "\n".join(["first", "[ERROR] InnoDB: Cannot allocate memory", *["advice"] * 40])
    with pytest.raises(CommandError) as stopped:
        steps.run(["sh", "-c", f"echo '{said}'; exit 1"], failure="It could not be made.")
    assert "    [ERROR] InnoDB: Cannot allocate memory" in str(stopped.value)
    assert len(str(stopped.value).splitlines()) == 15


def test_what_programs_say_is_kept(tmp_path):
    steps.run(["echo", "hello"], failure="")
    assert (tmp_path / "setup.log").read_text() == "$ echo hello\nhello\n\n"


@pytest.mark.parametrize(
    ("number", "advice"),
    [(errno.ENOSPC, "Make room"), (errno.EROFS, "read-only"), (errno.EACCES, "chown"), (errno.EIO, "I/O")],
)
def test_faults_of_the_disk_come_with_advice(number, advice):
    fault = steps.disk_error(OSError(number, "I/O error", "/somewhere/var"))
    assert advice in fault
    assert "/somewhere/var" in fault


def test_nothing_is_installed_when_everything_is_there(monkeypatch):
    monkeypatch.setattr(debian, "_install", lambda packages: pytest.fail(f"would install {packages}"))
    debian.require(Need(("a-package",), lambda: True))


def test_who_may_not_install_is_told_what_to_ask_for(monkeypatch):
    monkeypatch.setattr(debian.os, "getuid", lambda: 1000)
    monkeypatch.setattr(debian.shutil, "which", lambda name: None if name == "sudo" else f"/usr/bin/{name}")
    with pytest.raises(CommandError, match="apt-get install --no-install-recommends one two"):
        debian.require(Need(("one", "two"), lambda: False))


def test_a_machine_without_apt_is_told_what_it_lacks(monkeypatch):
    monkeypatch.setattr(debian.shutil, "which", lambda name: None)
    with pytest.raises(CommandError, match="not Debian"):
        debian.require(Need(("one",), lambda: False))


def test_a_list_that_is_too_old_is_fetched_and_the_command_run_again(monkeypatch):
    ran = []

    def run(command, *, failure, **_more):
        ran.append(command[1])
        if ran == ["install"]:
            raise CommandError("E: Unable to locate package one")

    monkeypatch.setattr(debian.os, "getuid", lambda: 0)
    monkeypatch.setattr(debian, "run", run)
    debian.require(Need(("one",), lambda: False))
    assert ran == ["install", "update", "install"]
