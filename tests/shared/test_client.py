"""Unit tests of the browser's modules, run by Node."""

import subprocess

import pytest

from deploy.local.checking import NODE
from deploy.local.paths import ROOT

FILES = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests/client").glob("*.test.js"))


@pytest.mark.parametrize("path", FILES)
def test_client_modules_pass_their_unit_tests(path):
    command = [NODE, "--test", "--test-timeout=60000", "--test-reporter=spec", path]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert ended.returncode == 0, f"{ended.stdout}\n{ended.stderr}"
