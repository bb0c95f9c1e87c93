"""`flask licenses …`: keys, signing and installation."""

import stat

import pytest

from app.rules import licenses
from tests.support.licenses import HERE, keep_trial


@pytest.fixture
def run(app):
    return lambda *words, **more: app.test_cli_runner().invoke(args=["licenses", *words], **more)


@pytest.fixture
def key(run, app, tmp_path):
    path = tmp_path / "key.pem"
    answer = run("key", str(path))
    name, _, value = answer.output.strip().partition("=")
    assert name == "LICENSE_PUBLIC_KEY"
    app.config["LICENSE_PUBLIC_KEY"] = value
    return path


def issue(run, key, **changes):
    options = {"holder": "Société Démo", "seats": "12", "until": "2099-12-31", "reference": HERE, **changes}
    return run(
        "issue",
        "--key",
        str(key),
        *(word for name, value in options.items() for word in (f"--{name}", value)),
    )


def test_licence_is_signed_and_installed(people, run, key):
    keep_trial()
    paper = issue(run, key)
    assert paper.exit_code == 0
    answer = run("install", "-", input=paper.output)
    assert (answer.exit_code, answer.output) == (0, "Installed: 12 seats until 2099-12-31.\n")
    assert licenses.current_license().is_signed
    assert "12 seats taken" in run("show").output


def test_key_is_private_and_never_overwritten(run, key):
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    answer = run("key", str(key))
    assert answer.exit_code == 1
    assert "File exists" in answer.output
    assert key.read_bytes() == before


def test_refused_licence_ends_with_the_reason(people, run, key):
    keep_trial()
    assert "not a licence" in run("install", "-", input="bonjour").output
    less = issue(run, key, seats="2").output
    assert run("install", "-", input=less).exit_code == 1
    assert run("install", "--accept-less", "-", input=less).exit_code == 0


def test_licence_of_another_installation_is_reported(people, run, key):
    keep_trial()
    run("install", "-", input=issue(run, key, reference="ANOTHER").output)
    assert "another installation" in run("show").output


def test_file_that_is_no_key_does_not_sign(run, tmp_path):
    path = tmp_path / "none.pem"
    path.write_text("bonjour")
    assert "no private key" in issue(run, path).output


def test_show_fails_without_a_licence(app, run):
    assert run("show").exit_code == 1
