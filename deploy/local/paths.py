"""Where a checkout keeps things. Everything that is made at set-up or while running stands under var/."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VAR = ROOT / "var"
VENV = VAR / "venv"
PYTHON = VENV / "bin/python"
TEMPLATES = ROOT / "deploy/templates"
PAGES = ROOT / "deploy/pages"


def private_folder(path: Path) -> Path:
    """Make a folder that only its owner can enter."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def write_private(path: Path, content: str) -> Path:
    """Write a file that only its owner can read."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(content)
    return path
