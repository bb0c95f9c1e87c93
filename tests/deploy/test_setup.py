"""Errors of the set-up: the reason, and what to do."""

import errno

import pytest

from deploy.local import debian, steps
from deploy.local.debian import Need
from deploy.local.steps import CommandError


@pytest.fixture(autouse=True)
def no_log(tmp_path, monkeypatch):
    monkeypatch.setattr(steps, "LOGS", tmp_path)


@pytest.mark.parametrize(
    ("output", "explanation"),
    [
        ("dpkg: error: No space left on device", "disk is full"),
        ("Temporary failure resolving 'deb.example.org'", "no network"),
        ("Failed to establish a new connection: [Errno 101]", "no network"),
        ("npm error code EAI_AGAIN", "no network"),
    ],
)
def test_known_output_of_programs_is_explained(output, explanation):
    with pytest.raises(CommandError, match=explanation):
        steps.run(["sh", "-c", f'echo "{output}"; exit 1'], failure="It could not be installed.")


def test_unknown_output_is_shown():
    with pytest.raises(CommandError, match="It could not be installed") as stopped:
        steps.run(["sh", "-c", "echo first; echo last words; exit 3"], failure="It could not be installed.")
    assert "    last words" in str(stopped.value)


def test_error_line_is_shown_before_the_end_of_the_output():
    output = "\n".join(["first", "[ERROR] InnoDB: Cannot allocate memory", *["advice"] * 40])
    with pytest.raises(CommandError) as stopped:
        steps.run(["sh", "-c", f"echo '{output}'; exit 1"], failure="It could not be made.")
    assert "    [ERROR] InnoDB: Cannot allocate memory" in str(stopped.value)
    assert len(str(stopped.value).splitlines()) == 15


def test_output_of_programs_is_logged(tmp_path):
    steps.run(["echo", "hello"], failure="")
    assert (tmp_path / "setup.log").read_text() == "$ echo hello\nhello\n\n"


@pytest.mark.parametrize(
    ("number", "advice"),
    [(errno.ENOSPC, "Make room"), (errno.EROFS, "read-only"), (errno.EACCES, "chown"), (errno.EIO, "I/O")],
)
def test_disk_errors_come_with_advice(number, advice):
    fault = steps.disk_error(OSError(number, "I/O error", "/somewhere/var"))
    assert advice in fault
    assert "/somewhere/var" in fault


def test_nothing_is_installed_when_nothing_is_missing(monkeypatch):
    monkeypatch.setattr(debian, "_install", lambda packages: pytest.fail(f"would install {packages}"))
    debian.require(Need(("a-package",), lambda: True))


def test_account_that_may_not_install_is_told_the_command(monkeypatch):
    monkeypatch.setattr(debian.os, "getuid", lambda: 1000)
    monkeypatch.setattr(debian.shutil, "which", lambda name: None if name == "sudo" else f"/usr/bin/{name}")
    with pytest.raises(CommandError, match="apt-get install --no-install-recommends one two"):
        debian.require(Need(("one", "two"), lambda: False))


def test_machine_without_apt_is_told_the_packages(monkeypatch):
    monkeypatch.setattr(debian.shutil, "which", lambda name: None)
    with pytest.raises(CommandError, match="not Debian"):
        debian.require(Need(("one",), lambda: False))


def test_outdated_package_lists_are_updated_and_the_command_repeated(monkeypatch):
    ran = []

    def run(command, *, failure, **_more):
        ran.append(command[1])
        if ran == ["install"]:
            raise CommandError("E: Unable to locate package one")

    monkeypatch.setattr(debian.os, "getuid", lambda: 0)
    monkeypatch.setattr(debian, "run", run)
    debian.require(Need(("one",), lambda: False))
    assert ran == ["install", "update", "install"]
