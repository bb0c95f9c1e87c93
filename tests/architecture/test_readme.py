"""README: scripts and settings that it names exist."""

import re

import pytest

from tests.support.source import ROOT

README = ROOT / "README.md"


def test_the_readme_shows_the_two_commands_alone_on_a_line():
    assert {"    bin/run", "    bin/test"} <= set(README.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("script", sorted(path.name for path in (ROOT / "bin").iterdir()))
def test_every_script_says_what_it_is_for(script):
    lines = (ROOT / "bin" / script).read_text(encoding="utf-8").splitlines()
    assert lines[0] == "#!/usr/bin/env python3"
    assert lines[1].startswith('"""')


def test_every_setting_of_the_readme_is_read_somewhere():
    table = re.findall(r"^\| `([A-Z_]+)` \|", README.read_text(encoding="utf-8"), re.MULTILINE)
    readers = [ROOT / "app/config.py", *(ROOT / "deploy/local").glob("*.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in readers)
    assert table
    assert [name for name in table if f'"{name}"' not in text] == []
