"""README: scripts and settings that it names exist."""

import re

import pytest

from tests.support.source import ROOT

README = ROOT / "README.md"


def test_readme_shows_run_and_test_commands_on_lines_of_their_own():
    assert {"    bin/run", "    bin/test"} <= set(README.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "bin").iterdir()))
def test_every_script_has_a_description(script):
    lines = (ROOT / "bin" / script).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env python3"
    assert lines[1].startswith('"""')


def test_settings_of_readme_are_read():
    table = re.findall(r"^\| `([A-Z_]+)` \|", README.read_text(encoding="utf-8"), re.MULTILINE)
    readers = [ROOT / "app/config.py", *(ROOT / "deploy/local").glob("*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in readers)
    assert table
    assert [name for name in table if f'"{name}"' not in text] == []
