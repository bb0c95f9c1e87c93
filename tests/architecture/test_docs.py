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
def test_the_commands_of_a_document_can_be_run(name):
    for command in set(COMMAND.findall(text_of(name))):
        assert os.access(source.ROOT / command, os.X_OK), f"{name} names {command}"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_flask_commands_of_a_document_exist(built_app, name):
    known = built_app.cli.commands.keys() | {"db", "run", "shell", "routes"}
    for words in FLASK.findall(text_of(name)):
        assert words.split()[0] in known, f"{name} names `flask {words}`"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_files_that_a_document_names_exist(name):
    for path in PATH.findall(text_of(name)):
        assert (source.ROOT / path.rstrip("/")).exists(), f"{name} names {path}"
    folder = (source.ROOT / name).parent
    for link in LINK.findall(text_of(name)):
        assert (folder / link).exists(), f"{name} links to {link}"


def test_the_installation_copies_every_unit_and_has_what_is_installed_in_webadmin_served():
    text = text_of("docs/operating.md")
    for suffix in ("service", "timer", "path"):
        assert list((source.ROOT / "deploy/reference").glob(f"*.{suffix}"))
        assert f"cp deploy/reference/*.{suffix}" in text or f" deploy/reference/*.{suffix} " in text
    assert "systemctl enable --now teamchat-certificate.path" in text


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "LICENSE", "docs/architecture.md"])
def test_the_documents_that_people_look_for_are_there(name):
    assert text_of(name).strip()


def test_the_readme_names_the_two_commands():
    assert {"bin/run", "bin/test"} <= set(COMMAND.findall(text_of("README.md")))
