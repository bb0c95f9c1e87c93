"""Paths of a checkout, private files, and the configuration templates. Everything generated stands under var/."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
VENV = VAR / "venv"
PYTHON = VENV / "bin/python"
TEMPLATES = ROOT / "deploy/templates"
PAGES = ROOT / "deploy/pages"
PLACEHOLDER = re.compile(r"@([a-z_]+)@")


def private_folder(path: Path) -> Path:
    """Create a folder that only its owner can enter."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def write_private(path: Path, content: str) -> Path:
    """Write a file that only its owner can read."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(content)
    return path


def render(template: str, **values) -> str:
    """Return a file of deploy/templates with every @name@ replaced. Raise KeyError for a name without a value."""
    return PLACEHOLDER.sub(lambda match: str(values[match[1]]), (TEMPLATES / template).read_text())
