"""Documents: commands, links and files that they name exist."""

import os
import re

import pytest

from tests.support import source

DOCUMENTS = [name for name in source.files() if name.endswith(".md") and name != "CHANGELOG.md"]
COMMAND = re.compile(r"(?<![\w./-])(bin/[\w-]+|\.ci/[\w-]+)")
FLASK = re.compile(r"\bflask ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)")
PATH = re.compile(r"`((?:app|tests|migrations|deploy|bench|docs)/[\w./-]+)`")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


def text_of(name: str) -> str:
    return (source.ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_in_documents_are_executable(name):
    for command in set(COMMAND.findall(text_of(name))):
        assert os.access(source.ROOT / command, os.X_OK), f"{name} names {command}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_flask_commands_in_documents_exist(built_app, name):
    commands = built_app.cli.commands.keys() | {"db", "run", "shell", "routes"}
    for words in FLASK.findall(text_of(name)):
        assert words.split()[0] in commands, f"{name} names `flask {words}`"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_files_named_in_documents_exist(name):
    for path in PATH.findall(text_of(name)):
        assert (source.ROOT / path.rstrip("/")).exists(), f"{name} names {path}"
    folder = (source.ROOT / name).parent
    for link in LINK.findall(text_of(name)):
        assert (folder / link).exists(), f"{name} links to {link}"


def test_installation_guide_copies_every_unit_and_enables_certificate_path():
    text = text_of("docs/operating.md")
    for suffix in ("service", "timer", "path"):
        assert list((source.ROOT / "deploy/reference").glob(f"*.{suffix}"))
        assert f"cp deploy/reference/*.{suffix}" in text or f" deploy/reference/*.{suffix} " in text
    assert "systemctl enable --now teamchat-certificate.path" in text


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "LICENSE", "docs/architecture.md"])
def test_usual_documents_exist(name):
    assert text_of(name).strip()


def test_readme_names_run_and_test_commands():
    assert {"bin/run", "bin/test"} <= set(COMMAND.findall(text_of("README.md")))
